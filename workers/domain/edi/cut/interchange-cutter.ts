/**
 * Cuts EDIFACT and X12 between messages. Each piece is one or more interchanges of its own: the header's bytes, whole
 * messages byte for byte, and trailers whose counts fit (the file's own where nothing was cut off). What is broken is
 * handed on as it is, for its reader to tell. Memory: one piece, one message and one chunk.
 *
 * Sources: ISO 9735 (UNZ 0036, UNE 0060), X12.5 (IEA01, GE01) for what the trailers count.
 */
import { readCount } from "../messages/edi-sink.ts";
import { decodeLatin1 } from "../scan/charset.ts";
import { newScanState, type ScanRemarkKind, type ScanState } from "../scan/scan-state.ts";
import type { Segment } from "../scan/segment.ts";
import { SegmentScanner } from "../scan/segment-scanner.ts";
import { isBlank } from "../scan/separators.ts";
import { ByteWindow, bytesOf } from "./byte-window.ts";
import {
  type CutSizes,
  type Cutter,
  type InterchangesState,
  noLosses,
  type Piece,
  withLoss,
} from "./cut-state.ts";
import { envelopeStep, groupFrame, interchangeFrame, unaOf } from "./envelope-bytes.ts";
import { InterchangePiece } from "./interchange-piece.ts";

/** The window holds what a slice leaves over, so slices are small. */
const SLICE_BYTES = 65_536;
const LINE_END_BYTES = 2;

export function newInterchangesState(): InterchangesState {
  return {
    form: "interchanges",
    offset: 0,
    pieces: 0,
    losses: noLosses,
    scan: newScanState(),
    interchange: null,
    group: null,
    lost_from: null,
  };
}

interface OpenMessage {
  /** With the line end before it. */
  readonly from: number;
  readonly lineEnd: string;
  readonly scan: ScanState;
  lost: boolean;
}

export class InterchangeCutter implements Cutter {
  private readonly sizes: CutSizes;
  private readonly scanner: SegmentScanner;
  private readonly window: ByteWindow;
  private readonly piece: InterchangePiece;
  private readonly full: Piece[] = [];
  private interchange: InterchangesState["interchange"];
  private group: InterchangesState["group"];
  private message: OpenMessage | null = null;
  /** End of the last segment that was dealt with. */
  private dealtTo: number;
  private losses: InterchangesState["losses"];
  private resume: InterchangesState;
  /** Interchanges whose header was read. */
  private opened: number;
  /** Set at the end only: where a last trailer begins that can't be believed, or a header that the file ends in. */
  private endsAt: number | null = null;
  private headerCutAt: number | null = null;

  constructor(sizes: CutSizes, from: InterchangesState = newInterchangesState()) {
    const state = structuredClone(from);
    this.sizes = sizes;
    this.scanner = new SegmentScanner(
      {
        segment: (seg) => this.segment(seg),
        scanRemark: (kind, offset) => this.scanRemark(kind, offset),
      },
      { ...state.scan },
    );
    this.window = new ByteWindow(state.offset);
    this.piece = new InterchangePiece(Math.min(sizes.piece, 1 << 20), state.pieces);
    this.interchange = state.interchange;
    this.group = state.group;
    this.dealtTo = state.offset;
    this.losses = state.losses;
    this.opened = state.scan.interchanges;
    this.resume = structuredClone(from);
    if (state.lost_from !== null)
      this.message = { from: state.lost_from, lineEnd: "", scan: state.scan, lost: true };
  }

  get state(): InterchangesState {
    return this.resume;
  }

