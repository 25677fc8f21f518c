/**
 * An sFTP server in this process, for the demo and the tests: it serves one directory of the real file
 * system and nothing outside it. Not meant for the internet.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { constants, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { basename, dirname, join, posix, sep } from "node:path";
import type { Attributes, AuthContext, Connection, FileEntry, ParsedKey, SFTPWrapper } from "ssh2";
import ssh2 from "ssh2";

const { Server, utils } = ssh2;
const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** The largest piece answered to one READ: what every client of SFTP version 3 can take. */
const MAX_READ_BYTES = 32 * 1024;
const NAMES_PER_ANSWER = 100;
/** Of one connection, as OpenSSH bounds them too. */
const MAX_OPEN_HANDLES = 100;
const CLOSE_WITHIN_MS = 1_000;

export interface SftpServerOptions {
  /** On 127.0.0.1; any free one when absent. */
  port?: number;
  /** The directory served. Clients see it as `/`. */
  root: string;
  username: string;
  password?: string;
  /** One line as in an authorized_keys file. */
  publicKey?: string;
  /** A private key in OpenSSH's format; a new ed25519 key when absent. */
  hostKey?: string;
}

export interface SftpServer {
  port: number;
  /** As OpenSSH prints it, without the `SHA256:` in front. */
  hostKeySha256: string;
  root: string;
  /** Cuts the connections and frees the port. */
  close(): Promise<void>;
}

/** How often a pair is drawn anew before something else must be wrong. */
const DRAWS_MAX = 20;

/**
 * A new Ed25519 key pair in OpenSSH's form. ssh2 writes about one pair in a few hundred so that it can't read it back
 * itself: what it drew is therefore read before it is handed out.
 */
export function newKeyPair(): { privateKey: string; publicKey: string } {
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const { private: privateKey, public: publicKey } = utils.generateKeyPairSync("ed25519");
    if (isReadable(privateKey) && isReadable(publicKey)) return { privateKey, publicKey };
  }
  throw new Error("ssh2 wrote no key pair that it can read.");
}

function isReadable(key: string): boolean {
  try {
    return !(utils.parseKey(key) instanceof Error);
  } catch {
    return false;
  }
}

