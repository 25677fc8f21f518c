/**
 * One segment, looked at in place: the scanner notes where values begin and end, a value becomes a string only
 * when it is asked for. The object is used again for the next segment; keep strings, not the segment.
 */
import { decode } from "./charset.ts";
import { byteKind, isLetterOrDigit, type Separators } from "./separators.ts";

/** A segment has at most this many values; more is a broken file. */
export const MAX_VALUES = 4096;

/** Values are cut out of one decoded window rather than decoded one by one; small, because a kept string keeps its window alive. */
const WINDOW = 2048;

export const valueFlag = { released: 1, noisy: 2, high: 4 } as const;

/** End of a value, its flags and the kind of the byte behind it in one number: 24, 4 and 4 bits. */
export function packEnd(end: number, flags: number, kind: number): number {
  return (end << 8) | (flags << 4) | kind;
}

/** Tags packed to a number, so that dispatch compares integers: three bytes, or two. */
export function tagCode(tag: string): number {
  let code = 0;
  for (let i = 0; i < tag.length; i++) code = (code << 8) | tag.charCodeAt(i);
  return code;
}

const asciiWindow = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** Qualifiers and codes come again and again: one string for each, by their bytes. A slot holds the last that fell into it. */
const SLOTS = 8192;
const slotKeys = new Int32Array(SLOTS);
const slotValues: string[] = new Array<string>(SLOTS).fill("");

export class Segment {
  bytes: Uint8Array = new Uint8Array(0);
  /** File offset of the buffer's first byte. */
  base = 0;
  /** Index of the tag's first byte in `bytes`; value positions count from here. */
  start = 0;
  end = 0;
  /** Packed tag, 0 when it is no tag. */
  code = 0;
  valueCount = 0;
  elementCount = 0;
  /**
   * One number a value: where it ends (from `start`), its flags and the sign behind it, packed so that the scanner
   * stores once a value. A value begins behind the end of the one before.
   */
  readonly ends = new Int32Array(MAX_VALUES + 1);
  /** Index of an element's first value; one entry more than there are elements. */
  readonly first = new Int32Array(MAX_VALUES + 2);
  /** Flags of the value that is being scanned, and of all values before it. */
  openFlag = 0;
  anyFlag = 0;
  charset = "us-ascii";
  /** The file ended before the terminator: only UNZ and IEA are handed on so, to be believed if they fit. */
  unterminated = false;

  private table: Uint8Array = new Uint8Array(256);
  private repeats = false;
  private windowText = "";
  private windowFrom = -1;
  private windowTo = -1;
  private windowBytes: Uint8Array | null = null;

  useTable(table: Uint8Array, separators: Separators): void {
    this.table = table;
    this.repeats = separators.repetition >= 0;
  }

  /** A new segment begins: its tag is its first value. */
  begin(): void {
    this.valueCount = 0;
    this.elementCount = 1;
    this.first[0] = 0;
    this.openFlag = 0;
    this.anyFlag = 0;
  }

  /** The scanned values are those of these bytes. */
  fill(bytes: Uint8Array, base: number, start: number, end: number, charset: string): void {
    this.bytes = bytes;
    this.base = base;
    this.start = start;
    this.end = end;
    this.charset = charset;
    const length = this.to(0);
    if (this.flags(0) !== 0 || length > 3) this.code = this.packedTag(length);
    else {
      const two = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
      this.code =
        length === 3
          ? (two << 8) | (bytes[start + 2] ?? 0)
          : length === 2
            ? two
            : length === 1
              ? (bytes[start] ?? 0)
              : 0;
    }
  }

  /** A tag that a line end fell into. */
  private packedTag(length: number): number {
    let code = 0;
    let letters = 0;
    for (let i = this.start; i < this.start + length; i++) {
      const b = this.bytes[i] ?? 0;
      if (this.table[b] === byteKind.noise) continue;
      code = (code << 8) | b;
      if (++letters > 3) return 0;
    }
    return code;
  }

  /** Ends the last value here, at the end of a file without a terminator. */
  closeAt(length: number): void {
    const v = this.valueCount;
    this.ends[v] = packEnd(Math.max(length, this.from(v)), this.openFlag, byteKind.terminator);
    this.first[this.elementCount] = v + 1;
    this.valueCount = v + 1;
  }

