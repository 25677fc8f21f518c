/** Finds the tags of an XML document in its bytes. Comments, CDATA sections and processing instructions are passed over. */

export interface Tag {
  readonly kind: "opens" | "closes" | "empty";
  /** As it is written, with its prefix: one character a byte. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A longer name is nobody's. */
const MAX_NAME_BYTES = 256;

const BANG = 0x21;
const DOUBLE_QUOTE = 0x22;
const QUOTE = 0x27;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;

const COMMENT = latin("<!--");
const COMMENT_END = latin("-->");
const CDATA = latin("<![CDATA[");
const CDATA_END = latin("]]>");
const INSTRUCTION_END = latin("?>");

/** The next tag from `at` on. `declaration`: a document type, or what else begins with `<!`. */
export function nextTag(
  bytes: Uint8Array,
  at: number,
): Tag | "end" | "truncated" | "malformed" | "declaration" {
  for (let i = at; ; ) {
    const from = bytes.indexOf(LESS, i);
    if (from < 0) return "end";
    const second = bytes[from + 1];
    if (second === undefined) return "truncated";
    if (second !== BANG && second !== QUESTION) return tagAt(bytes, from, second === SLASH);
    const end = endOfOther(bytes, from);
    if (typeof end === "string") return end;
    i = end;
  }
}

/** Where a comment, a CDATA section or a processing instruction ends. */
function endOfOther(bytes: Uint8Array, from: number): number | "truncated" | "declaration" {
  if (bytes[from + 1] === QUESTION) return behind(bytes, INSTRUCTION_END, from + 2);
  if (begins(bytes, from, COMMENT)) return behind(bytes, COMMENT_END, from + COMMENT.length);
  if (begins(bytes, from, CDATA)) return behind(bytes, CDATA_END, from + CDATA.length);
  const isCut = bytes.length - from < CDATA.length && isBeginningOf(bytes.subarray(from));
  return isCut ? "truncated" : "declaration";
}

function isBeginningOf(rest: Uint8Array): boolean {
  return [COMMENT, CDATA].some((mark) => rest.every((byte, i) => byte === mark[i]));
}

function tagAt(bytes: Uint8Array, from: number, closes: boolean): Tag | "truncated" | "malformed" {
  const nameFrom = from + (closes ? 2 : 1);
  let nameTo = nameFrom;
  let name = "";
  while (!endsName(bytes[nameTo]) && nameTo - nameFrom <= MAX_NAME_BYTES) {
    name += String.fromCharCode(bytes[nameTo] ?? 0);
    nameTo++;
  }
  if (nameTo - nameFrom > MAX_NAME_BYTES) return "malformed";
  const end = tagEnd(bytes, nameTo);
  if (typeof end === "string") return end;
  if (nameTo === nameFrom) return "malformed";
  const kind = closes ? "closes" : bytes[end - 1] === SLASH ? "empty" : "opens";
  return { kind, name, from, to: end + 1 };
}

function endsName(byte: number | undefined): boolean {
  return byte === undefined || byte <= 0x20 || byte === GREATER || byte === SLASH || byte === LESS;
}

/** The `>` of a tag: one inside a quoted value is none. */
function tagEnd(bytes: Uint8Array, at: number): number | "truncated" | "malformed" {
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === GREATER) return i;
    if (byte === LESS) return "malformed";
    if (byte !== QUOTE && byte !== DOUBLE_QUOTE) continue;
    i = bytes.indexOf(byte, i + 1);
    if (i < 0) return "truncated";
  }
  return "truncated";
}

function begins(bytes: Uint8Array, at: number, mark: Uint8Array): boolean {
  return mark.every((byte, i) => bytes[at + i] === byte);
}

/** Behind the next `mark`. */
function behind(bytes: Uint8Array, mark: Uint8Array, at: number): number | "truncated" {
  const [first = 0] = mark;
  for (let i = bytes.indexOf(first, at); i >= 0; i = bytes.indexOf(first, i + 1)) {
    if (begins(bytes, i, mark)) return i + mark.length;
  }
  return "truncated";
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
