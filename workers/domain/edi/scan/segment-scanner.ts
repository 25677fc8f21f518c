/**
 * Bytes to segments, for EDIFACT (syntax 1–4) and X12 alike: the two differ in how an interchange opens and in
 * which service characters there are, the rest is one loop over a byte table. Chunks may be cut anywhere. Memory
 * is one chunk and one segment. `state` is plain data: kept with `state.offset`, a later run goes on from there.
 */
import { charsetOf, declaredCharset, isUtf8 } from "./charset.ts";
import { MAX_HEADER_BYTES, readIsa, readUna, unbSeparators } from "./interchange-opening.ts";
import { newScanState, type ScanMode, type ScanSink, type ScanState } from "./scan-state.ts";
import { MAX_VALUES, Segment, tagCode, valueFlag } from "./segment.ts";
import {
  byteKind,
  byteTable,
  defaultEdifact,
  isBlank,
  isLetterOrDigit,
  type Separators,
} from "./separators.ts";

/** A longer segment is dropped with a remark. The longest ones allowed (FTX 5×512, GIN) have 3 KB. */
export const MAX_SEGMENT_BYTES = 131_072;
/** A picture in an X12 BIN segment is stepped over up to this size; a larger length is not believed. */
const MAX_BINARY_BYTES = 262_144;

const UNA = tagCode("UNA");
const UNB = tagCode("UNB");
const UNZ = tagCode("UNZ");
const ISA = tagCode("ISA");
const IEA = tagCode("IEA");
const BIN = tagCode("BIN");

