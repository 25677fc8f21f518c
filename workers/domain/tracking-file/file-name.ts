import type { FileFormat } from "../subscription.ts";

/** The name of a tracking file where the customer's subscription names none. */
export const DEFAULT_FILE_NAME = "{account}_{format}_{date}T{time}_{number}";

/** What a file's name may be made of. */
export interface FileNameParts {
  account: string;
  /** The file's control number. */
  number: number;
  /** Epoch milliseconds; date and time are written in UTC. */
  created_at_ms: number;
  format: FileFormat;
  /** Without its dot. */
  extension: string;
}

const MAX_LENGTH = 200;

/** Fetchers skip names that end so, for they look like a file still being written. */
const UNFINISHED = /\.(tmp|temp|part|partial|filepart|crdownload)$/iu;

/** Letters, digits, dot, hyphen and underscore: a name that no file system, shell or server takes for something else. */
const safe = (text: string): string => text.replace(/[^A-Za-z0-9._-]/gu, "_");

/** What stands behind the last dot of a pattern, where that is an extension: `.txt`, or a running number as in `.{number}`. */
const EXTENSION = /^(.+)\.([A-Za-z0-9]{1,8}|\{number\})$/u;

/**
 * A file's name from a pattern with {account}, {date} (YYYYMMDD), {time} (HHMMSS), {number} (at least six digits) and
 * {format}. A pattern without {number} gets it at the end, since a second file of one name would replace the first;
 * one that ends without an extension gets the format's. Never begins with a dot (hidden, or unfinished) or a hyphen
 * (an option on a command line), never holds a path.
 */
export function fileName(pattern: string, parts: FileNameParts): string {
  const stamp = new Date(parts.created_at_ms).toISOString();
  const number = String(parts.number).padStart(6, "0");
  const values = new Map([
    ["{account}", parts.account.replaceAll(".", "_").slice(0, 60)],
    ["{date}", stamp.slice(0, 10).replaceAll("-", "")],
    ["{time}", stamp.slice(11, 19).replaceAll(":", "")],
    ["{number}", number],
    ["{format}", parts.format],
  ]);
  const filled = (text: string) => safe(text.replace(/\{[^{}]*\}/gu, (word) => values.get(word) ?? word));
  const [, stem = pattern, extension = parts.extension] = EXTENSION.exec(pattern) ?? [];
  const ending = `.${filled(extension)}`;
  const numbered = pattern.includes("{number}") ? stem : `${stem}_{number}`;
  const name = filled(numbered)
    .replace(/^[.-]+/u, "")
    .replace(/\.{2,}/gu, ".");
  const room = MAX_LENGTH - ending.length;
  const short = name.length > room ? `${name.slice(0, room - number.length - 1)}_${number}` : name;
  const whole = `${short === "" ? number : short}${ending}`;
  return UNFINISHED.test(whole) ? `${whole}.${safe(parts.extension)}` : whole;
}
