import type { SFTPWrapper } from "ssh2";
import { Problem, problemOf, SFTP_STATUS, sftpStatusOf } from "./errors.ts";
import { splitPath } from "./remote-path.ts";
import {
  close,
  type Handle,
  lookUp,
  openNew,
  openToRead,
  renameOverNothing,
  statHandle,
  sync,
  unlink,
} from "./sftp-calls.ts";
import { temporaryPath } from "./temporary-name.ts";
import { type Content, fileSink, measure, readRange } from "./transfer.ts";
import type { Turn } from "./turn.ts";

export interface Uploaded extends Content {
  /** The file was there with the same content: an earlier try had got through. */
  already: boolean;
}

/**
 * Brings a file under its name, whole or not at all: written under a temporary name, its size checked, then
 * renamed. A file of that name is never replaced; when it has the same content the upload counts as done.
 * @throws {Problem} `conflict` when a file of that name has another content.
 */
export async function uploadFile(
  { sftp, progressed }: Turn,
  path: string,
  source: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Uploaded> {
  if ((await lookUp(sftp, path)) !== null) {
    const content = await measure(source, maxBytes, progressed);
    await mustHold(sftp, path, content, progressed);
    return { ...content, already: true };
  }
  const temporary = temporaryPath(path);
  try {
    const content = await writeTemporary(sftp, temporary, source, maxBytes, progressed);
    return (await giveName(sftp, temporary, path, content, progressed)) === "named"
      ? { ...content, already: false }
      : { ...content, already: true };
  } catch (cause) {
    // Left behind only where the connection is gone; the next try clears it away.
    if (sftpStatusOf(cause) !== undefined || cause instanceof Problem)
      await unlink(sftp, temporary).catch(() => {});
    throw cause;
  }
}

async function writeTemporary(
  sftp: SFTPWrapper,
  temporary: string,
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  progressed: () => void,
): Promise<Content> {
  const handle = await createAfresh(sftp, temporary);
  let content: Content;
  try {
    const { sink, flush } = fileSink(sftp, handle, progressed);
    content = await measure(source, maxBytes, sink);
    await flush();
    await sync(sftp, handle);
  } finally {
    await close(sftp, handle);
  }
  const stored = await lookUp(sftp, temporary);
  if (stored?.size !== content.size) {
    const found = stored === null ? "no file" : `${stored.size} bytes`;
    throw new Problem(
      "sftp_error",
      `${content.size} bytes were sent, but the server holds ${found}; nothing was kept.`,
    );
  }
  return content;
}

/**
 * Creates the temporary file. One that an earlier try left is removed rather than emptied: where the server
 * renames by linking, it can share its content with a file that has been delivered since.
 */
async function createAfresh(sftp: SFTPWrapper, temporary: string): Promise<Handle> {
  try {
    return await openNew(sftp, temporary);
  } catch (cause) {
    if (sftpStatusOf(cause) === undefined || (await lookUp(sftp, temporary)) === null) throw cause;
    await unlink(sftp, temporary);
    return await openNew(sftp, temporary);
  }
}

async function giveName(
  sftp: SFTPWrapper,
  temporary: string,
  path: string,
  content: Content,
  progressed: () => void,
): Promise<"named" | "already"> {
  try {
    await renameOverNothing(sftp, temporary, path);
    return "named";
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.kind !== "conflict") throw cause;
    // Somebody else brought a file of this name meanwhile.
    await mustHold(sftp, path, content, progressed);
    await unlink(sftp, temporary);
    return "already";
  }
}

/** Returns when the file at `path` has this content; `conflict` otherwise. */
async function mustHold(
  sftp: SFTPWrapper,
  path: string,
  content: Content,
  progressed: () => void,
): Promise<void> {
  const { name } = splitPath(path);
  const other = new Problem(
    "conflict",
    `There is a file ${name} with another content; it was left as it is.`,
  );
  const handle = await openToRead(sftp, path).catch((cause: unknown) => {
    // A directory, or a file that may be written but not read: not ours to replace.
    if (sftpStatusOf(cause) === SFTP_STATUS.NO_SUCH_FILE) throw problemOf(cause, `read ${name}`);
    throw sftpStatusOf(cause) === undefined ? cause : other;
  });
  try {
    const stats = await statHandle(sftp, handle);
    if (!stats.isFile() || stats.size !== content.size) throw other;
    const there = await measure(readRange(sftp, handle, 0, stats.size), stats.size, progressed);
    if (there.sha256 !== content.sha256) throw other;
  } finally {
    await close(sftp, handle);
  }
}