export class SegmentScanner {
  readonly state: ScanState;
  private readonly sink: ScanSink;
  private readonly seg = new Segment();
  private table: Uint8Array;
  private buf: Uint8Array = new Uint8Array(0);
  private len = 0;
  /** File offset of buf[0]. */
  private base: number;
  /** Start of what is not dealt with, and where scanning goes on. */
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
    this.seg.useTable(this.table, state.separators);
  }

  /** Takes the next bytes of the file. They may be overwritten after the call. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.append(chunk);
    this.run();
    this.state.offset = this.base + this.start;
    if (this.ownsBuffer || this.start >= this.len) return;
    // The chunk is the caller's: keep a copy of the segment it was cut in.
    const kept = new Uint8Array(this.len - this.start);
    // Not slice(): that of a Node Buffer shares the memory.
    kept.set(this.buf.subarray(this.start, this.len));
    this.buf = kept;
    this.ownsBuffer = true;
    this.len = kept.length;
    this.rebase();
  }

  private append(chunk: Uint8Array): void {
    const rest = this.len - this.start;
    if (rest > 0) {
      const size = rest + chunk.length;
      const fits = this.ownsBuffer && this.buf.length >= size;
      const joined = fits ? this.buf : new Uint8Array(Math.max(4096, 2 * size));
      if (fits) joined.copyWithin(0, this.start, this.len);
      else joined.set(this.buf.subarray(this.start, this.len), 0);
      joined.set(chunk, rest);
      this.buf = joined;
      this.len = size;
      this.ownsBuffer = true;
    } else {
      this.buf = chunk;
      this.len = chunk.length;
      this.ownsBuffer = false;
    }
    this.rebase();
    this.seg.forgetWindow();
  }

  /** The buffer begins at `start` now. */
  private rebase(): void {
    this.base = this.state.offset;
    this.pos -= this.start;
    this.start = 0;
  }

  /** The file ends here. What hangs in the air is told by a remark; only a last UNZ or IEA without its terminator is still taken. */
  finish(): void {
    this.finishing = true;
    this.run();
    if (this.state.discarding)
      this.sink.scanRemark("SEGMENT_UNTERMINATED", this.base + this.start, { tag: "" });
    else if (this.inSegment) this.closeUnterminated();
    if (this.state.una !== null && this.state.mode === "between") {
      this.sink.scanRemark("SEGMENT_UNTERMINATED", this.base + this.len, { tag: "UNA" });
    }
    this.closeGarbage(this.base + this.len);
    this.start = this.len;
    this.pos = this.len;
    this.state.offset = this.base + this.len;
  }

  private run(): void {
    const { state } = this;
    for (;;) {
      if (state.skip > 0 && !this.skipBinary()) return;
      const more =
        state.mode === "between"
          ? this.openInterchange()
          : state.discarding
            ? this.discard()
            : this.scanSegments();
      if (!more) return;
    }
  }

  /** Nothing more can be done before the next chunk, which goes on at `i`. */
  private wait(i: number): boolean {
    this.pos = i;
    this.start = i;
    return false;
  }

  // --- between interchanges -------------------------------------------------------------------------------

  /** True when an interchange is open or more can be tried, false when bytes are missing. */
  private openInterchange(): boolean {
    const { buf, state, len } = this;
    let i = this.pos;
    while (i < len && isBlank(buf[i] ?? 0)) i++;
    if (i > this.pos && !state.begun) state.leadingBlanks = true;
    if (i >= len) return this.wait(len);
    if (this.base + i === 0 && buf[0] === 0xef) {
      if (len < 3 && !this.finishing) return this.wait(0);
      if (buf[1] === 0xbb && buf[2] === 0xbf) {
        this.sink.scanRemark("BOM_SKIPPED", 0, {});
        this.wait(3);
        return true;
      }
    }
    if (!state.begun) {
      if (state.leadingBlanks) this.sink.scanRemark("LEADING_WHITESPACE_SKIPPED", this.base + i, {});
      state.begun = true;
    }
    if (len - i < 9) return this.finishing ? this.openShort(i) : this.wait(i);
    const code = ((buf[i] ?? 0) << 16) | ((buf[i + 1] ?? 0) << 8) | (buf[i + 2] ?? 0);
    const next = buf[i + 3] ?? 0;
    if (isLetterOrDigit(next)) return this.passGarbage(i);
    if (code === UNA) return this.openUna(i);
    if (code === UNB) return this.openUnb(i);
    if (code === ISA && next !== 0x20) return this.openIsa(i);
    return this.passGarbage(i);
  }

  /** The last few bytes of a file: the beginning of an envelope is one that was cut, anything else is garbage. */
  private openShort(i: number): boolean {
    const tag = String.fromCharCode(...this.buf.subarray(i, Math.min(i + 3, this.len)));
    if (!["UNA", "UNB", "ISA"].some((known) => known.startsWith(tag))) return this.passGarbage(i);
    this.sink.scanRemark("SEGMENT_UNTERMINATED", this.base + i, { tag });
    return this.wait(this.len);
  }

  /** Nothing an interchange opens with: on to the next U or I. */
  private passGarbage(i: number): boolean {
    if (this.state.garbageFrom < 0) this.state.garbageFrom = this.base + i;
    let k = i + 1;
    while (k < this.len && this.buf[k] !== 0x55 && this.buf[k] !== 0x49) k++;
    this.wait(k);
    return k < this.len;
  }

  private closeGarbage(to: number): void {
    const from = this.state.garbageFrom;
    if (from >= 0) this.sink.scanRemark("GARBAGE_SKIPPED", from, { length: to - from });
    this.state.garbageFrom = -1;
  }

  private openUna(i: number): boolean {
    const una = readUna(this.buf, i);
    if (una === null) return this.passGarbage(i);
    this.closeGarbage(this.base + i);
    this.state.una = una.separators;
    this.wait(i + una.length);
    return true;
  }

  private openUnb(i: number): boolean {
    const separators = unbSeparators(this.buf.subarray(0, this.len), i, this.state.una);
    if (separators === null) return this.passGarbage(i);
    // Opened once its header is whole, so that a checkpoint never stands in the middle of one.
    if (!this.finishing && !this.isWhole(i, separators)) return this.wait(i);
    const una = this.state.una !== null && this.state.una.element === separators.element;
    if (!una) this.state.una = null;
    this.begin("edifact", separators, i);
    this.state.hasUna = una;
    return true;
  }

  private isWhole(i: number, { release, terminator }: Separators): boolean {
    if (this.len - i > MAX_HEADER_BYTES) return true;
    for (let k = i; k < this.len; k++) {
      if (this.buf[k] === release) k++;
      else if (this.buf[k] === terminator) return true;
    }
    return false;
  }

  private openIsa(i: number): boolean {
    const opening = readIsa(this.buf, i, this.len);
    if (opening.kind === "none") return this.passGarbage(i);
    if (opening.kind === "short") {
      if (!this.finishing) return this.wait(i);
      this.sink.scanRemark("ISA_TRUNCATED", this.base + i, { length: this.len - i });
      this.state.interchanges++;
      return this.wait(this.len);
    }
    this.begin("x12", opening.separators, i);
    if (opening.length !== 106) this.sink.scanRemark("ISA_LENGTH", this.base + i, { length: opening.length });
    return true;
  }

  private begin(mode: ScanMode, separators: Separators, i: number): void {
    const { state } = this;
    this.closeGarbage(this.base + i);
    state.mode = mode;
    state.separators = separators;
    state.interchanges++;
    state.hasUna = false;
    state.declared = null;
    // A terminator above ASCII (NEL) is no part of UTF-8: such a file has one byte a character.
    state.charset = separators.terminator >= 0x80 ? "iso-8859-1" : "us-ascii";
    this.table = byteTable(separators);
    this.seg.useTable(this.table, separators);
    this.startSegment(i);
  }

  // --- inside an interchange ------------------------------------------------------------------------------

  /** Segment after segment, while the mode stays. False when bytes are missing, true when something else is to be done. */
  private scanSegments(): boolean {
    const { buf, seg, len } = this;
    const { ends, first } = seg;
    for (;;) {
      // UNB may bring in a repetition sign.
      const { table } = this;
      if (!this.inSegment) {
        const b = buf[this.pos] ?? 0;
        if (this.pos < len && b > 0x20 && b !== 0x55 && b !== 0x49) this.startSegment(this.pos);
        else if (!this.findSegment()) return this.state.mode === "between";
      }
      const { start } = this;
      let i = this.pos;
      let v = seg.valueCount;
      let e = seg.elementCount;
      let flag = seg.openFlag;
      let any = seg.anyFlag;
      let kind: number = byteKind.plain;
      while (i < len) {
        kind = table[buf[i] ?? 0] ?? 0;
        if (kind === byteKind.plain) {
          i++;
          continue;
        }
        if (kind <= byteKind.terminator) {
          ends[v] = ((i - start) << 8) | (flag << 4) | kind;
          any |= flag;
          flag = 0;
          v++;
          if (kind === byteKind.terminator || v >= MAX_VALUES) break;
          i++;
          if (kind === byteKind.element) {
            first[e] = v;
            e++;
          }
          continue;
        }
        if (kind === byteKind.high) flag |= valueFlag.high;
        else if (kind === byteKind.noise) flag |= valueFlag.noisy;
        else if (kind === byteKind.release) {
          let k = i + 1;
          while (k < len && table[buf[k] ?? 0] === byteKind.noise) k++;
          if (k >= len) break;
          flag |=
            valueFlag.released |
            (k > i + 1 ? valueFlag.noisy : 0) |
            ((buf[k] ?? 0) >= 0x80 ? valueFlag.high : 0);
          i = k;
        }
        i++;
      }
      seg.valueCount = v;
      seg.elementCount = e;
      this.pos = i;
      if (v >= MAX_VALUES || i - start > MAX_SEGMENT_BYTES)
        return this.dropSegment(kind === byteKind.terminator && i < len);
      if (kind !== byteKind.terminator || i >= len) {
        seg.openFlag = flag;
        seg.anyFlag = any;
        return false;
      }
      first[e] = v;
      this.inSegment = false;
      this.pos = i + 1;
      if (i > start) this.deliver(i, any);
      this.start = this.pos;
      if (this.state.mode === "between" || this.state.skip > 0) return true;
    }
  }

  /** To the first byte of the next segment, past blanks. False: none yet, or another interchange opens here. */
  private findSegment(): boolean {
    const { buf, table, len } = this;
    let i = this.pos;
    let b = 0;
    for (; i < len; i++) {
      b = buf[i] ?? 0;
      if (
        b > 0x20 ||
        table[b] === byteKind.element ||
        table[b] === byteKind.component ||
        table[b] === byteKind.terminator
      )
        break;
    }
    this.wait(i);
    if (i >= len) return false;
    if (b === 0x55 || b === 0x49) {
      if (len - i < 4 && !this.finishing) return false;
      if (this.opensAt(i)) {
        // The last interchange was not closed: the sink hears of the next one by its header.
        this.state.mode = "between";
        this.state.una = null;
        return false;
      }
    }
    this.startSegment(i);
    return true;
  }

  private startSegment(i: number): void {
    this.start = i;
    this.pos = i;
    this.inSegment = true;
    this.seg.begin();
  }

  private opensAt(i: number): boolean {
    const { buf } = this;
    const code = ((buf[i] ?? 0) << 16) | ((buf[i + 1] ?? 0) << 8) | (buf[i + 2] ?? 0);
    if ((code !== UNA && code !== UNB && code !== ISA) || this.len - i < 4) return false;
    const next = buf[i + 3] ?? 0;
    if (isLetterOrDigit(next) || next === 0x20) return false;
    return code !== UNB || next === this.state.separators.element || next === defaultEdifact.element;
  }

  private deliver(terminatorAt: number, any: number): void {
    const { seg, state } = this;
    seg.fill(this.buf, this.base, this.start, terminatorAt, state.charset);
    const { code } = seg;
    if (code === UNB && state.mode === "edifact") this.readSyntax();
    if ((any & valueFlag.high) !== 0) this.decideCharset();
    this.sink.segment(seg);
    if ((code === UNZ && state.mode === "edifact") || (code === IEA && state.mode === "x12")) {
      state.mode = "between";
      state.una = null;
    } else if (code === BIN && state.mode === "x12") this.stepOverBinary();
  }

  /** S001 says the charset and, from version 4 on, that repetition exists. */
  private readSyntax(): void {
    const { seg, state } = this;
    state.declared = seg.text(1, 0).trim().toUpperCase();
    if (seg.text(1, 1).trim() < "4") return;
    const repetition = state.hasUna && state.una !== null ? state.una.repetition : 0x2a;
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
    seg.useTable(this.table, state.separators);
  }

  private decideCharset(): void {
    const { seg, state } = this;
    const utf8 = isUtf8(seg.cleanBytes());
    const declared = state.mode === "x12" ? "iso-8859-1" : declaredCharset(state.declared ?? "UNOC");
    if (state.charset === "us-ascii") {
      state.charset = charsetOf(declared, utf8);
      if (state.mode === "edifact" && state.charset !== declared) {
        this.sink.scanRemark("CHARSET_MISDECLARED", seg.offset, {
          declared: state.declared ?? "",
          used: state.charset,
        });
      }
    }
    seg.charset = state.charset;
    if (state.charset === "utf-8" && !utf8) {
      seg.charset = charsetOf(declared, false);
      this.sink.scanRemark("CHARSET_MIXED", seg.offset, { used: seg.charset });
    }
  }

  /** BIN01 is the number of bytes that follow its separator; a terminator among them is data. */
  private stepOverBinary(): void {
    const { seg } = this;
    const length = Number(seg.text(1).trim());
    if (!Number.isInteger(length) || length <= 0 || length > MAX_BINARY_BYTES || seg.elementCount < 3) return;
    const read = this.pos - 1 - seg.startOf(2);
    // The terminator that ended the scan is itself one of the missing bytes.
    if (length > read) this.state.skip = length - read - 1;
  }

  private skipBinary(): boolean {
    const step = Math.min(this.state.skip, this.len - this.pos);
    this.state.skip -= step;
    this.wait(this.pos + step);
    return this.state.skip === 0;
  }

  // --- what cannot be read --------------------------------------------------------------------------------

  private dropSegment(atTerminator: boolean): boolean {
    this.sink.scanRemark("SEGMENT_TOO_LONG", this.base + this.start, {
      tag: this.seg.tagIn(this.buf, this.start, this.len),
    });
    this.inSegment = false;
    this.state.discarding = !atTerminator;
    this.wait(atTerminator ? this.pos + 1 : this.pos);
    return true;
  }

  private discard(): boolean {
    const { buf, table, len } = this;
    let i = this.pos;
    for (; i < len; i++) {
      const kind = table[buf[i] ?? 0];
      if (kind === byteKind.release) {
        if (i + 1 >= len) break;
        i++;
      } else if (kind === byteKind.terminator) {
        this.state.discarding = false;
        this.wait(i + 1);
        return true;
      }
    }
    return this.wait(i);
  }

  private closeUnterminated(): void {
    const { seg, state, buf } = this;
    let end = this.len;
    while (
      end > this.start &&
      isBlank(buf[end - 1] ?? 0) &&
      this.table[buf[end - 1] ?? 0] !== byteKind.element
    )
      end--;
    seg.closeAt(end - this.start);
    this.inSegment = false;
    seg.fill(buf, this.base, this.start, end, state.charset);
    this.sink.scanRemark("SEGMENT_UNTERMINATED", seg.offset, { tag: seg.tag.slice(0, 3) });
    if ((seg.code === UNZ && state.mode === "edifact") || (seg.code === IEA && state.mode === "x12")) {
      seg.unterminated = true;
      this.sink.segment(seg);
      seg.unterminated = false;
    }
  }
}