  /** Up to three letters of the tag at `start`, for a remark on a segment that is not read. */
  tagIn(bytes: Uint8Array, start: number, len: number): string {
    let tag = "";
    for (let i = start; i < len && tag.length < 3 && isLetterOrDigit(bytes[i] ?? 0); i++)
      tag += String.fromCharCode(bytes[i] ?? 0);
    return tag;
  }

  /** Where a value begins and ends, counted from `start`. */
  private from(v: number): number {
    return v === 0 ? 0 : ((this.ends[v - 1] ?? 0) >>> 8) + 1;
  }

  private to(v: number): number {
    return (this.ends[v] ?? 0) >>> 8;
  }

  private flags(v: number): number {
    return ((this.ends[v] ?? 0) >> 4) & 7;
  }

  /** A value that is a further repetition, not a further component. */
  private isRepetition(v: number): boolean {
    return v > 0 && ((this.ends[v - 1] ?? 0) & 15) === byteKind.repetition;
  }

  /** Index of the first byte of an element, -1 when it is not there. */
  startOf(element: number): number {
    return element < this.elementCount ? this.start + this.from(this.first[element] ?? 0) : -1;
  }

  /** Byte offset in the file. */
  get offset(): number {
    return this.base + this.start;
  }

  get tag(): string {
    return this.text(0).trim();
  }

  /** Index of a value, -1 when it is not there. Component 0 is that of the first repetition. */
  private indexOf(element: number, component: number): number {
    if (element >= this.elementCount) return -1;
    const v = (this.first[element] ?? 0) + component;
    if (v >= (this.first[element + 1] ?? 0)) return -1;
    if (this.repeats) {
      for (let i = v; i > v - component; i--) if (this.isRepetition(i)) return -1;
    }
    return v;
  }

  /** Number of values of an element, all repetitions together. */
  components(element: number): number {
    return element >= this.elementCount ? 0 : (this.first[element + 1] ?? 0) - (this.first[element] ?? 0);
  }

  /** The value at element (0 is the tag) and component; "" when it is not there. Not trimmed. */
  text(element: number, component = 0): string {
    const v = this.indexOf(element, component);
    return v < 0 ? "" : this.value(v);
  }

  /** Like `text`, trimmed, null when nothing is left. */
  get(element: number, component = 0): string | null {
    const v = this.indexOf(element, component);
    if (v < 0) return null;
    const from = this.start + this.from(v);
    const to = this.start + this.to(v);
    if (from >= to) return null;
    if (this.flags(v) === 0 && (this.bytes[from] ?? 0) > 32 && (this.bytes[to - 1] ?? 0) > 32)
      return this.cut(from, to);
    const trimmed = this.value(v).trim();
    return trimmed === "" ? null : trimmed;
  }

  /** Like `get`, for qualifiers and codes: values of up to three bytes are the same string every time. */
  short(element: number, component = 0): string | null {
    const v = this.indexOf(element, component);
    if (v < 0) return null;
    const from = this.start + this.from(v);
    const length = this.to(v) - this.from(v);
    if (length > 3 || length <= 0 || this.flags(v) !== 0) return this.get(element, component);
    let key = length;
    for (let i = from; i < from + length; i++) key = (key << 8) | (this.bytes[i] ?? 0);
    const slot = (Math.imul(key, 0x9e3779b1) >>> 19) & (SLOTS - 1);
    if (slotKeys[slot] === key) return slotValues[slot] ?? "";
    const text = this.get(element, component);
    if (text !== null) {
      slotKeys[slot] = key;
      slotValues[slot] = text;
    }
    return text;
  }

  /** Components of the element's n-th repetition (EDIFACT syntax 4, X12 from 00402), 0-based; empty when there is none. */
  repetition(element: number, n: number): string[] {
    const values: string[] = [];
    if (element >= this.elementCount) return values;
    let at = 0;
    for (let v = this.first[element] ?? 0; v < (this.first[element + 1] ?? 0); v++) {
      if (v > (this.first[element] ?? 0) && this.isRepetition(v)) at++;
      if (at > n) break;
      if (at === n) values.push(this.value(v));
    }
    return values;
  }

