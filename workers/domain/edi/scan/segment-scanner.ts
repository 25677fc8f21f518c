/**
 * Bytes to segments, for EDIFACT (syntax 1–4) and X12 alike: the two differ in how an interchange opens and in
 * which service characters there are, the rest is one loop over a byte table. Chunks may be cut anywhere. Memory
 * is one chunk and one segment. `state` is plain data: kept with `state.offset`, a later run goes on from there.
 *
 * Sources: ISO 9735 (1–4), X12.5/X12.6; tolerances as in the field (see README.md).
 */
import { declaredCharset, isUtf8 } from "./charset.ts";
import { MAX_VALUES, Segment, tagCode, valueFlag } from "./segment.ts";
import {
  byteKind,
  byteTable,
  defaultEdifact,
  isBlank,
  isLetterOrDigit,
  levelBEdifact,
  type Separators,
} from "./separators.ts";

/** A longer segment is dropped with a remark. The longest ones allowed (FTX 5×512, GIN) have 3 KB. */
export const MAX_SEGMENT_BYTES = 131_072;
/** ISA has 106 bytes; a header that is not over after this many is none. */
const MAX_HEADER_BYTES = 1024;
/** A picture in an X12 BIN segment is stepped over up to this size; a larger length is not believed. */
const MAX_BINARY_BYTES = 262_144;

const UNA = tagCode("UNA");
const UNB = tagCode("UNB");
const UNZ = tagCode("UNZ");
const ISA = tagCode("ISA");
const IEA = tagCode("IEA");
const BIN = tagCode("BIN");

export type ScanMode = "between" | "edifact" | "x12";

export interface ScanState {
  /** Where the next push must begin: everything before it is dealt with. */
  offset: number;
  mode: ScanMode;
  separators: Separators;
  /** UNA was read for the interchange that comes. */
  una: Separators | null;
  /** UNA stood before this interchange's UNB. */
  hasUna: boolean;
  /** Interchanges opened so far. */
  interchanges: number;
  declared: string | null;
  /** What the bytes of this interchange turned out to be. */
  charset: string;
  /** Inside a segment that is too long: stepping to its terminator. */
  discarding: boolean;
  /** Bytes of binary data still to step over. */
  skip: number;
  /** Offset where bytes that belong to no interchange began, -1 when there are none. */
  garbageFrom: number;
  /** Something other than blanks was seen; blanks before it are told once. */
  begun: boolean;
  leadingBlanks: boolean;
  /** A line end stood behind a terminator of this interchange. */
  newlineAfterSegment: boolean;
}

export function newScanState(): ScanState {
  return {
    offset: 0,
    mode: "between",
    separators: defaultEdifact,
    una: null,
    hasUna: false,
    interchanges: 0,
    declared: null,
    charset: "us-ascii",
    discarding: false,
    skip: 0,
    garbageFrom: -1,
    begun: false,
    leadingBlanks: false,
    newlineAfterSegment: false,
  };
}

export interface ScanSink {
  /** The segment is valid during the call only. UNB and ISA come with `state` already set for their interchange. */
  segment(segment: Segment): void;
  /** A remark of the byte layer, at a file offset. */
  scanRemark(
    kind:
      | "BOM_SKIPPED"
      | "LEADING_WHITESPACE_SKIPPED"
      | "GARBAGE_SKIPPED"
      | "SEGMENT_TOO_LONG"
      | "SEGMENT_UNTERMINATED"
      | "ISA_LENGTH"
      | "ISA_TRUNCATED"
      | "CHARSET_MISDECLARED"
      | "CHARSET_MIXED",
    offset: number,
    facts: Record<string, string | number>,
  ): void;
}

export class SegmentScanner {
  readonly state: ScanState;
  private readonly sink: ScanSink;
  private readonly seg = new Segment();
  private table: Uint8Array;
  private buf: Uint8Array = new Uint8Array(0);
  private len = 0;
  /** File offset of buf[0]. */
  private base: number;
  /** Start of the current segment (or of what is not dealt with), and where scanning goes on. */
  private start = 0;
  private pos = 0;
  private inSegment = false;
  private finishing = false;
  private ownsBuffer = false;

