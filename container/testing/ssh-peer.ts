/** An sFTP server for a test: a real OpenSSH daemon, or the embedded one. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect as openSocket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { newKeyPair, startSftpServer } from "../../dev/sftp-server.ts";

const run = promisify(execFile);

export interface SshPeer {
  port: number;
  username: string;
  /** A key it lets in. */
  privateKey: string;
  /** Fingerprints of its host keys, the one it prefers first. */
  hostKeys: string[];
  /** The directory it serves, on this machine. */
  root: string;
  /** The same, as clients name it. */
  base: string;
  close(): Promise<void>;
}

const SSHD = "/usr/sbin/sshd";
export const hasOpenSsh = existsSync(SSHD);

export { newKeyPair };

/** `password` lets in the user `gluey` besides the key. */
export async function startEmbedded(options: { password?: string; port?: number } = {}): Promise<SshPeer> {
  const root = await mkdtemp(join(tmpdir(), "sftp-embedded-"));
  const { privateKey, publicKey } = newKeyPair();
  const server = await startSftpServer({ root, username: "gluey", publicKey, ...options });
  return {
    port: server.port,
    username: "gluey",
    privateKey,
    hostKeys: [`SHA256:${server.hostKeySha256}`],
    root: server.root,
    base: "/",
    close: async () => {
      await server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A daemon of its own on a free loopback port, with its own configuration and keys, for the user who runs this. `sftpOptions` as in sftp-server(8). */
export async function startOpenSsh(sftpOptions = ""): Promise<SshPeer> {
  const home = await mkdtemp(join(tmpdir(), "sftp-openssh-"));
  const root = join(home, "files");
  await mkdir(root);
  const { privateKey, publicKey } = newKeyPair();
  await writeFile(join(home, "authorized_keys"), `${publicKey}\n`);
  const hostKeys = await Promise.all(
    ["ed25519", "rsa"].map((type) => generateHostKey(join(home, `host_${type}`), type)),
  );
  const port = await freePort();
  const configuration = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(home, "host_ed25519")}`,
    `HostKey ${join(home, "host_rsa")}`,
    `AuthorizedKeysFile ${join(home, "authorized_keys")}`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    "MaxStartups 100",
    `Subsystem sftp internal-sftp ${sftpOptions}`,
    ...((await knowsPenalties()) ? ["PerSourcePenalties no"] : []),
  ];
  await writeFile(join(home, "sshd_config"), `${configuration.join("\n")}\n`);
  // Where the daemon of the system has never run, the directory it changes into is missing.
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true });
  const daemon = spawn(SSHD, ["-D", "-e", "-f", join(home, "sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await accepting(daemon, port);
  return {
    port,
    username: userInfo().username,
    privateKey,
    hostKeys,
    root,
    base: root,
    close: async () => {
      const ended = new Promise((resolve) => daemon.once("exit", resolve));
      daemon.kill("SIGTERM");
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function generateHostKey(file: string, type: string): Promise<string> {
  await run("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", file]);
  await chmod(file, 0o600);
  const { stdout } = await run("ssh-keygen", ["-l", "-E", "sha256", "-f", `${file}.pub`]);
  const [, fingerprint = ""] = stdout.split(" ");
  return fingerprint;
}

/** From 9.8 on a daemon shuts out addresses whose log-ins failed: here that would be all tests. */
async function knowsPenalties(): Promise<boolean> {
  // -V came late; older ones answer it with their usage, and the version in it, and fail.
  const said = await run(SSHD, ["-V"]).then(
    ({ stderr }) => stderr,
    (cause: unknown) => String(cause),
  );
  const [, major = "0", minor = "0"] = /OpenSSH_(\d+)\.(\d+)/.exec(said) ?? [];
  return Number(major) * 100 + Number(minor) >= 908;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}

async function accepting(daemon: ChildProcess, port: number): Promise<void> {
  let words = "";
  daemon.stderr?.on("data", (bytes: Buffer) => {
    words = (words + bytes.toString()).slice(-2_000);
  });
  for (;;) {
    if (daemon.exitCode !== null) throw new Error(`sshd did not start: ${words}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = openSocket({ host: "127.0.0.1", port }, () => {
        socket.destroy();
        resolve(true);
      }).once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
