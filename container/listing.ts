import type { FileEntryWithStats, SFTPWrapper } from "ssh2";
import { entriesOf } from "./sftp-calls.ts";

export interface ListedFile {
  name: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970; SFTP version 3 tells whole seconds. */
  mtime_ms: number;
}

export interface Listing {
  /** Regular files only; oldest first, equal times by name. */
  files: ListedFile[];
  /** Names of directories, sorted. */
  directories: string[];
  /** Whether there were more than asked for. */
  truncated: boolean;
}

/** Which files of a directory to tell: so many of the oldest, or newest, of those behind `from` in that order. */
export interface ListingPart {
  limit: number;
  keep: "oldest" | "newest";
  from?: Pick<ListedFile, "name" | "mtime_ms">;
}

/**
 * Lists a directory and keeps its `limit` oldest files (or newest, for a folder nobody empties) and first `limit`
 * directories. Memory goes with the limit, not with the directory.
 */
export async function listDirectory(
  sftp: SFTPWrapper,
  directory: string,
  { limit, keep, from }: ListingPart,
): Promise<Listing> {
  const order = keep === "oldest" ? byAge : (a: Aged, b: Aged) => byAge(b, a);
  const files = new Smallest<ListedFile>(limit, order);
  const directories = new Smallest<string>(limit, compareText);
  for await (const batch of entriesOf(sftp, directory)) {
    for (const entry of batch) {
      const { filename, attrs } = entry;
      // A name with a slash would lead out of the directory: no server has a reason to send one.
      if (filename === "." || filename === ".." || filename === "" || /[/\0]/.test(filename)) continue;
      const kind = kindOf(entry);
      if (kind === "directory") directories.add(filename);
      if (kind !== "file") continue;
      const file = { name: filename, size: attrs.size ?? 0, mtime_ms: (attrs.mtime ?? 0) * 1_000 };
      if (from === undefined || order(from, file) < 0) files.add(file);
    }
  }
  return {
    files: files.sorted().sort(byAge),
    directories: directories.sorted(),
    truncated: files.dropped || directories.dropped,
  };
}

/** Attributes are optional in SFTP; where the mode is missing, the `ls -l` line begins with the kind. */
function kindOf({ attrs, longname }: FileEntryWithStats): "file" | "directory" | "other" {
  if (attrs.mode === undefined) {
    if (longname.startsWith("d")) return "directory";
    return longname.startsWith("-") ? "file" : "other";
  }
  if (attrs.isDirectory()) return "directory";
  return attrs.isFile() ? "file" : "other";
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
type Aged = Pick<ListedFile, "name" | "mtime_ms">;
const byAge = (a: Aged, b: Aged) => a.mtime_ms - b.mtime_ms || compareText(a.name, b.name);

/** Keeps the `limit` smallest of any number of items in room for twice as many. */
class Smallest<T> {
  dropped = false;
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];

  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(item: T): void {
    this.#kept.push(item);
    if (this.#kept.length >= 2 * this.#limit) this.#cut();
  }

  sorted(): T[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort(this.#compare);
    if (this.#kept.length > this.#limit) this.dropped = true;
    this.#kept.length = Math.min(this.#kept.length, this.#limit);
  }
}
