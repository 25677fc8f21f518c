/** Cuts files of lines (separated values, fixed records, JSON lines) at line ends. Memory: one piece and one line. */
import type { KnownFile } from "../files/known-files.ts";
import { recogniseText } from "../files/known-files.ts";
import { parseJson, textCharset } from "../files/rows.ts";
import { decode } from "../scan/charset.ts";
import { isBlank } from "../scan/separators.ts";
import { ByteWindow, bytesOf, PieceBuffer } from "./byte-window.ts";
import { type CutSizes, type Cutter, type LinesState, noLosses, type Piece, withLoss } from "./cut-state.ts";

/** A longer line is no row of any file we read. */
export const LINE_MAX_BYTES = 65_536;
/** Where no line is known, a piece is cut at this many bytes more all the same. */
const WAIT_FOR_KNOWN_BYTES = 65_536;

const LF = 0x0a;
const CR = 0x0d;

/** `first`: the file's first line with anything in it, with its line end. */
export function newLinesState(first: Uint8Array, json: boolean): LinesState {
  const line = decode(first, textCharset(first)).replace(/[\r\n]+$/, "");
  const lineEnd = decode(first, "iso-8859-1").slice(decode(first, "iso-8859-1").search(/[\r\n]+$/));
  const known = json ? null : recogniseText(line);
  const heading = !json && repeatsFirstLine(known, line);
  return {
    form: "lines",
    offset: 0,
    pieces: 0,
    losses: noLosses,
    header: heading ? decode(first, "iso-8859-1") : "",
    closing: known === null ? "" : closingOf(known, lineEnd),
    known_as: heading || known?.kind !== "described" ? null : known.description.kind,
    json,
    lost_from: null,
  };
}

/** A heading names the columns of every piece; a FORTRAS header says what file it is. */
function repeatsFirstLine(known: KnownFile | null, line: string): boolean {
  if (known === null) return looksLikeHeading(line);
  if (known.kind === "none") return true;
  const { layout } = known.description;
  return layout.type === "separated"
    ? layout.header
    : layout.type === "fixed" && (layout.record !== null || layout.last_record !== null);
}

function closingOf(known: KnownFile, lineEnd: string): string {
  const layout = known.kind === "described" ? known.description.layout : null;
  return layout?.type === "fixed" && layout.last_record !== null ? `${layout.last_record}${lineEnd}` : "";
}

/** Of a file that only its carrier knows: names in every column, and no number alone in one. */
function looksLikeHeading(line: string): boolean {
  const fields = line.split(/[;,|\t]/).map((field) => field.replaceAll('"', "").trim());
  const named = fields.filter((field) => field !== "");
  return named.length >= 2 && named.every((field) => /\p{L}/u.test(field) && !/\d{4}/.test(field));
}

export class LineCutter implements Cutter {
  private readonly sizes: CutSizes;
  private readonly shape: Pick<LinesState, "form" | "header" | "closing" | "known_as" | "json">;
  private readonly window: ByteWindow;
  private readonly buffer: PieceBuffer;
  private readonly full: Piece[] = [];
  /** Where the line under way begins, and up to where it was looked at. */
  private lineFrom: number;
  private lookedTo: number;
  private lostFrom: number | null;
  private losses: LinesState["losses"];
  private pieces: number;
  /** The piece holds more than its heading. */
  private holds = false;
  private resume: LinesState;

  constructor(sizes: CutSizes, from: LinesState) {
    const { form, header, closing, known_as, json } = from;
    this.sizes = sizes;
    this.shape = { form, header, closing, known_as, json };
    this.window = new ByteWindow(from.offset);
    this.buffer = new PieceBuffer(Math.min(sizes.piece, 1 << 20));
    this.lineFrom = from.offset;
    this.lookedTo = from.offset;
    this.lostFrom = from.lost_from;
    this.losses = from.losses;
    this.pieces = from.pieces;
    this.resume = from;
  }

  get state(): LinesState {
    return this.resume;
  }