/** Starts a server on 127.0.0.1; resolves when it accepts connections. */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const root = await fs.realpath(options.root);
  const hostKey = options.hostKey ?? newKeyPair().privateKey;
  const publicKey = options.publicKey === undefined ? undefined : parse(options.publicKey);
  const connections = new Set<Connection>();

  const server = new Server({ hostKeys: [hostKey] }, (connection) => {
    connections.add(connection);
    withoutDelay(connection);
    connection.on("close", () => connections.delete(connection));
    connection.on("error", () => connection.end());
    connection.on("authentication", (attempt) => {
      if (attempt.username === options.username && isAccepted(attempt, options.password, publicKey))
        attempt.accept();
      else attempt.reject(["password", "publickey"]);
    });
    connection.on("ready", () => {
      connection.on("session", (accept) => {
        accept().on("sftp", (acceptSftp) => serve(acceptSftp(), root));
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });

  return {
    port: portOf(server.address()),
    hostKeySha256: createHash("sha256")
      .update(parse(hostKey).getPublicSSH())
      .digest("base64")
      .replace(/=+$/, ""),
    root,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
        // A client that hangs does not keep this process.
        setTimeout(resolve, CLOSE_WITHIN_MS).unref();
      }),
  };
}

/** Nagle's algorithm would hold each small answer back for some 40 ms. ssh2 has the call, its published types do not. */
function withoutDelay(connection: Connection): void {
  if ("setNoDelay" in connection && typeof connection.setNoDelay === "function") connection.setNoDelay(true);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server listens on no TCP port.");
  return address.port;
}

function parse(key: string): ParsedKey {
  const parsed = utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}

function isAccepted(
  attempt: AuthContext,
  password: string | undefined,
  publicKey: ParsedKey | undefined,
): boolean {
  if (attempt.method === "password" && password !== undefined) return isSame(attempt.password, password);
  if (attempt.method === "publickey" && publicKey !== undefined) {
    if (!isSame(attempt.key.data, publicKey.getPublicSSH())) return false;
    // Without a signature the client only asks whether this key would do.
    if (attempt.signature === undefined || attempt.blob === undefined) return true;
    return publicKey.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
  }
  return false;
}

function isSame(given: string | Buffer, expected: string | Buffer): boolean {
  const digest = (value: string | Buffer) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

type Handle =
  | { kind: "file"; file: fs.FileHandle; appends: boolean }
  | { kind: "directory"; names: FileEntry[]; told: number };

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers the requests of one SFTP channel, in the order they came. */
function serve(sftp: SFTPWrapper, root: string): void {
  const handles = new Map<number, Handle>();
  let lastHandle = 0;
  let tail: Promise<void> = Promise.resolve();

  const inTurn = (id: number, work: () => Promise<void>) => {
    tail = tail.then(work).catch((cause: unknown) => {
      const [status, message] = statusOf(cause);
      sftp.status(id, status, message);
    });
  };
  const done = (id: number) => sftp.status(id, STATUS_CODE.OK);
  const keep = (id: number, handle: Handle) => {
    lastHandle += 1;
    handles.set(lastHandle, handle);
    const name = Buffer.alloc(4);
    name.writeUInt32BE(lastHandle);
    sftp.handle(id, name);
  };
  const roomForAHandle = () => {
    if (handles.size >= MAX_OPEN_HANDLES) throw new Refusal(STATUS_CODE.FAILURE, "Too many open handles");
  };
  const numberOf = (name: Buffer) => (name.length === 4 ? name.readUInt32BE() : 0);
  const fileOf = (name: Buffer) => {
    const handle = handles.get(numberOf(name));
    if (handle?.kind !== "file") throw new Refusal(STATUS_CODE.FAILURE, "No such file handle");
    return handle;
  };

  sftp.on("OPEN", (id, path, flags) =>
    inTurn(id, async () => {
      roomForAHandle();
      const file = await fs.open(await followed(root, path), openFlags(flags), 0o644);
      keep(id, { kind: "file", file, appends: (flags & OPEN_MODE.APPEND) !== 0 });
    }),
  );
  sftp.on("READ", (id, name, offset, length) =>
    inTurn(id, async () => {
      const buffer = Buffer.allocUnsafe(Math.min(length, MAX_READ_BYTES));
      const { bytesRead } = await fileOf(name).file.read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on("WRITE", (id, name, offset, data) =>
    inTurn(id, async () => {
      const { file, appends } = fileOf(name);
      await file.write(data, 0, data.length, appends ? null : offset);
      done(id);
    }),
  );
  sftp.on("CLOSE", (id, name) =>
    inTurn(id, async () => {
      const handle = handles.get(numberOf(name));
      handles.delete(numberOf(name));
      if (handle === undefined) throw new Refusal(STATUS_CODE.FAILURE, "No such handle");
      if (handle.kind === "file") await handle.file.close();
      done(id);
    }),
  );
  sftp.on("FSTAT", (id, name) =>
    inTurn(id, async () => sftp.attrs(id, attributes(await fileOf(name).file.stat()))),
  );
  sftp.on("STAT", (id, path) =>
    inTurn(id, async () => sftp.attrs(id, attributes(await fs.stat(await followed(root, path))))),
  );
  sftp.on("LSTAT", (id, path) =>
    inTurn(id, async () => sftp.attrs(id, attributes(await fs.lstat(await located(root, path))))),
  );
  sftp.on("FSETSTAT", (id, name, wanted) =>
    inTurn(id, async () => {
      await setAttributes(fileOf(name).file, wanted);
      done(id);
    }),
  );
  sftp.on("SETSTAT", (id, path, wanted) =>
    inTurn(id, async () => {
      const file = await fs.open(await followed(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        await setAttributes(file, wanted);
      } finally {
        await file.close();
      }
      done(id);
    }),
  );
  sftp.on("OPENDIR", (id, path) =>
    inTurn(id, async () => {
      roomForAHandle();
      keep(id, { kind: "directory", names: await entries(await followed(root, path)), told: 0 });
    }),
  );
  sftp.on("READDIR", (id, name) =>
    inTurn(id, async () => {
      const handle = handles.get(numberOf(name));
      if (handle?.kind !== "directory") throw new Refusal(STATUS_CODE.FAILURE, "No such directory handle");
      const names = handle.names.slice(handle.told, handle.told + NAMES_PER_ANSWER);
      handle.told += names.length;
      if (names.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, names);
    }),
  );
  sftp.on("REALPATH", (id, path) =>
    inTurn(id, async () => {
      const filename = posix.resolve("/", path);
      sftp.name(id, [
        { filename, longname: filename, attrs: { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 } },
      ]);
    }),
  );
  sftp.on("REMOVE", (id, path) =>
    inTurn(id, async () => {
      await fs.unlink(await located(root, path));
      done(id);
    }),
  );
  sftp.on("MKDIR", (id, path) =>
    inTurn(id, async () => {
      await fs.mkdir(await located(root, path), 0o755);
      done(id);
    }),
  );
  sftp.on("RMDIR", (id, path) =>
    inTurn(id, async () => {
      await fs.rmdir(await located(root, path));
      done(id);
    }),
  );
  sftp.on("RENAME", (id, from, to) =>
    inTurn(id, async () => {
      await renameOverNothing(await located(root, from), await located(root, to));
      done(id);
    }),
  );

  sftp.on("error", () => sftp.destroy());
  sftp.on("close", () => {
    tail = tail.then(async () => {
      for (const handle of handles.values()) if (handle.kind === "file") await handle.file.close();
      handles.clear();
    });
  });
}

/** The place of a client's path, its last name not followed when it is a link; refused when outside the root. */
async function located(root: string, path: string): Promise<string> {
  const clean = posix.resolve("/", path);
  if (clean.includes("\0")) throw new Refusal(STATUS_CODE.FAILURE, "A path has no NUL in it");
  if (clean === "/") return root;
  const parent = await fs.realpath(dirname(join(root, clean)));
  return join(inside(root, parent), basename(clean));
}

/** The place of a client's path with all links followed; the place itself when nothing is there yet. */
async function followed(root: string, path: string): Promise<string> {
  const place = await located(root, path);
  try {
    return inside(root, await fs.realpath(place));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return place;
    throw cause;
  }
}

function inside(root: string, place: string): string {
  if (place === root || place.startsWith(root + sep)) return place;
  throw new Refusal(STATUS_CODE.PERMISSION_DENIED, "Permission denied");
}

/** Never through a link in the last place: `followed` has resolved those that may be followed. */
function openFlags(flags: number): number {
  const reads = (flags & OPEN_MODE.READ) !== 0;
  const writes = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
  let open =
    constants.O_NOFOLLOW | (writes ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY);
  if (flags & OPEN_MODE.APPEND) open |= constants.O_APPEND;
  if (flags & OPEN_MODE.CREAT) open |= constants.O_CREAT;
  if (flags & OPEN_MODE.TRUNC && writes) open |= constants.O_TRUNC;
  if (flags & OPEN_MODE.EXCL) open |= constants.O_EXCL;
  return open;
}

/** As OpenSSH does a plain rename: it fails when the new name is taken. */
async function renameOverNothing(from: string, to: string): Promise<void> {
  if ((await fs.lstat(from)).isDirectory()) {
    const taken = await fs.lstat(to).then(
      () => true,
      () => false,
    );
    if (taken) throw new Refusal(STATUS_CODE.FAILURE, "File exists");
    await fs.rename(from, to);
    return;
  }
  await fs.link(from, to);
  await fs.unlink(from);
}

async function setAttributes(file: fs.FileHandle, wanted: Partial<Attributes>): Promise<void> {
  if (wanted.size !== undefined) await file.truncate(wanted.size);
  if (wanted.mode !== undefined) await file.chmod(wanted.mode & 0o777);
  if (wanted.atime !== undefined && wanted.mtime !== undefined) await file.utimes(wanted.atime, wanted.mtime);
}

async function entries(directory: string): Promise<FileEntry[]> {
  const found: FileEntry[] = [];
  for (const filename of [".", "..", ...(await fs.readdir(directory))]) {
    // What vanished since the directory was read is left out.
    const stats = await fs.lstat(filename === ".." ? directory : join(directory, filename)).catch(() => null);
    if (stats !== null)
      found.push({ filename, longname: longName(filename, stats), attrs: attributes(stats) });
  }
  return found;
}

/** The line `ls -l` would show; some clients read the kind of an entry from its first letter. */
function longName(filename: string, stats: Stats): string {
  const kind = stats.isDirectory() ? "d" : stats.isSymbolicLink() ? "l" : "-";
  const bits = [..."rwxrwxrwx"].map((letter, at) => (stats.mode & (0o400 >> at) ? letter : "-")).join("");
  return `${kind}${bits} 1 ${stats.uid} ${stats.gid} ${stats.size} ${stats.mtime.toISOString().slice(0, 16)} ${filename}`;
}

function attributes(stats: Stats): Attributes {
  const { mode, uid, gid, size } = stats;
  return {
    mode,
    uid,
    gid,
    size,
    atime: Math.floor(stats.atimeMs / 1000),
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

/** What the client is told; never a place on this machine. */
function statusOf(cause: unknown): [status: number, message: string] {
  if (cause instanceof Refusal) return [cause.status, cause.message];
  const code = codeOf(cause);
  if (code === "ENOENT" || code === "ENOTDIR") return [STATUS_CODE.NO_SUCH_FILE, "No such file"];
  if (code === "EACCES" || code === "EPERM" || code === "ELOOP")
    return [STATUS_CODE.PERMISSION_DENIED, "Permission denied"];
  return [STATUS_CODE.FAILURE, typeof code === "string" ? `Failure (${code})` : "Failure"];
}
