import { z } from "zod";
import type { Carrier, RawDocument, Remark } from "../carriers/carrier.ts";
import { readInPortions } from "../carriers/portions.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../domain/connection.ts";
import { type CutSizes, CutState, type Cutter, cutSizes, type Piece } from "../domain/edi/cut/cut-state.ts";
import { openCutter, resumeCutter } from "../domain/edi/cut/cutter.ts";
import { ResumableSha256, Sha256State } from "../domain/resumable-sha256.ts";
import { SftpFault, type SftpSession } from "../outside/sftp.ts";
import { checkpointOf, type KeptPiece, keepProgress, keptPieces, type ListedFile } from "../storage/files.ts";
import { acceptFetched } from "./accept.ts";
import { describeDocuments } from "./documents.ts";
import { log, reasonOf } from "./log.ts";

/**
 * A file too large to be held: read in ranges and cut where its format allows it. Pieces that tell anything become
 * documents; behind each range a checkpoint says where the next run goes on. A crash repeats at most what came after the
 * checkpoint: the same pieces with the same events, whose ids make them one.
 */

export interface LargeLimits {
  /** Bytes asked for, and held, at once. */
  range: number;
  /** Bytes read in one run, so that it ends in time. */
  run: number;
  sizes: CutSizes;
}

export const largeLimits: LargeLimits = {
  range: 4 * 1024 * 1024,
  // Dense with statuses, a megabyte takes a quarter of a second of the Worker's time.
  run: 32 * 1024 * 1024,
  sizes: cutSizes,
};

/** A range is cut in steps, so that pieces are kept one by one, and others have their turn in between. */
const STEP_BYTES = 262_144;
/** So much of a file's beginning says how it can be cut. */
const HEAD_BYTES = 131_072;
/** Pieces that say nothing but that they can't be read are kept up to this many; a file that begins with as many is refused. */
const UNREADABLE_KEPT = 20;
/** Remarks told of one piece. */
const FAULTS_OF_PIECE = 5;

const Checkpoint = z.object({
  cut: CutState,
  hash: Sha256State,
  /** Pieces that could not be read, and others. */
  unreadable: z.number(),
  readable: z.number(),
});
type Checkpoint = z.infer<typeof Checkpoint>;

export interface LargeFile {
  ctx: Context;
  carrier: Carrier;
  connection: Connection;
  file: ListedFile;
  limits: LargeLimits;
}

/**
 * `read`: bytes that this run took. Whole: it can't be cut. Refused: there is no use in reading it. Both with a sentence
 * for whoever sent it.
 */
export type LargeRead =
  | { kind: "on"; read: number }
  | { kind: "whole" | "refused"; read: number; why: string };

/** Reads on from where the last run stopped, `allowed` bytes at most. A file that turns out shorter than listed is left for the next listing. */
export async function readLarge(large: LargeFile, session: SftpSession, allowed: number): Promise<LargeRead> {
  const { file, limits } = large;
  let run = await resumed(large);
  let offset = run?.cutter.state.offset ?? 0;
  let read = 0;
  while (offset < file.size && read < allowed) {
    const length = Math.min(limits.range, file.size - offset);
    const bytes = await readRange(session, file, { offset, length });
    if (bytes === null) return { kind: "on", read };
    read += length;
    if (run === null) {
      const opened = openCutter(bytes.subarray(0, HEAD_BYTES), limits.sizes);
      if (opened.kind === "whole") return { kind: "whole", read, why: opened.why };
      run = new LargeRun(large, opened.cutter);
    }
    await run.take(bytes, offset);
    offset += length;
    if (run.isHopeless) return { kind: "refused", read, why: run.whyHopeless };
    await (offset < file.size ? run.save() : run.finish());
  }
  return { kind: "on", read };
}