  push(bytes: Uint8Array): Piece[] {
    for (let at = 0; at < bytes.length; at += LINE_MAX_BYTES) {
      this.window.append(bytes.subarray(at, at + LINE_MAX_BYTES));
      this.takeLines(false);
      if (this.window.end - this.lineFrom > LINE_MAX_BYTES) this.loseLine();
      this.window.forget(this.lineFrom);
      if (this.lineFrom - this.resume.offset > this.sizes.message) this.cut(this.lineFrom);
    }
    return this.full.splice(0);
  }

  finish(): Piece[] {
    this.takeLines(true);
    const { end } = this.window;
    if (end > this.lineFrom) this.line(this.lineFrom, end);
    this.endLoss();
    if (this.holds) this.full.push(this.take());
    this.resume = { ...this.resume, offset: end, pieces: this.pieces, losses: this.losses, lost_from: null };
    return this.full.splice(0);
  }

  private takeLines(fileEnds: boolean): void {
    const { end } = this.window;
    const bytes = this.window.view(this.lookedTo, end);
    const base = this.lookedTo;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) continue;
      if (byte === CR) {
        // CR LF is one line end: what follows is not known yet.
        if (i + 1 >= bytes.length && !fileEnds) {
          this.lookedTo = base + i;
          return;
        }
        if (bytes[i + 1] === LF) continue;
      }
      this.line(this.lineFrom, base + i + 1);
      this.lineFrom = base + i + 1;
    }
    this.lookedTo = end;
  }

  private line(from: number, to: number): void {
    const bytes = this.window.view(from, to);
    if (this.lostFrom !== null) {
      this.endLoss();
      return;
    }
    const fault = this.faultOf(bytes);
    if (fault !== null) {
      this.lose(from, fault);
      return;
    }
    if (this.holds && this.isFull(bytes)) this.cut(from);
    if (!this.holds) {
      this.buffer.from = from;
      if (this.pieces > 0) this.buffer.append(bytesOf(this.shape.header));
    }
    this.buffer.append(bytes);
    this.holds = true;
  }

  /** Why a line can't be handed on: it would spoil the piece it is in. */
  private faultOf(line: Uint8Array): string | null {
    if (line.length > LINE_MAX_BYTES) return tooLong;
    return this.shape.json && !line.every(isBlank) && !isJson(line) ? "A line that is no JSON." : null;
  }

  private isFull(next: Uint8Array): boolean {
    const over = this.buffer.size + next.length + this.shape.closing.length - this.sizes.piece;
    if (over <= 0) return false;
    const { known_as } = this.shape;
    if (known_as === null || over > WAIT_FOR_KNOWN_BYTES) return true;
    const known = recogniseText(decode(next, textCharset(next)).replace(/[\r\n]+$/, ""));
    return known?.kind === "described" && known.description.kind === known_as;
  }

  /** Hands out the piece; the next one begins with the line at `offset`. */
  private cut(offset: number): void {
    if (this.holds) {
      this.buffer.append(bytesOf(this.shape.closing));
      this.full.push(this.take());
    }
    this.resume = {
      ...this.shape,
      offset,
      pieces: this.pieces,
      losses: this.losses,
      lost_from: this.lostFrom,
    };
  }

  private take(): Piece {
    const { from } = this.buffer;
    this.holds = false;
    this.pieces++;
    return { number: this.pieces, from, bytes: this.buffer.take() };
  }

  private lose(from: number, why: string): void {
    this.losses = withLoss(this.losses, from, why);
  }

  /** The line under way is longer than any row: stepped over from here on. */
  private loseLine(): void {
    this.lostFrom ??= this.lineFrom;
    this.lineFrom = this.lookedTo;
  }

  private endLoss(): void {
    if (this.lostFrom !== null) this.lose(this.lostFrom, tooLong);
    this.lostFrom = null;
  }
}

const tooLong = `A line of more than ${LINE_MAX_BYTES} bytes.`;

function isJson(bytes: Uint8Array): boolean {
  const node = parseJson(decode(bytes, "utf-8").replace(/^\ufeff/, ""));
  return typeof node === "object" && node !== null;
}
