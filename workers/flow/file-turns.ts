import type { ListedFile } from "../storage/files.ts";
import type { KnownFile } from "./known-files.ts";

type Known = KnownFile | null;

/**
 * In what order a run takes the files of a listing, which come oldest first. Large ones are last: they hold up no other.
 * Before them comes what was tried already, longest ago first: a file that breaks the session whenever it is read must not
 * stand before all others for ever.
 */
export function inTurn(
  listed: readonly ListedFile[],
  knownAs: (file: ListedFile) => Known,
  isLarge: (file: ListedFile) => boolean,
): ListedFile[] {
  return listed
    .map((file) => {
      const before = knownAs(file);
      const tried = before?.state === "seen" || before?.state === "reading";
      return { file, large: Number(isLarge(file)), tried: Number(tried), at: before?.updated_at ?? 0 };
    })
    .sort((a, b) => a.large - b.large || a.tried - b.tried || a.at - b.at)
    .map(({ file }) => file);
}

/** Whether all of a file is in documents. */
export function isRead(file: Known): boolean {
  return file?.state === "kept" || file?.state === "moved";
}