async function resumed(large: LargeFile): Promise<LargeRun | null> {
  const { ctx, connection, file, limits } = large;
  const text = await checkpointOf(ctx.control, connection.id, file);
  if (text === null) return null;
  // One that another release wrote and this one can't read: the file is read anew, and its events are the same.
  const checkpoint = Checkpoint.safeParse(JSON.parse(text));
  if (!checkpoint.success) return null;
  return new LargeRun(large, resumeCutter(checkpoint.data.cut, limits.sizes), checkpoint.data);
}

/** The bytes of a range, or null where there are fewer than the listing said. */
async function readRange(
  session: SftpSession,
  file: ListedFile,
  range: { offset: number; length: number },
): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(range.length);
  let size = 0;
  try {
    for await (const chunk of await session.read(file.path, range, file)) {
      if (size + chunk.length > range.length) return null;
      bytes.set(chunk, size);
      size += chunk.length;
    }
  } catch (error) {
    if (!(error instanceof SftpFault))
      throw new SftpFault("sftp_error", "It broke off while it was read; the next run goes on where it was.");
    // Another file by now, or one that was cut short since it was listed.
    if (error.kind === "conflict" || error.kind === "bad_request") return null;
    throw error;
  }
  return size === range.length ? bytes : null;
}

class LargeRun {
  readonly cutter: Cutter;
  readonly #large: LargeFile;
  readonly #hash: ResumableSha256;
  #unreadable: number;
  #readable: number;
  #kept: KeptPiece[] = [];
  #lossesTold: number;
  #firstFault = "";

  constructor(large: LargeFile, cutter: Cutter, from: Checkpoint | null = null) {
    this.#large = large;
    this.cutter = cutter;
    this.#hash = from === null ? new ResumableSha256() : new ResumableSha256(from.hash);
    this.#unreadable = from?.unreadable ?? 0;
    this.#readable = from?.readable ?? 0;
    this.#lossesTold = cutter.state.losses.count;
  }

  /** Nothing of what came so far could be read, and it was enough to tell. */
  get isHopeless(): boolean {
    return this.#readable === 0 && this.#unreadable >= UNREADABLE_KEPT;
  }

  get whyHopeless(): string {
    return `None of its first ${this.#unreadable} pieces can be read.\n${this.#firstFault}\n`;
  }

  /** The next bytes, which stand at `offset` of the file. */
  async take(bytes: Uint8Array, offset: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      const step = bytes.subarray(at, at + STEP_BYTES);
      // Bytes before the hash's place were read by an earlier run, behind its last cut.
      this.#hash.update(step.subarray(Math.max(0, this.#hash.length - offset - at)));
      for (const piece of this.cutter.push(step)) await this.#keep(piece);
      await this.#large.ctx.wait(0);
    }
  }

  async save(): Promise<void> {
    await this.#write("reading", null);
  }

  async finish(): Promise<void> {
    for (const piece of this.cutter.finish()) await this.#keep(piece);
    await this.#write("kept", this.#hash.hex());
  }

  async #keep(piece: Piece): Promise<void> {
    const { ctx, carrier, connection, file } = this.#large;
    const document: RawDocument = {
      source: "sftp",
      body: piece.bytes,
      content_type: null,
      received_at: ctx.now(),
      http_status: null,
      asked: [],
      file_name: `${file.path}#${piece.number}`,
    };
    const { tells, fault } = await judgePiece(this.#large, document);
    const unreadable = fault !== null && !tells;
    if (unreadable) this.#unreadable += 1;
    else this.#readable += 1;
    if (fault !== null && this.#firstFault === "") this.#firstFault = fault;
    if (fault === null && !tells) return;
    if (unreadable && this.#unreadable > UNREADABLE_KEPT) return;
    const entrance = { connection_id: connection.id, lanes: connection.lanes };
    const document_id = await acceptFetched(ctx, entrance, { ...document, carrier_id: carrier.id });
    this.#kept.push({ piece: piece.number, from_byte: piece.from, document_id, fault });
  }

  async #write(state: "reading" | "kept", sha256: string | null): Promise<void> {
    const { ctx, connection, file } = this.#large;
    const cut = this.cutter.state;
    const checkpoint: Checkpoint = {
      cut,
      hash: this.#hash.state(),
      unreadable: this.#unreadable,
      readable: this.#readable,
    };
    const pieces = this.#kept;
    this.#kept = [];
    await keepProgress(
      ctx.control,
      connection.id,
      file,
      {
        state,
        read_to: cut.offset,
        checkpoint: JSON.stringify(checkpoint),
        pieces,
        sha256,
      },
      ctx.now(),
    );
    const lost = cut.losses.count - this.#lossesTold;
    this.#lossesTold = cut.losses.count;
    const connection_id = connection.id;
    if (lost > 0) log("file.parts_left_out", { connection_id, lost, why: cut.losses.told.at(-1)?.why ?? "" });
    log("file.read_on", { connection_id, bytes: file.size, read_to: cut.offset, kept: pieces.length });
  }
}

