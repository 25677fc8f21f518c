import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectConfig } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newKeyPair, type SftpServer, type SftpServerOptions, startSftpServer } from "./sftp-server.ts";

const PASSWORD = "open-sesame";
const key = newKeyPair();

let home: string;
let root: string;
let server: SftpServer;
const clients: SftpClient[] = [];

async function start(more: Partial<SftpServerOptions> = {}): Promise<void> {
  server = await startSftpServer({
    root,
    username: "gluey",
    password: PASSWORD,
    publicKey: key.publicKey,
    ...more,
  });
}

/** A logged-in client; `credentials` replace the password. */
async function client(credentials: Partial<ConnectConfig> = { password: PASSWORD }): Promise<SftpClient> {
  const silent = () => {};
  const made = new SftpClient("test", { error: silent, end: silent, close: silent });
  clients.push(made);
  await made.connect({
    sock: connect({ host: "127.0.0.1", port: server.port, noDelay: true }),
    username: "gluey",
    hostVerifier: (blob: Buffer) =>
      createHash("sha256").update(blob).digest("base64").startsWith(server.hostKeySha256),
    ...credentials,
  });
  return made;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sftp-dev-"));
  root = join(home, "root");
  await mkdir(root);
  await writeFile(join(home, "outside"), "not served");
  await start();
});
afterEach(async () => {
  for (const each of clients.splice(0)) await each.end();
  await server.close();
  await rm(home, { recursive: true, force: true });
});

describe("logging in", () => {
  it("takes the password or the key", async () => {
    await expect(client()).resolves.toBeDefined();
    await expect(client({ privateKey: key.privateKey })).resolves.toBeDefined();
  });
  it("refuses another user, password or key", async () => {
    const other = newKeyPair().privateKey;
    for (const wrong of [
      { password: "wrong" },
      { privateKey: other },
      { username: "root", password: PASSWORD },
    ]) {
      await expect(client(wrong)).rejects.toThrow(/authentication methods failed/);
    }
  });
  it("lets nobody in by a password that is not set", async () => {
    await server.close();
    await start({ password: undefined });
    await expect(client({ password: "" })).rejects.toThrow();
    await expect(client({ password: "undefined" })).rejects.toThrow();
    await expect(client({ privateKey: key.privateKey })).resolves.toBeDefined();
  });
  it("shows a given host key, and a new one else", async () => {
    const first = server.hostKeySha256;
    const hostKey = newKeyPair().privateKey;
    await server.close();
    await start({ hostKey });
    const given = server.hostKeySha256;
    await server.close();
    await start({ hostKey });
    expect(server.hostKeySha256).toBe(given);
    expect(given).not.toBe(first);
    await client();
  });
});

describe("serving a directory", () => {
  it("writes, reads, lists, renames and removes", async () => {
    const sftp = await client();
    const bytes = randomBytes(1_500_000);
    expect(server.root).toBe(await realpath(root));
    await sftp.mkdir("/in/2026", true);
    await sftp.put(bytes, "/in/2026/a.edi");
    expect(await readFile(join(root, "in/2026/a.edi"))).toEqual(bytes);
    expect(await sftp.get("in/2026/a.edi")).toEqual(bytes);
    expect(await sftp.stat("/in/2026/a.edi")).toMatchObject({ size: bytes.length, isFile: true });
    await sftp.append(Buffer.from("more"), "/in/2026/a.edi");
    expect(await sftp.stat("/in/2026/a.edi")).toMatchObject({ size: bytes.length + 4 });
    await sftp.rename("/in/2026/a.edi", "/in/b.edi");
    await sftp.rmdir("/in/2026");
    await sftp.chmod("/in/b.edi", 0o600);
    expect(await sftp.list("/in")).toMatchObject([
      { type: "-", name: "b.edi", size: bytes.length + 4, rights: { user: "rw", group: "", other: "" } },
    ]);
    await sftp.delete("/in/b.edi");
    expect(await readdir(join(root, "in"))).toEqual([]);
    expect(await sftp.realPath("/in/../in/./x")).toBe("/in/x");
  });

  it("lists a thousand files", async () => {
    for (let n = 0; n < 1_000; n += 1) await writeFile(join(root, `f${n}`), "");
    expect(await (await client()).list("/")).toHaveLength(1_000);
  });

  it("renames over nothing, as OpenSSH does", async () => {
    const sftp = await client();
    await writeFile(join(root, "a"), "a");
    await writeFile(join(root, "b"), "b");
    await expect(sftp.rename("/a", "/b")).rejects.toThrow();
    expect(await readFile(join(root, "b"), "utf8")).toBe("b");
  });

  it("tells what is missing from what failed", async () => {
    const sftp = await client();
    await expect(sftp.get("/nothing")).rejects.toMatchObject({ code: 2 });
    await expect(sftp.list("/nothing")).rejects.toMatchObject({ code: 2 });
    expect(await sftp.exists("/nothing")).toBe(false);
  });
});

describe("nothing outside the root", () => {
  it.each(["/../outside", "../outside", "/in/../../outside", "//../../../outside"])(
    "not by %s",
    async (path) => {
      const sftp = await client();
      await expect(sftp.get(path)).rejects.toMatchObject({ code: 2 });
      await sftp.put(Buffer.from("x"), path).catch(() => {});
      expect(await readFile(join(home, "outside"), "utf8")).toBe("not served");
    },
  );

  it("not through a link to a file, to a directory, or to what is not there yet", async () => {
    await symlink(join(home, "outside"), join(root, "file"));
    await symlink(home, join(root, "directory"));
    await symlink(join(home, "new"), join(root, "dangling"));
    const sftp = await client();
    const denied = { code: 3 };
    await expect(sftp.get("/file")).rejects.toMatchObject(denied);
    await expect(sftp.put(Buffer.from("x"), "/file")).rejects.toThrow();
    await expect(sftp.get("/directory/outside")).rejects.toMatchObject(denied);
    await expect(sftp.list("/directory")).rejects.toMatchObject(denied);
    await expect(sftp.put(Buffer.from("x"), "/directory/new")).rejects.toThrow();
    await expect(sftp.put(Buffer.from("x"), "/dangling")).rejects.toThrow();
    await expect(sftp.delete("/directory/outside")).rejects.toThrow();
    await expect(sftp.chmod("/file", 0o600)).rejects.toThrow();
    await writeFile(join(root, "own"), "own");
    await expect(sftp.rename("/own", "/directory/own")).rejects.toThrow();
    expect((await readdir(home)).sort()).toEqual(["outside", "root"]);
    expect(await readFile(join(home, "outside"), "utf8")).toBe("not served");
  });

  it("but through a link to a place inside", async () => {
    await mkdir(join(root, "real"));
    await writeFile(join(root, "real/f"), "inside");
    await symlink("real", join(root, "link"));
    expect(String(await (await client()).get("/link/f"))).toBe("inside");
  });
});
