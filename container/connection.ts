import { connect as openSocket, type Socket } from "node:net";
import type { AuthenticationType, SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { checkedAddresses, type Lookup } from "./address-check.ts";
import { Problem, serverWords } from "./errors.ts";
import { describeHostKey, hostKeyAlgorithms, type SeenHostKey } from "./host-key.ts";

/** Where to log in, and as whom. */
export interface Target {
  host: string;
  port: number;
  username: string;
  password?: string;
  /** PEM or OpenSSH format. */
  privateKey?: string;
  passphrase?: string;
  /** The pinned host key in OpenSSH's spelling; null when none is pinned, and then no connection is made. */
  hostKey: string | null;
}

export interface ConnectionRules {
  connectTimeoutMs: number;
  allowLoopback: boolean;
  lookup: Lookup;
}

/** One SSH connection with its SFTP channel. */
export interface Connection {
  sftp: SFTPWrapper;
  /** Called once when the connection is gone, whoever ended it; at once when it already is. */
  onClosed(listener: () => void): void;
  /** Says goodbye and closes; resolves when the socket is gone, after a second at the latest. */
  end(): Promise<void>;
  /** Drops the socket: for a server that does not answer any more. */
  destroy(): void;
}

const GOODBYE_MS = 1_000;

/**
 * Resolves and checks the host, dials exactly a checked address, verifies the host key, logs in and opens the
 * SFTP channel: all within `connectTimeoutMs`, once, without retries. Nothing stays open when it throws.
 * @throws {Problem} address_refused, unreachable, timeout, host_key_unknown, host_key_mismatch, auth_failed,
 *   bad_request (a private key that cannot be read), sftp_error (no SFTP on that server).
 */
export async function connect(
  target: Target,
  rules: ConnectionRules,
  caller: AbortSignal,
): Promise<Connection> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), rules.connectTimeoutMs);
  const signal = AbortSignal.any([deadline.signal, caller]);
  try {
    const lookedUp = checkedAddresses(target.host, rules.lookup, rules.allowLoopback);
    const addresses = await unlessAborted(lookedUp, signal);
    const seen: SeenHostKey[] = [];
    for (;;) {
      const socket = await dial(addresses, target, rules.connectTimeoutMs, signal);
      const outcome = await logIn(socket, target, seen, signal);
      if (outcome.kind === "connected") return outcome.connection;
      socket.destroy();
      if (outcome.kind === "failed") throw outcome.problem;
      // Another key than the pinned one: the server may have the pinned one too, of another kind.
    }
  } catch (cause) {
    if (deadline.signal.aborted) {
      const seconds = rules.connectTimeoutMs / 1_000;
      throw new Problem(
        "timeout",
        `No SFTP session with ${target.host} port ${target.port} within ${seconds} s.`,
      );
    }
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

async function dial(
  addresses: readonly string[],
  { host, port }: Target,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  let failure = "no address";
  for (const address of addresses) {
    try {
      // One that swallows packets must not use up the time of the next address.
      const share = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs / addresses.length))]);
      return await dialAddress(address, port, share);
    } catch (cause) {
      if (signal.aborted) throw cause;
      failure = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
    }
  }
  throw new Problem("unreachable", `No connection to ${host} port ${port} (${failure}).`);
}

function dialAddress(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // ssh2 leaves Nagle's algorithm on, and every small request would wait some 40 ms for the last one's ACK.
    const socket = openSocket({ host: address, port, noDelay: true });
    const abort = () => {
      socket.destroy();
      reject(new Error("aborted"));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", (cause) => {
      signal.removeEventListener("abort", abort);
      reject(cause);
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", abort);
      resolve(socket);
    });
  });
}

type LogIn =
  | { kind: "connected"; connection: Connection }
  | { kind: "failed"; problem: Problem }
  | { kind: "other-key" };

