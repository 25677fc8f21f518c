import { createHash } from "node:crypto";
import { splitPath } from "./remote-path.ts";

/** The usual limit of a file system for one name. */
const MAX_NAME_BYTES = 255;

/**
 * Where a file is uploaded before it gets its name: in the same directory, so that the rename is atomic, with
 * the leading dot and the `.part` that fetchers skip. One final name has always the same temporary one: a
 * second try clears away what the first left behind.
 */
export function temporaryPath(path: string): string {
  const { name } = splitPath(path);
  const plain = `.${name}.part`;
  const fits = Buffer.byteLength(plain) <= MAX_NAME_BYTES;
  const temporary = fits ? plain : `.${createHash("sha256").update(name).digest("hex")}.part`;
  return path.slice(0, path.length - name.length) + temporary;
}
