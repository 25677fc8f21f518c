/** What a file is, from its first bytes. Names and extensions are not asked: they say nothing in the field. */
import type { EdiFormat } from "./edi-status.ts";
import { isLetterOrDigit } from "./scan/separators.ts";

/** `offset`: where the content begins, behind BOM and blanks. `bom`: UTF-16 files have to be converted by the caller first. */
export interface Detected {
  readonly format: EdiFormat | "utf16" | "compressed" | "pgp";
  readonly offset: number;
}

/** This many bytes are always enough for `detectFormat`, unless the file begins with more blanks than that. */
export const DETECT_BYTES = 4096;

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if ((bytes[at + i] ?? 0) !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Reads the format off the first bytes: BOM, blank lines, NUL and Ctrl-Z before the content are passed over. */
export function detectFormat(bytes: Uint8Array): Detected {
  let i = 0;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) i = 3;
  else if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { format: "utf16", offset: 2 };
  while (i < bytes.length && (bytes[i] ?? 0) <= 0x20) i++;
  if (i >= bytes.length) return { format: "empty", offset: bytes.length };
  return { format: formatAt(bytes, i), offset: i };
}

function formatAt(bytes: Uint8Array, i: number): Detected["format"] {
  const first = bytes[i] ?? 0;
  const fourth = bytes[i + 3] ?? 0x41;
  if (!isLetterOrDigit(fourth) && i + 3 < bytes.length) {
    if (startsWith(bytes, i, "UNA")) return "edifact";
    if (startsWith(bytes, i, "UNB") && fourth !== 0x20) return "edifact";
    if (startsWith(bytes, i, "ISA") && fourth !== 0x20) return "x12";
  }
  // So short that only the beginning of an envelope is there: it is still being written.
  if (bytes.length - i < 4) {
    const tag = String.fromCharCode(...bytes.subarray(i));
    if ("UNA".startsWith(tag) || "UNB".startsWith(tag)) return "edifact";
    if ("ISA".startsWith(tag)) return "x12";
  }
  if (first === 0x3c) return looksLikeHtml(bytes, i) ? "html" : "xml";
  if (first === 0x7b || first === 0x5b) return "json";
  if (first === 0x50 && bytes[i + 1] === 0x4b && (bytes[i + 2] === 3 || bytes[i + 2] === 5))
    return "compressed";
  if (first === 0x1f && bytes[i + 1] === 0x8b) return "compressed";
  if (startsWith(bytes, i, "-----BEGIN PGP")) return "pgp";
  if (startsWith(bytes, i, "@@PH")) return "fixed";
  return textFormat(bytes, i);
}

function looksLikeHtml(bytes: Uint8Array, i: number): boolean {
  let head = "";
  for (let k = i; k < Math.min(bytes.length, i + 256); k++) head += String.fromCharCode(bytes[k] ?? 0);
  head = head.toLowerCase();
  return (
    head.startsWith("<!doctype html") ||
    head.startsWith("<html") ||
    head.startsWith("<head") ||
    head.includes("<html")
  );
}

/** Lines: separated when the first line has two separators of one kind, fixed when the first lines are long and of one length. */
function textFormat(bytes: Uint8Array, from: number): EdiFormat {
  const end = Math.min(bytes.length, from + DETECT_BYTES);
  const lengths: number[] = [];
  const counts: Record<number, number> = { 59: 0, 124: 0, 9: 0, 44: 0 };
  let lineStart = from;
  for (let i = from; i < end; i++) {
    const b = bytes[i] ?? 0;
    if (b === 0x0a || b === 0x0d) {
      if (i > lineStart) lengths.push(i - lineStart);
      lineStart = i + 1;
    } else if (lengths.length === 0 && counts[b] !== undefined) counts[b]++;
  }
  if (lengths.length === 0) lengths.push(end - lineStart);
  const [first = 0, second] = lengths;
  const most = Math.max(...Object.values(counts));
  if (first >= 100 && (second === undefined || Math.abs(first - second) <= 1) && most < 4) return "fixed";
  if (most >= 2) return "csv";
  return "unknown";
}
