/**
 * One segment, looked at in place: the scanner notes where values begin and end, a value becomes a string only
 * when it is asked for. The object is used again for the next segment; keep strings, not the segment.
 */
import { decode } from "./charset.ts";
import { byteKind } from "./separators.ts";

/** A segment has at most this many values; more is a broken file. */
export const MAX_VALUES = 4096;

/** Values are cut out of one decoded window rather than decoded one by one; small, because a kept string keeps its window alive. */
const WINDOW = 2048;

export const valueFlag = { released: 1, noisy: 2, high: 4 } as const;

/** Tags packed to a number, so that dispatch compares integers: three bytes, or two. */
export function tagCode(tag: string): number {
  let code = 0;
  for (let i = 0; i < tag.length; i++) code = (code << 8) | tag.charCodeAt(i);
  return code;
}

const asciiWindow = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export class Segment {
  /** The buffer, and the file offset of its first byte. */
  bytes: Uint8Array = new Uint8Array(0);
  base = 0;
  /** Index of the tag's first byte in `bytes`; value positions count from here. */
  start = 0;
  end = 0;
  /** Packed tag, 0 when it is no tag. */
  code = 0;
  valueCount = 0;
  elementCount = 0;
  readonly from = new Int32Array(MAX_VALUES);
  readonly to = new Int32Array(MAX_VALUES);
  readonly flags = new Uint8Array(MAX_VALUES);
  /** What stood before the value: byteKind.element, .component or .repetition. */
  readonly before = new Uint8Array(MAX_VALUES);
  /** Index of an element's first value; one entry more than there are elements. */
  readonly first = new Int32Array(MAX_VALUES + 1);
  kinds: Uint8Array = new Uint8Array(256);
  charset = "us-ascii";
  /** The file ended before the terminator: only UNZ and IEA are handed on so, to be believed if they fit. */
  unterminated = false;

  private windowText = "";
  private windowFrom = -1;
  private windowTo = -1;
  private windowBytes: Uint8Array | null = null;

  /** Byte offset in the file. */
  get offset(): number {
    return this.base + this.start;
  }

  get tag(): string {
    return this.text(0).trim();
  }

  /** Number of components of an element (of its first repetition and all others together). */
  components(element: number): number {
    if (element >= this.elementCount) return 0;
    return (this.first[element + 1] ?? 0) - (this.first[element] ?? 0);
  }

  /** The value at element (0 is the tag) and component; "" when it is not there. Not trimmed. */
  text(element: number, component = 0): string {
    if (element >= this.elementCount) return "";
    const v = (this.first[element] ?? 0) + component;
    if (v >= (this.first[element + 1] ?? 0)) return "";
    if (component > 0 && this.repeatedBefore(element, v)) return "";
    return this.value(v);
  }

  /** Like `text`, trimmed, null when nothing is left. */
  get(element: number, component = 0): string | null {
    const text = this.text(element, component);
    if (text === "") return null;
    const c = text.charCodeAt(0);
    const d = text.charCodeAt(text.length - 1);
    if (c > 32 && d > 32 && d !== 0xa0) return text;
    const trimmed = text.trim();
    return trimmed === "" ? null : trimmed;
  }

  /** Components of the element's n-th repetition (EDIFACT syntax 4, X12 from 00402), 0-based; empty when there is none. */
  repetition(element: number, n: number): string[] {
    const values: string[] = [];
    if (element >= this.elementCount) return values;
    let at = 0;
    for (let v = this.first[element] ?? 0; v < (this.first[element + 1] ?? 0); v++) {
      if (this.before[v] === byteKind.repetition) at++;
      if (at > n) break;
      if (at === n) values.push(this.value(v));
    }
    return values;
  }

  repetitions(element: number): number {
    if (element >= this.elementCount) return 0;
    let count = 1;
    for (let v = (this.first[element] ?? 0) + 1; v < (this.first[element + 1] ?? 0); v++) {
      if (this.before[v] === byteKind.repetition) count++;
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
      if (this.before[v] === byteKind.repetition && last >= 0)
        lines[last] = `${lines[last]}${repetitionSign}${text}`;
      else lines.push(text);
    }
    return lines;
  }

  /** Bytes of a value as they stand in the file; -1 past its end. For digits only: release and noise are not taken out. */
  isPlain(element: number, component: number): boolean {
    if (element >= this.elementCount) return false;
    const v = (this.first[element] ?? 0) + component;
    return v < (this.first[element + 1] ?? 0) && this.flags[v] === 0;
  }

  private repeatedBefore(element: number, v: number): boolean {
    for (let i = (this.first[element] ?? 0) + 1; i <= v; i++)
      if (this.before[i] === byteKind.repetition) return true;
    return false;
  }

  private value(v: number): string {
    const from = this.start + (this.from[v] ?? 0);
    const to = this.start + (this.to[v] ?? 0);
    if (from >= to) return "";
    const flags = this.flags[v] ?? 0;
    if (flags === 0) {
      if (this.windowBytes !== this.bytes || from < this.windowFrom || to > this.windowTo) this.openWindow();
      return this.windowText.slice(from - this.windowFrom, to - this.windowFrom);
    }
    const raw = this.bytes.subarray(from, to);
    const clean = (flags & (valueFlag.released | valueFlag.noisy)) === 0 ? raw : this.unescape(raw);
    return decode(clean, (flags & valueFlag.high) === 0 ? "us-ascii" : this.charset);
  }

  /** Without the release characters and the line ends of wrapped files. */
  private unescape(raw: Uint8Array): Uint8Array {
    const out = new Uint8Array(raw.length);
    let n = 0;
    let released = false;
    for (const byte of raw) {
      const kind = this.kinds[byte];
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
    for (let v = 0; v < this.valueCount; v++) {
      if (((this.flags[v] ?? 0) & valueFlag.noisy) !== 0)
        return raw.filter((b) => this.kinds[b] !== byteKind.noise);
    }
    return raw;
  }

  /** Call when `bytes` is filled anew in place. */
  forgetWindow(): void {
    this.windowBytes = null;
  }
}