  constructor(sink: ScanSink, state: ScanState = newScanState()) {
    this.sink = sink;
    this.state = state;
    this.base = state.offset;
    this.table = byteTable(state.separators);
    this.seg.kinds = this.table;
  }

  /** Takes the next bytes of the file. They may be overwritten after the call. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const rest = this.len - this.start;
    if (rest > 0) {
      const kept = this.buf.subarray(this.start, this.len);
      const joined =
        this.ownsBuffer && this.buf.length >= rest + chunk.length
          ? this.buf
          : new Uint8Array(Math.max(4096, 2 * (rest + chunk.length)));
      if (joined === this.buf) joined.copyWithin(0, this.start, this.len);
      else joined.set(kept, 0);
      joined.set(chunk, rest);
      this.buf = joined;
      this.len = rest + chunk.length;
      this.ownsBuffer = true;
    } else {
      this.buf = chunk;
      this.len = chunk.length;
      this.ownsBuffer = false;
    }
    this.base = this.state.offset;
    this.pos -= this.start;
    this.start = 0;
    if (this.pos < 0) this.pos = 0;
    this.seg.forgetWindow();
    this.run();
    this.state.offset = this.base + this.start;
    if (!this.ownsBuffer && this.start < this.len) {
      const rest = this.buf.slice(this.start, this.len);
      this.pos -= this.start;
      this.start = 0;
      this.buf = rest;
      this.len = rest.length;
      this.base = this.state.offset;
      this.ownsBuffer = true;
    }
  }

  /** The file ends here. What hangs in the air is told by a remark; only a last UNZ or IEA without its terminator is still taken. */
  finish(): void {
    this.finishing = true;
    this.run();
    if (this.inSegment && !this.state.discarding) this.closeUnterminated();
    else if (this.state.discarding) {
      this.sink.scanRemark("SEGMENT_UNTERMINATED", this.base + this.start, { tag: "" });
    }
    this.closeGarbage(this.base + this.len);
    this.start = this.len;
    this.pos = this.len;
    this.state.offset = this.base + this.len;
  }

  private run(): void {
    for (;;) {
      if (this.state.skip > 0 && !this.skipBinary()) return;
      if (this.state.mode === "between" ? !this.openInterchange() : !this.nextSegment()) return;
    }
  }

  private skipBinary(): boolean {
    const step = Math.min(this.state.skip, this.len - this.pos);
    this.state.skip -= step;
    this.pos += step;
    this.start = this.pos;
    return this.state.skip === 0;
  }

  // --- between interchanges -------------------------------------------------------------------------------

  /** True when an interchange is open or more can be tried, false when bytes are missing. */
  private openInterchange(): boolean {
    const { buf, state } = this;
    let i = this.pos;
    while (i < this.len && isBlank(buf[i] ?? 0)) i++;
    if (i > this.pos && !state.begun) state.leadingBlanks = true;
    if (i >= this.len) return this.wait(this.len);
    if (this.base + i === 0 && buf[i] === 0xef) {
      if (this.len - i < 3 && !this.finishing) return this.wait(i);
      if (buf[i + 1] === 0xbb && buf[i + 2] === 0xbf) {
        this.sink.scanRemark("BOM_SKIPPED", 0, {});
        this.pos = i + 3;
        this.start = this.pos;
        return true;
      }
    }
    if (!state.begun) {
      if (state.leadingBlanks) this.sink.scanRemark("LEADING_WHITESPACE_SKIPPED", this.base + i, {});
      state.begun = true;
    }
    if (this.len - i < 8 && !this.finishing) return this.wait(i);
    const code = ((buf[i] ?? 0) << 16) | ((buf[i + 1] ?? 0) << 8) | (buf[i + 2] ?? 0);
    const next = i + 3 < this.len ? (buf[i + 3] ?? 0) : 0x41;
    if (!isLetterOrDigit(next)) {
      if (code === UNA) return this.readUna(i);
      if (code === UNB) return this.readUnb(i, next);
      if (code === ISA && next !== 0x20) return this.readIsa(i, next);
    }
    return this.passGarbage(i);
  }

