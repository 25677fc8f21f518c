/** The calls of ssh2's SFTP channel that are used here, as promises. Errors come as ssh2 has them; see `problemOf`. */
import type { FileEntryWithStats, SFTPWrapper, Stats } from "ssh2";
import { Problem, SFTP_STATUS, sftpStatusOf } from "./errors.ts";

type Settle<T> = (cause: Error | null | undefined, value: T) => void;

function call<T>(start: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => start((cause, value) => (cause ? reject(cause) : resolve(value))));
}

function order(start: (settle: (cause?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((cause) => (cause ? reject(cause) : resolve())));
}

export type Handle = Buffer;

export const openToRead = (sftp: SFTPWrapper, path: string) =>
  call<Handle>((settle) => sftp.open(path, "r", settle));
/** Creates a file; fails when the name is taken. */
export const openNew = (sftp: SFTPWrapper, path: string) =>
  call<Handle>((settle) => sftp.open(path, "wx", settle));
export const close = (sftp: SFTPWrapper, handle: Handle) => order((settle) => sftp.close(handle, settle));
export const statHandle = (sftp: SFTPWrapper, handle: Handle) =>
  call<Stats>((settle) => sftp.fstat(handle, settle));
export const unlink = (sftp: SFTPWrapper, path: string) => order((settle) => sftp.unlink(path, settle));
export const makeDirectory = (sftp: SFTPWrapper, path: string) => order((settle) => sftp.mkdir(path, settle));
export const write = (sftp: SFTPWrapper, handle: Handle, bytes: Buffer, at: number) =>
  order((settle) => sftp.write(handle, bytes, 0, bytes.length, at, settle));

/** Reads up to `length` bytes; fewer when the server gives fewer, none at the end of the file. */
export function read(sftp: SFTPWrapper, handle: Handle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return call<number>((settle) => sftp.read(handle, buffer, 0, length, at, settle)).then((count) =>
    buffer.subarray(0, count),
  );
}

/** What is at a path, a link itself rather than its target; null when nothing is. */
export async function lookUp(sftp: SFTPWrapper, path: string): Promise<Stats | null> {
  try {
    return await call<Stats>((settle) => sftp.lstat(path, settle));
  } catch (cause) {
    if (saysMissing(cause)) return null;
    throw cause;
  }
}

/** Like `lookUp`, but of the target of a link. */
export async function lookUpTarget(sftp: SFTPWrapper, path: string): Promise<Stats | null> {
  try {
    return await call<Stats>((settle) => sftp.stat(path, settle));
  } catch (cause) {
    if (saysMissing(cause)) return null;
    throw cause;
  }
}

/** Some servers answer a look at a missing file with the general failure instead of NO_SUCH_FILE. */
function saysMissing(cause: unknown): boolean {
  const status = sftpStatusOf(cause);
  return (
    status === SFTP_STATUS.NO_SUCH_FILE ||
    status === SFTP_STATUS.NO_SUCH_PATH ||
    status === SFTP_STATUS.FAILURE
  );
}

/** The entries of a directory, batch by batch as the server tells them. */
export async function* entriesOf(
  sftp: SFTPWrapper,
  directory: string,
): AsyncGenerator<readonly FileEntryWithStats[]> {
  const handle = await call<Handle>((settle) => sftp.opendir(directory, settle));
  try {
    for (;;) {
      const batch = await nextEntries(sftp, handle);
      if (batch === null) return;
      yield batch;
    }
  } finally {
    await close(sftp, handle);
  }
}

async function nextEntries(sftp: SFTPWrapper, handle: Handle): Promise<FileEntryWithStats[] | null> {
  try {
    return await call<FileEntryWithStats[]>((settle) => sftp.readdir(handle, settle));
  } catch (cause) {
    if (sftpStatusOf(cause) === SFTP_STATUS.EOF) return null;
    throw cause;
  }
}

/** Asks the server to put a file on its disk; nothing where it has no such call (fsync@openssh.com). */
export async function sync(sftp: SFTPWrapper, handle: Handle): Promise<void> {
  try {
    await call<unknown>((settle) => sftp.ext_openssh_fsync(handle, settle));
  } catch (cause) {
    if (!isUnsupported(cause)) throw cause;
  }
}

/**
 * Gives a file its new name, and never that of another file.
 *
 * The plain rename comes first because OpenSSH and most others refuse it when the new name is taken, while
 * posix-rename@openssh.com silently replaces. The latter is only for servers whose plain rename fails although
 * nothing is in the way.
 * @throws {Problem} `conflict` when the new name is taken.
 */
export async function renameOverNothing(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  try {
    await order((settle) => sftp.rename(from, to, settle));
  } catch (cause) {
    const status = sftpStatusOf(cause);
    if (status === undefined || status === SFTP_STATUS.NO_SUCH_FILE) throw cause;
    if ((await lookUp(sftp, to)) !== null) {
      throw new Problem("conflict", `There is a file of the name ${to} already.`);
    }
    await order((settle) => sftp.ext_openssh_rename(from, to, settle)).catch((second: unknown) => {
      throw isUnsupported(second) ? cause : second;
    });
  }
}

/** ssh2 throws this before sending anything when the server did not offer the extension. */
function isUnsupported(cause: unknown): boolean {
  return cause instanceof Error && /does not support this extended request/.test(cause.message);
}