  push(bytes: Uint8Array): Piece[] {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      this.window.append(slice);
      this.scanner.push(slice);
      this.loseTooLong();
      this.forgetDealtWith();
      if (this.window.end - this.resume.offset > this.sizes.message && (this.message?.lost ?? true))
        this.pause();
    }
    return this.full.splice(0);
  }

  finish(): Piece[] {
    const tailFrom = this.scanner.state.offset;
    this.scanner.finish();
    const end = this.endsAt ?? this.window.end;
    if (this.message !== null) this.closeMessage(end);
    else if (this.headerCutAt !== null) this.putCutHeader(this.headerCutAt, end);
    else if (this.scanner.state.interchanges > this.opened) this.putCutHeader(tailFrom, end);
    else if (this.scanner.state.mode !== "between" && this.dealtTo <= tailFrom) this.putTail(tailFrom, end);
    // An interchange that is still open was cut: its piece ends as the file does, and says so when it is read.
    if (this.interchange !== null) this.piece.open(tailFrom, this.interchange, this.group);
    if (!this.piece.isEmpty) this.full.push(this.piece.take());
    this.resume = { ...this.resume, offset: this.window.end, pieces: this.piece.number, losses: this.losses };
    return this.full.splice(0);
  }

  private scanRemark(kind: ScanRemarkKind, offset: number): void {
    const headerIsCut = kind === "SEGMENT_UNTERMINATED" && this.scanner.state.mode === "between";
    if (kind === "ISA_TRUNCATED" || headerIsCut) this.headerCutAt = offset;
    if (kind === "SEGMENT_TOO_LONG" && this.message === null)
      this.lose(offset, "A segment outside any message is longer than any may be.");
  }

  /** The beginning of a segment, where the file stops. */
  private putTail(from: number, end: number): void {
    if (end <= from || this.window.view(from, end).every(isBlank)) return;
    this.put(from, end, false, "", { ...this.scanner.state, offset: from });
  }

  /** The beginning of a further interchange, where the file stops: behind the others, since alone it would be anything. */
  private putCutHeader(from: number, end: number): void {
    const { una } = this.scanner.state;
    if (this.interchange !== null) this.piece.open(from, this.interchange, this.group);
    this.piece.open(from, null, null);
    this.piece.add(bytesOf(una === null ? "" : unaOf(una)), false, "");
    this.piece.add(this.window.view(from, end), false, "");
  }

  // --- the envelope ---------------------------------------------------------------------------------------

  private segment(seg: Segment): void {
    const from = seg.offset;
    const end = seg.base + seg.end + (seg.unterminated ? 0 : 1);
    switch (envelopeStep(this.scanner.state.mode === "x12", seg.code)) {
      case "interchange opens":
        this.leaveInterchange();
        this.openInterchange(seg, from, end);
        break;
      case "interchange closes":
        if (this.interchange === null) break;
        if (seg.unterminated && !this.fits(seg)) {
          this.endsAt = from;
          return;
        }
        this.closeInterchange(from, end, !seg.unterminated);
        break;
      case "group opens":
        this.closeMessage(this.dealtTo);
        this.leaveGroup();
        this.openGroup(from, end);
        break;
      case "message opens":
        this.closeMessage(this.dealtTo);
        this.message = { ...this.unitAt(from), lost: false };
        break;
      case "group closes":
        if (this.group === null) this.outside(from, end);
        else this.closeGroup(from, end);
        break;
      case "message closes":
        if (this.message === null) this.outside(from, end);
        else this.closeMessage(end);
        break;
      default:
        this.outside(from, end);
    }
    this.dealtTo = end;
  }

  private openInterchange(seg: Segment, from: number, end: number): void {
    this.opened = this.scanner.state.interchanges;
    this.interchange = interchangeFrame(seg, this.window.view(from, end), this.scanner.state);
  }

  private openGroup(from: number, end: number): void {
    const { interchange } = this;
    if (interchange === null) return;
    this.group = groupFrame(interchange, this.window.view(from, end), this.lineEndText(from));
    interchange.groups++;
    // Even where nothing follows in it: it ends a message that has no trailer.
    if (this.piece.holds("interchange")) this.piece.open(from, interchange, this.group);
  }

  private closeGroup(from: number, end: number): void {
    this.closeMessage(this.dealtTo);
    const { group, interchange } = this;
    if (group === null || interchange === null) return;
    if (this.piece.holds("group")) this.piece.closeGroup(interchange, group, this.own(from, end));
    // Left out for holding nothing, though the interchange's own trailer counts it.
    else interchange.split = true;
    this.group = null;
  }

  private closeInterchange(from: number, end: number, terminated: boolean): void {
    this.closeMessage(this.dealtTo);
    this.leaveGroup();
    if (this.interchange !== null)
      this.piece.closeInterchange(this.interchange, this.own(from, end), terminated);
    this.interchange = null;
  }

  /** A trailer's bytes with the line end before it. */
  private own(from: number, end: number): Uint8Array {
    return this.window.view(this.lineEndBefore(from), end);
  }

  private leaveGroup(): void {
    this.piece.leaveGroup();
    this.group = null;
  }

  /** Another one begins though this one has no trailer. It gets one: at the end of a piece it would seem to be cut. */
  private leaveInterchange(): void {
    this.closeMessage(this.dealtTo);
    this.leaveGroup();
    if (this.interchange === null) return;
    this.piece.closeInterchange(this.interchange, null);
    this.losses = withLoss(this.losses, this.dealtTo, "An interchange ends here without its trailer.");
    this.interchange = null;
  }

  /** A last UNZ or IEA without its terminator is believed only if all of it fits. */
  private fits(seg: Segment): boolean {
    const { interchange } = this;
    if (interchange === null) return false;
    const messages = interchange.messages + (this.message === null ? 0 : 1);
    const actual = interchange.x12 || interchange.groups > 0 ? interchange.groups : messages;
    return readCount(seg.text(1)) === actual && seg.get(2) === interchange.control_ref;
  }

  // --- messages -------------------------------------------------------------------------------------------

  private lineEndBefore(from: number): number {
    let at = from;
    const least = Math.max(this.dealtTo, from - LINE_END_BYTES);
    const before = this.window.view(least, from);
    for (let i = before.length - 1; i >= 0 && (before[i] === 0x0d || before[i] === 0x0a); i--) at--;
    return at;
  }

  private lineEndText(from: number): string {
    return decodeLatin1(this.window.view(this.lineEndBefore(from), from));
  }

  private unitAt(offset: number): { from: number; lineEnd: string; scan: ScanState } {
    const from = this.lineEndBefore(offset);
    return {
      from,
      lineEnd: this.lineEndText(offset),
      scan: { ...this.scanner.state, offset: from, discarding: false, skip: 0 },
    };
  }

  /** A segment that belongs to no message is handed on like one, uncounted. */
  private outside(from: number, end: number): void {
    if (this.message !== null || this.interchange === null) return;
    const unit = this.unitAt(from);
    this.put(unit.from, end, false, unit.lineEnd, unit.scan);
  }

  private closeMessage(end: number): void {
    const { message } = this;
    if (message === null) return;
    this.message = null;
    if (message.lost) this.tellLost(message, end);
    else this.put(message.from, end, true, message.lineEnd, message.scan);
    if (this.interchange !== null) this.interchange.messages++;
  }

  private put(from: number, end: number, isMessage: boolean, lineEnd: string, scan: ScanState): void {
    const { interchange, group } = this;
    if (end - from > this.sizes.message) {
      // Cut as where it was found too long while still open: the pieces do not depend on how the file was read.
      this.cut(scan);
      this.lose(from, this.tooLong(end - from));
      return;
    }
    if (!this.piece.isEmpty && this.piece.sizeWith(end - from, interchange, group) > this.sizes.piece)
      this.cut(scan);
    this.piece.open(from, interchange, group);
    this.piece.add(this.window.view(from, end), isMessage, lineEnd);
  }

  /** Hands out the piece; the next one begins where `scan` stands. */
  private cut(scan: ScanState): void {
    const { interchange, group } = this;
    if (interchange !== null && group !== null && this.piece.holds("group")) {
      group.split = true;
      this.piece.closeGroup(interchange, group, null);
    }
    if (interchange !== null && this.piece.holds("interchange")) {
      interchange.split = true;
      this.piece.closeInterchange(interchange, null);
    }
    if (!this.piece.isEmpty) this.full.push(this.piece.take());
    this.resume = {
      form: "interchanges",
      offset: scan.offset,
      pieces: this.piece.number,
      losses: this.losses,
      scan: { ...scan },
      interchange: interchange === null ? null : { ...interchange },
      group: group === null ? null : { ...group },
      lost_from: this.message?.lost ? this.message.from : null,
    };
  }

  // --- what is too long -----------------------------------------------------------------------------------

  private tooLong(bytes: number): string {
    return `A message of ${bytes} bytes: at most ${this.sizes.message} are read. Send it in several.`;
  }

  private lose(from: number, why: string): void {
    this.losses = withLoss(this.losses, from, why);
    // What is left out is missing in the counts of the file's own trailers.
    if (this.interchange !== null) this.interchange.split = true;
    if (this.group !== null) this.group.split = true;
  }

  private tellLost(message: OpenMessage, end: number): void {
    this.lose(message.from, this.tooLong(end - message.from));
  }

  /** An open message that outgrew its bound is stepped over from here on. */
  private loseTooLong(): void {
    const { message } = this;
    if (message === null || message.lost || this.window.end - message.from <= this.sizes.message) return;
    message.lost = true;
    this.pause();
  }

  /** A cut at the scanner's own place, where no message can be kept from. */
  private pause(): void {
    this.cut(this.scanner.state);
  }

  private forgetDealtWith(): void {
    const { message } = this;
    const needed =
      message !== null && !message.lost
        ? message.from
        : Math.max(this.dealtTo, this.scanner.state.offset - LINE_END_BYTES);
    this.window.forget(needed);
  }
}
