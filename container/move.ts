import type { SFTPWrapper } from "ssh2";
import { Problem } from "./errors.ts";
import { splitPath } from "./remote-path.ts";
import { lookUp, lookUpTarget, makeDirectory, renameOverNothing } from "./sftp-calls.ts";

/** A file as a listing showed it. */
export interface Listed {
  size: number;
  mtime_ms: number;
}

/**
 * Moves a file, over nothing, and makes the directory it goes to. A repeat of a move that was done is done.
 * With `listed`, only the file that was listed: one put in its place meanwhile has not been read by anybody.
 * @throws {Problem} `conflict` when the new name is taken or the file is another one, `not_found` when there is no such file.
 */
export async function moveFile(sftp: SFTPWrapper, from: string, to: string, listed?: Listed): Promise<void> {
  const { directory } = splitPath(to);
  const [source, target, home] = await Promise.all([
    lookUp(sftp, from),
    lookUp(sftp, to),
    lookUpTarget(sftp, directory),
  ]);
  if (target !== null) {
    if (source === null) return;
    throw new Problem("conflict", `There is a file ${to} already; ${from} stays where it is.`);
  }
  if (source === null) throw new Problem("not_found", `There is no file ${from} to move, and none at ${to}.`);
  if (source.isDirectory()) throw new Problem("bad_request", `${from} is a directory; only files are moved.`);
  if (listed !== undefined && (source.size !== listed.size || source.mtime * 1_000 !== listed.mtime_ms))
    throw new Problem(
      "conflict",
      `${from} has changed since it was listed; it stays where it is, to be read again.`,
    );
  if (home === null) await makeDirectories(sftp, directory);
  await renameOverNothing(sftp, from, to);
}

async function makeDirectories(sftp: SFTPWrapper, directory: string): Promise<void> {
  const missing: string[] = [];
  let at = directory;
  while (at !== "." && at !== "/" && (await lookUpTarget(sftp, at)) === null) {
    missing.unshift(at);
    at = splitPath(at.replace(/\/+$/, "")).directory;
  }
  for (const path of missing) {
    try {
      await makeDirectory(sftp, path);
    } catch (cause) {
      // Somebody else may have made it in this moment.
      if ((await lookUpTarget(sftp, path))?.isDirectory() !== true) throw cause;
    }
  }
}