interface Judged {
  /** Anything of it could be read. */
  tells: boolean;
  /** What in it can't be read, or that it ends in the middle. */
  fault: string | null;
}

/** What a piece holds, as far as its file has to know. Only a portion of it is read at a time, and others have their turn after each. */
async function judgePiece({ ctx, carrier }: LargeFile, document: RawDocument): Promise<Judged> {
  let tells = false;
  let complete = true;
  const faults: Remark[] = [];
  try {
    for (const read of readInPortions(carrier, document, carrier.rules)) {
      tells ||= read.shipments.length > 0;
      complete &&= read.complete;
      const found = read.remarks.filter(({ kind }) => kind === "unreadable" || kind === "incomplete");
      faults.push(...found.slice(0, FAULTS_OF_PIECE - faults.length));
      await ctx.wait(0);
    }
  } catch (error) {
    // A reader that throws says no more than that: the pieces before and after it count.
    return { tells, fault: `Reading it failed: ${reasonOf(error)}` };
  }
  if (faults.length === 0) return { tells, fault: complete ? null : "It ends in the middle." };
  return { tells, fault: faults.map(told).join("\n") };
}

function told({ at, detail }: Remark): string {
  return `${at === null ? "" : `${at}: `}${detail.slice(0, 300)}`;
}

export type LargeEnd = { kind: "waiting" } | { kind: "whole" } | { kind: "broken"; why: string };

/** What became of a file that was read to its end: `broken` with all that its sender should know. */
export async function endOfLarge(ctx: Context, connection_id: string, file: ListedFile): Promise<LargeEnd> {
  const pieces = await keptPieces(ctx.control, connection_id, file);
  const documents = await describeDocuments(
    ctx,
    pieces.map(({ document_id }) => document_id),
  );
  const stateOf = ({ document_id }: KeptPiece) => documents.get(document_id)?.state;
  if (pieces.some((piece) => stateOf(piece) === "accepted")) return { kind: "waiting" };
  const faults = pieces.filter((piece) => piece.fault !== null || stateOf(piece) === "unreadable");
  const text = await checkpointOf(ctx.control, connection_id, file);
  const checkpoint = Checkpoint.safeParse(text === null ? null : JSON.parse(text));
  const why = [
    ...(checkpoint.success ? lossesOf(checkpoint.data) : []),
    ...faults.slice(0, FAULTS_SHOWN).map(faultText),
  ];
  return why.length === 0 ? { kind: "whole" } : { kind: "broken", why: `${why.join("\n")}\n` };
}

/** At most so many pieces are named one by one in a carrier's error text. */
const FAULTS_SHOWN = 20;

function faultText({ piece, from_byte, fault }: KeptPiece): string {
  return `Piece ${piece}, which begins at byte ${from_byte}:\n${fault ?? "It can't be read."}`;
}

function lossesOf({ cut, unreadable }: Checkpoint): string[] {
  const { count, told: list } = cut.losses;
  const lines = list.map(({ from, why }) => `At byte ${from}: ${why}`);
  if (count > list.length) lines.push(`${count - list.length} further parts are left out.`);
  if (unreadable > UNREADABLE_KEPT) lines.push(`${unreadable} pieces can't be read at all.`);
  return lines;
}