  private wait(i: number): boolean {
    this.pos = i;
    this.start = i;
    return false;
  }

  /** Nothing an interchange opens with: on to the next U or I. */
  private passGarbage(i: number): boolean {
    if (this.state.garbageFrom < 0) this.state.garbageFrom = this.base + i;
    let k = i + 1;
    while (k < this.len && this.buf[k] !== 0x55 && this.buf[k] !== 0x49) k++;
    this.pos = k;
    this.start = k;
    return k < this.len;
  }

  private closeGarbage(to: number): void {
    const from = this.state.garbageFrom;
    if (from >= 0) this.sink.scanRemark("GARBAGE_SKIPPED", from, { length: to - from });
    this.state.garbageFrom = -1;
  }

  /** UNA: six characters that are no separators of anything. Some senders leave the reserved one out. */
  private readUna(i: number): boolean {
    if (this.len - i < 9 && !this.finishing) return this.wait(i);
    if (this.len - i < 9) return this.passGarbage(i);
    const at = (k: number): number => this.buf[i + k] ?? 0;
    const short = isLetterOrDigit(at(8)) && !isLetterOrDigit(at(7)) && at(7) !== 0x20;
    const lineEnd = at(8) === 0x0d || at(8) === 0x0a;
    const shortLine = lineEnd && at(7) !== 0x20 && at(7) !== 0x2a && !isLetterOrDigit(at(7));
    const terminator = short || shortLine ? at(7) : at(8);
    if (isLetterOrDigit(terminator) || isLetterOrDigit(at(4)) || at(3) === at(4)) return this.passGarbage(i);
    this.state.una = {
      component: at(3),
      element: at(4),
      decimal: at(5),
      release: at(6) === 0x20 ? -1 : at(6),
      repetition: short || shortLine || at(7) === 0x20 ? -1 : at(7),
      terminator,
    };
    this.closeGarbage(this.base + i);
    this.pos = i + (short || shortLine ? 8 : 9);
    this.start = this.pos;
    return true;
  }

  private readUnb(i: number, elementByte: number): boolean {
    const { state } = this;
    const una = state.una;
    // S001 begins with the controlling agency's four letters: prose about "UNB+" does not.
    for (let k = 4; k < 8; k++)
      if (!isLetterOrDigit(i + k < this.len ? (this.buf[i + k] ?? 0) : 0)) return this.passGarbage(i);
    if (una !== null && una.element !== elementByte) state.una = null;
    let separators = state.una;
    if (separators === null) {
      if (elementByte === defaultEdifact.element) separators = defaultEdifact;
      else if (elementByte === levelBEdifact.element) separators = levelBEdifact;
      else return this.passGarbage(i);
    }
    this.closeGarbage(this.base + i);
    state.hasUna = state.una !== null;
    // Repetition is a matter of syntax 4, known when UNB is read.
    this.begin("edifact", { ...separators, repetition: -1 }, i);
    return true;
  }