  repetitions(element: number): number {
    if (element >= this.elementCount) return 0;
    let count = 1;
    if (!this.repeats) return count;
    for (let v = (this.first[element] ?? 0) + 1; v < (this.first[element + 1] ?? 0); v++) {
      if (this.isRepetition(v)) count++;
    }
    return count;
  }

  /** Free text: the components, with a repetition sign taken back as a character, since writers of prose do not know it separates. */
  lines(element: number, repetitionSign: string): string[] {
    const lines: string[] = [];
    if (element >= this.elementCount) return lines;
    for (let v = this.first[element] ?? 0; v < (this.first[element + 1] ?? 0); v++) {
      const text = this.value(v);
      const last = lines.length - 1;
      if (last >= 0 && this.isRepetition(v)) lines[last] = `${lines[last]}${repetitionSign}${text}`;
      else lines.push(text);
    }
    return lines;
  }

  /** Digits at the value's bytes, copied to `out`; their number, or -1 when the value holds anything else or more than fit. */
  digits(element: number, component: number, out: Uint8Array): number {
    const v = this.indexOf(element, component);
    if (v < 0 || this.flags(v) !== 0) return -1;
    const from = this.start + this.from(v);
    const length = this.to(v) - this.from(v);
    if (length > out.length) return -1;
    for (let i = 0; i < length; i++) {
      const d = (this.bytes[from + i] ?? 0) - 48;
      if (d < 0 || d > 9) return -1;
      out[i] = d;
    }
    return length;
  }

  private value(v: number): string {
    const from = this.start + this.from(v);
    const to = this.start + this.to(v);
    if (from >= to) return "";
    const flags = this.flags(v);
    if (flags === 0) return this.cut(from, to);
    if ((flags & valueFlag.high) === 0) return this.unescapeText(this.cut(from, to));
    const raw = this.bytes.subarray(from, to);
    const clean = (flags & (valueFlag.released | valueFlag.noisy)) === 0 ? raw : this.unescape(raw);
    return decode(clean, this.charset);
  }

  /** ASCII without the release characters and the line ends of wrapped files. */
  private unescapeText(text: string): string {
    let out = "";
    let from = 0;
    let released = false;
    for (let i = 0; i < text.length; i++) {
      const kind = this.table[text.charCodeAt(i)];
      if (kind === byteKind.noise || (kind === byteKind.release && !released)) {
        out += text.slice(from, i);
        from = i + 1;
        if (kind === byteKind.release) released = true;
      } else released = false;
    }
    return out + text.slice(from);
  }

  private cut(from: number, to: number): string {
    if (this.windowBytes !== this.bytes || from < this.windowFrom || to > this.windowTo) this.openWindow();
    return this.windowText.slice(from - this.windowFrom, to - this.windowFrom);
  }

  /** The same for bytes that are not ASCII: taken out before they are decoded. */
  private unescape(raw: Uint8Array): Uint8Array {
    const out = new Uint8Array(raw.length);
    let n = 0;
    let released = false;
    for (const byte of raw) {
      const kind = this.table[byte];
      if (kind === byteKind.noise) continue;
      if (kind === byteKind.release && !released) {
        released = true;
        continue;
      }
      out[n++] = byte;
      released = false;
    }
    return out.subarray(0, n);
  }

  private openWindow(): void {
    const from = this.start;
    const to = Math.min(this.bytes.length, Math.max(this.end, from + WINDOW));
    const bytes = this.bytes.subarray(from, to);
    let text = asciiWindow.decode(bytes);
    // Equal length means one character per byte, so positions hold; else take the slow road that always has it.
    if (text.length !== bytes.length) text = decode(bytes, "iso-8859-1");
    this.windowText = text;
    this.windowFrom = from;
    this.windowTo = to;
    this.windowBytes = this.bytes;
  }

  /** The whole segment without line ends, for charset decisions. */
  cleanBytes(): Uint8Array {
    const raw = this.bytes.subarray(this.start, this.end);
    return raw.includes(0x0a) || raw.includes(0x0d)
      ? raw.filter((b) => this.table[b] !== byteKind.noise)
      : raw;
  }

  /** Call when the buffer is filled anew in place. */
  forgetWindow(): void {
    this.windowBytes = null;
  }
}
