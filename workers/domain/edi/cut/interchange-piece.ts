/** The piece under way: messages behind the headers they need, closed so that it is an interchange of its own. */
import { bytesOf, PieceBuffer } from "./byte-window.ts";
import type { GroupFrame, InterchangeFrame, Piece } from "./cut-state.ts";
import { trailerBytes } from "./envelope-bytes.ts";

type Part = "interchange" | "group";

/** Room kept for the digits of a count and a tag. */
const TRAILER_ROOM = 24;

export class InterchangePiece {
  private readonly buffer: PieceBuffer;
  /** What is open in this piece, with what it holds of it. */
  private interchange: { groups: number; messages: number } | null = null;
  private group: { messages: number } | null = null;
  private lineEnd = "";
  private handedOut: number;

  constructor(size: number, handedOut: number) {
    this.buffer = new PieceBuffer(size);
    this.handedOut = handedOut;
  }

  get isEmpty(): boolean {
    return this.buffer.size === 0;
  }

  get number(): number {
    return this.handedOut;
  }

  /** What the piece would hold with `bytes` and its trailers. */
  sizeWith(bytes: number, interchange: InterchangeFrame | null, group: GroupFrame | null): number {
    const headers =
      (this.interchange === null ? (interchange?.header.length ?? 0) : 0) +
      (this.group === null ? (group?.header.length ?? 0) : 0);
    const trailers = (interchange?.reference.length ?? 0) + (group?.reference.length ?? 0) + 2 * TRAILER_ROOM;
    return this.buffer.size + headers + bytes + trailers;
  }

  /** Puts in what the next message stands in, as far as the piece has it not yet. */
  open(from: number, interchange: InterchangeFrame | null, group: GroupFrame | null): void {
    if (this.isEmpty) this.buffer.from = from;
    if (interchange !== null && this.interchange === null) {
      this.buffer.append(bytesOf(interchange.header));
      this.interchange = { groups: 0, messages: 0 };
    }
    if (group !== null && this.group === null) {
      this.buffer.append(bytesOf(group.header));
      this.group = { messages: 0 };
      if (this.interchange !== null) this.interchange.groups++;
    }
  }

  /** A whole message, or a segment that stands outside any. `lineEnd`: what its bytes begin with. */
  add(bytes: Uint8Array, isMessage: boolean, lineEnd: string): void {
    this.buffer.append(bytes);
    this.lineEnd = lineEnd;
    if (!isMessage) return;
    if (this.interchange !== null) this.interchange.messages++;
    if (this.group !== null) this.group.messages++;
  }

  /** Closes what is open of it, with the file's own trailer where that still fits. */
  closeInterchange(frame: InterchangeFrame, own: Uint8Array | null, terminated = true): void {
    if (this.interchange === null) return;
    const { groups, messages } = this.interchange;
    const count = frame.x12 || groups > 0 ? groups : messages;
    const made = trailerBytes(frame, "interchange", count, frame.reference, this.lineEnd, terminated);
    this.buffer.append(own !== null && !frame.split ? own : made);
    this.interchange = null;
  }

  closeGroup(interchange: InterchangeFrame, frame: GroupFrame, own: Uint8Array | null): void {
    if (this.group === null) return;
    const made = trailerBytes(interchange, "group", this.group.messages, frame.reference, this.lineEnd);
    this.buffer.append(own !== null && !frame.split ? own : made);
    this.group = null;
  }

  /** The file leaves the group without a trailer. */
  leaveGroup(): void {
    this.group = null;
  }

  /** Is any of this part in the piece? */
  holds(part: Part): boolean {
    return (part === "group" ? this.group : this.interchange) !== null;
  }

  take(): Piece {
    const { from } = this.buffer;
    this.interchange = null;
    this.group = null;
    this.handedOut++;
    return { number: this.handedOut, from, bytes: this.buffer.take() };
  }
}