  /** ISA: the element separator is its fourth byte, the component separator stands 16 separators later, the terminator behind it. */
  private readIsa(i: number, element: number): boolean {
    const limit = Math.min(this.len, i + MAX_HEADER_BYTES);
    let k = i + 3;
    let count = 0;
    let lineEnds = 0;
    let isa11 = 0;
    let isa11Length = 0;
    for (; k < limit && count < 16; k++) {
      const b = this.buf[k] ?? 0;
      if (b === element) {
        count++;
        if (count === 11) isa11Length = 0;
      } else if (b === 0x0d || b === 0x0a) lineEnds++;
      else if (count === 11) {
        isa11 = b;
        isa11Length++;
      }
    }
    if (count < 16 || k + 1 >= this.len) {
      if (this.len - i >= MAX_HEADER_BYTES) return this.passGarbage(i);
      if (!this.finishing) return this.wait(i);
      this.sink.scanRemark("ISA_TRUNCATED", this.base + i, { length: this.len - i });
      this.state.mode = "x12";
      this.state.interchanges++;
      this.pos = this.len;
      this.start = this.len;
      return false;
    }
    let component = this.buf[k] ?? 0;
    let terminator = this.buf[k + 1] ?? 0;
    let length = k + 2 - i - lineEnds;
    if (isLetterOrDigit(terminator)) {
      // ISA16 left empty: what stands there is the terminator.
      terminator = component;
      component = -1;
      length--;
    }
    const repeats =
      isa11Length === 1 &&
      !isLetterOrDigit(isa11) &&
      isa11 !== 0x20 &&
      isa11 !== component &&
      isa11 !== terminator;
    this.closeGarbage(this.base + i);
    this.state.hasUna = false;
    this.begin(
      "x12",
      { component, element, terminator, release: -1, repetition: repeats ? isa11 : -1, decimal: 0x2e },
      i,
    );
    if (length !== 106) this.sink.scanRemark("ISA_LENGTH", this.base + i, { length });
    return true;
  }

  private begin(mode: ScanMode, separators: Separators, i: number): void {
    const { state } = this;
    state.mode = mode;
    state.separators = separators;
    state.interchanges++;
    state.declared = null;
    // A terminator above ASCII (NEL) is no part of UTF-8: such a file has one byte a character.
    state.charset = separators.terminator >= 0x80 ? "iso-8859-1" : "us-ascii";
    state.newlineAfterSegment = false;
    this.table = byteTable(separators);
    this.seg.kinds = this.table;
    this.startSegment(i);
  }

  // --- inside an interchange ------------------------------------------------------------------------------

  private startSegment(i: number): void {
    this.start = i;
    this.pos = i;
    this.inSegment = true;
    const { seg } = this;
    seg.valueCount = 0;
    seg.elementCount = 1;
    seg.first[0] = 0;
    seg.from[0] = 0;
    seg.flags[0] = 0;
    seg.before[0] = byteKind.element;
  }

  /** Scans to the next terminator. False when bytes are missing. */
  private nextSegment(): boolean {
    if (this.state.discarding) return this.discard();
    if (!this.inSegment) {
      const { buf, table } = this;
      let i = this.pos;
      while (i < this.len) {
        const b = buf[i] ?? 0;
        const kind = table[b];
        if (kind !== byteKind.noise && !(b <= 0x20 && kind === byteKind.plain)) break;
        if (kind === byteKind.noise) this.state.newlineAfterSegment = true;
        i++;
      }
      this.pos = i;
      this.start = i;
      if (i >= this.len) return false;
      const b = buf[i];
      if (b === 0x55 || b === 0x49) {
        if (this.len - i < 4 && !this.finishing) return false;
        const code = (b << 16) | ((buf[i + 1] ?? 0) << 8) | (buf[i + 2] ?? 0);
        if ((code === UNA || code === UNB || code === ISA) && this.opensAt(i, code)) {
          // The last interchange was not closed: the sink hears of the next one by its header.
          this.state.mode = "between";
          this.state.una = null;
          return true;
        }
      }
      this.startSegment(i);
    }
    return this.scanSegment();
  }

  private opensAt(i: number, code: number): boolean {
    const next = this.buf[i + 3] ?? 0x41;
    if (this.len - i < 4 || isLetterOrDigit(next) || next === 0x20) return false;
    if (code === UNB) return next === this.state.separators.element || next === defaultEdifact.element;
    return true;
  }