async function logIn(
  socket: Socket,
  target: Target,
  seen: SeenHostKey[],
  signal: AbortSignal,
): Promise<LogIn> {
  const silent = () => {};
  const client = new SftpClient("sftp", { error: silent, end: silent, close: silent });
  const failures: Error[] = [];
  client.on("error", (cause: unknown) =>
    failures.push(cause instanceof Error ? cause : new Error(String(cause))),
  );
  client.on("keyboard-interactive", (...[, , , prompts, answer]: KeyboardInteractive) =>
    // Servers that hide the password behind this method ask for nothing else.
    answer(prompts.map(() => target.password ?? "")),
  );

  const before = seen.length;
  let verified = false;
  const verify = (blob: Buffer): boolean => {
    const shown = describeHostKey(blob);
    verified = shown.fingerprint === target.hostKey;
    if (!verified) seen.push(shown);
    return verified;
  };

  try {
    const sftp = await unlessAborted(
      client.connect({
        sock: socket,
        username: target.username,
        password: target.password,
        privateKey: target.privateKey,
        passphrase: target.passphrase,
        tryKeyboard: target.password !== undefined,
        authHandler: authentications(target),
        hostVerifier: verify,
        // The deadline is ours, for the whole way from the name to the channel.
        readyTimeout: 0,
        algorithms: {
          serverHostKey: hostKeyAlgorithms(seen),
          // For old servers, after all that is better.
          kex: { append: ["diffie-hellman-group14-sha1"], prepend: [], remove: [] },
        },
      }),
      signal,
    );
    return { kind: "connected", connection: connectionOf(client, sftp, socket) };
  } catch (cause) {
    socket.destroy();
    if (signal.aborted) throw cause;
    if (target.hostKey !== null && seen.length > before && hostKeyAlgorithms(seen).length > 0) {
      return { kind: "other-key" };
    }
    return { kind: "failed", problem: loginProblem(target, seen, verified, [...failures, cause]) };
  }
}

type KeyboardInteractive = [
  name: string,
  instructions: string,
  language: string,
  prompts: readonly unknown[],
  answer: (answers: string[]) => void,
];

function authentications({ password, privateKey }: Target): AuthenticationType[] {
  const methods: AuthenticationType[] = [];
  if (privateKey !== undefined) methods.push("publickey");
  if (password !== undefined) methods.push("password", "keyboard-interactive");
  return methods;
}

function loginProblem(
  { host, port, username, hostKey }: Target,
  seen: readonly SeenHostKey[],
  verified: boolean,
  causes: readonly unknown[],
): Problem {
  const [first] = seen;
  if (!verified && first !== undefined) {
    const shown = seen.map(({ type, fingerprint }) => `${fingerprint} (${type})`).join(", ");
    if (hostKey === null) {
      return new Problem(
        "host_key_unknown",
        `No host key is pinned for ${host} port ${port}. It shows ${shown}; compare that with its owner and pin it.`,
      );
    }
    return new Problem(
      "host_key_mismatch",
      `${host} port ${port} shows another host key than the pinned ${hostKey}: ${shown}. Ask its owner before pinning a new one.`,
    );
  }
  const [cause] = causes;
  const words = serverWords(cause);
  if (/cannot parse privatekey|encrypted .*key|passphrase/i.test(words)) {
    return new Problem("bad_request", "The private key cannot be read; check its format and its passphrase.");
  }
  const level = cause instanceof Error && "level" in cause ? cause.level : undefined;
  if (level === "client-authentication" || (verified && /authenticat/i.test(words))) {
    return new Problem(
      "auth_failed",
      `${host} port ${port} does not accept the user ${username} with these credentials.`,
    );
  }
  if (verified && level === undefined && !/unexpected (end|close) event/i.test(words)) {
    return new Problem("sftp_error", `${host} port ${port} opens no SFTP channel: "${words}".`);
  }
  return new Problem("unreachable", `${host} port ${port} broke off the SSH connection: "${words}".`);
}

function connectionOf(client: SftpClient, sftp: SFTPWrapper, socket: Socket): Connection {
  // A channel that ends or breaks the protocol leaves nothing to work with.
  const drop = () => socket.destroy();
  sftp.on("error", drop);
  sftp.on("end", drop);
  sftp.on("close", drop);
  return {
    sftp,
    onClosed: (listener) => {
      if (socket.destroyed) queueMicrotask(listener);
      else socket.once("close", listener);
    },
    destroy: drop,
    end: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        const timer = setTimeout(drop, GOODBYE_MS);
        socket.once("close", () => {
          clearTimeout(timer);
          resolve();
        });
        client.end().catch(drop);
      }),
  };
}

/** `work`, or a rejection as soon as `signal` aborts; the work's own later fate is then of no interest. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