  private scanSegment(): boolean {
    const { buf, table, seg, start } = this;
    const { from, to, flags, before, first } = seg;
    const end = this.len;
    let i = this.pos;
    let v = seg.valueCount;
    let e = seg.elementCount;
    let flag = flags[v] ?? 0;
    while (i < end) {
      const kind = table[buf[i] as number];
      if (kind === byteKind.plain) {
        i++;
        continue;
      }
      if (kind === byteKind.high) {
        flag |= valueFlag.high;
        i++;
        continue;
      }
      if (kind === byteKind.noise) {
        flag |= valueFlag.noisy;
        i++;
        continue;
      }
      if (kind === byteKind.release) {
        let k = i + 1;
        while (k < end && table[buf[k] as number] === byteKind.noise) k++;
        if (k >= end) break;
        flag |= valueFlag.released;
        if ((buf[k] as number) >= 0x80) flag |= valueFlag.high;
        if (k > i + 1) flag |= valueFlag.noisy;
        i = k + 1;
        continue;
      }
      to[v] = i - start;
      flags[v] = flag;
      flag = 0;
      v++;
      if (kind === byteKind.terminator) {
        first[e] = v;
        seg.valueCount = v;
        seg.elementCount = e;
        this.inSegment = false;
        this.deliver(i);
        return true;
      }
      if (v >= MAX_VALUES) {
        this.pos = i;
        this.dropSegment();
        return true;
      }
      from[v] = i + 1 - start;
      before[v] = kind ?? byteKind.element;
      if (kind === byteKind.element) {
        first[e] = v;
        e++;
      }
      i++;
    }
    flags[v] = flag;
    seg.valueCount = v;
    seg.elementCount = e;
    this.pos = i;
    if (end - start > MAX_SEGMENT_BYTES && i - start > MAX_SEGMENT_BYTES) {
      this.dropSegment();
      return true;
    }
    return false;
  }

  private deliver(terminatorAt: number): void {
    const { seg, state } = this;
    const length = terminatorAt - this.start;
    this.pos = terminatorAt + 1;
    if (length > MAX_SEGMENT_BYTES) {
      this.sink.scanRemark("SEGMENT_TOO_LONG", this.base + this.start, { tag: this.tagOf() });
      this.start = this.pos;
      return;
    }
    this.fillSegment(terminatorAt);
    const code = seg.code;
    if (code === UNB && state.mode === "edifact") this.readSyntax();
    this.decideCharset();
    if (length > 0) this.sink.segment(seg);
    this.start = this.pos;
    if ((code === UNZ && state.mode === "edifact") || (code === IEA && state.mode === "x12")) {
      state.mode = "between";
      state.una = null;
    } else if (code === BIN && state.mode === "x12") this.stepOverBinary();
  }

  private fillSegment(end: number): void {
    const { seg } = this;
    seg.bytes = this.buf;
    seg.base = this.base;
    seg.start = this.start;
    seg.end = end;
    seg.charset = this.state.charset;
    seg.code = this.readTag();
  }

  private readTag(): number {
    const { seg, buf, table } = this;
    const from = this.start;
    const to = this.start + (seg.to[0] ?? 0);
    if (to - from === 3 && seg.flags[0] === 0) {
      return ((buf[from] as number) << 16) | ((buf[from + 1] as number) << 8) | (buf[from + 2] as number);
    }
    let code = 0;
    let letters = 0;
    for (let i = from; i < to && letters < 4; i++) {
      const b = buf[i] as number;
      if (table[b] === byteKind.noise) continue;
      code = (code << 8) | b;
      letters++;
    }
    return letters > 3 ? 0 : code;
  }

  private tagOf(): string {
    const { seg } = this;
    const to = seg.valueCount > 0 || seg.elementCount > 1 ? (seg.to[0] ?? 0) : this.len - this.start;
    let tag = "";
    for (let i = this.start; i < this.start + Math.min(to, 8) && tag.length < 3; i++) {
      const b = this.buf[i] ?? 0;
      if (isLetterOrDigit(b)) tag += String.fromCharCode(b);
    }
    return tag;
  }

  /** S001 says the charset and, from version 4 on, that repetition exists. */
  private readSyntax(): void {
    const { seg, state } = this;
    state.declared = seg.text(1, 0).trim().toUpperCase();
    if (seg.text(1, 1).trim() < "4") return;
    const una = state.una;
    const repetition = una === null ? 0x2a : una.repetition;
    const s = state.separators;
    if (
      repetition < 0 ||
      repetition === s.element ||
      repetition === s.component ||
      repetition === s.terminator
    )
      return;
    state.separators = { ...s, repetition };
    this.table = byteTable(state.separators);
    seg.kinds = this.table;
  }

  private decideCharset(): void {
    const { seg, state } = this;
    let any = 0;
    for (let v = 0; v < seg.valueCount; v++) any |= seg.flags[v] as number;
    if ((any & valueFlag.high) === 0) return;
    const utf8 = isUtf8(seg.cleanBytes());
    if (state.charset === "us-ascii") {
      const declared = state.mode === "x12" ? "iso-8859-1" : declaredCharset(state.declared ?? "UNOC");
      state.charset = utf8
        ? "utf-8"
        : declared === "us-ascii" || declared === "utf-8"
          ? "iso-8859-1"
          : declared;
      if (state.mode === "edifact" && state.charset !== declared) {
        this.sink.scanRemark("CHARSET_MISDECLARED", seg.offset, {
          declared: state.declared ?? "",
          used: state.charset,
        });
      }
    }
    seg.charset = state.charset;
    if (state.charset === "utf-8" && !utf8) {
      const declared = state.mode === "x12" ? "iso-8859-1" : declaredCharset(state.declared ?? "UNOC");
      seg.charset = declared === "us-ascii" || declared === "utf-8" ? "iso-8859-1" : declared;
      this.sink.scanRemark("CHARSET_MIXED", seg.offset, { used: seg.charset });
    }
  }

  /** BIN01 is the number of bytes that follow its separator; a terminator among them is data. */
  private stepOverBinary(): void {
    const { seg } = this;
    const length = Number(seg.text(1).trim());
    if (!Number.isInteger(length) || length <= 0 || length > MAX_BINARY_BYTES || seg.elementCount < 3) return;
    const read = this.pos - 1 - (seg.start + (seg.from[seg.first[2] ?? 0] ?? 0));
    // The terminator that ended the scan is itself one of the missing bytes.
    if (length > read) this.state.skip = length - read - 1;
  }

  private dropSegment(): void {
    this.sink.scanRemark("SEGMENT_TOO_LONG", this.base + this.start, { tag: this.tagOf() });
    this.inSegment = false;
    this.state.discarding = true;
    this.start = this.pos;
  }

  private discard(): boolean {
    const { buf, table } = this;
    let i = this.pos;
    while (i < this.len) {
      const kind = table[buf[i] ?? 0];
      if (kind === byteKind.release) {
        if (i + 1 >= this.len) break;
        i += 2;
        continue;
      }
      i++;
      if (kind === byteKind.terminator) {
        this.state.discarding = false;
        this.pos = i;
        this.start = i;
        return true;
      }
    }
    this.pos = i;
    this.start = i;
    return false;
  }

  private closeUnterminated(): void {
    const { seg, state } = this;
    let end = this.len;
    while (
      end > this.start &&
      isBlank(this.buf[end - 1] ?? 0) &&
      this.table[this.buf[end - 1] ?? 0] !== byteKind.element
    )
      end--;
    const v = seg.valueCount;
    seg.to[v] = Math.max(end - this.start, seg.from[v] ?? 0);
    seg.first[seg.elementCount] = v + 1;
    seg.valueCount = v + 1;
    this.inSegment = false;
    this.fillSegment(end);
    const tag = seg.tag.slice(0, 3);
    this.sink.scanRemark("SEGMENT_UNTERMINATED", seg.offset, { tag });
    if ((seg.code === UNZ && state.mode === "edifact") || (seg.code === IEA && state.mode === "x12")) {
      seg.unterminated = true;
      this.sink.segment(seg);
      seg.unterminated = false;
    }
  }
}
