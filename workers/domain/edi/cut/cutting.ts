/** For tests: files cut every way there is. */
import type { EdiReading, EdiStatus } from "../edi-status.ts";
import { readEdi } from "../read.ts";
import { decodeLatin1 } from "../scan/charset.ts";
import { type CutSizes, CutState, type Cutter, type Piece } from "./cut-state.ts";
import { openCutter, resumeCutter } from "./cutter.ts";

export interface CutFile {
  pieces: Piece[];
  state: CutState;
}

/** Cuts a file that arrives in chunks of these sizes, over and over. */
export function cutInChunks(file: Uint8Array, sizes: CutSizes, chunks: readonly number[]): CutFile {
  const cutter = opened(file, sizes);
  return { pieces: [...pushFrom(cutter, file, 0, chunks), ...cutter.finish()], state: cutter.state };
}

/** The same, but after every chunk everything is forgotten except what a checkpoint holds as JSON. */
export function cutWithCrashes(file: Uint8Array, sizes: CutSizes, chunk: number): CutFile {
  let cutter = opened(file, sizes);
  const pieces: Piece[] = [];
  let offset = 0;
  for (let round = 0; offset < file.length; round++) {
    // A run reads further than the last checkpoint, or it would never get on.
    const to = Math.min(file.length, offset + chunk * (1 + (round % 7)));
    const fresh = cutter.push(file.subarray(offset, to));
    const { state } = cutter;
    if (fresh.length === 0) {
      offset = to;
      continue;
    }
    pieces.push(...fresh);
    cutter = resumeCutter(CutState.parse(JSON.parse(JSON.stringify(state))), sizes);
    offset = state.offset;
  }
  pieces.push(...cutter.finish());
  return { pieces, state: cutter.state };
}

function opened(file: Uint8Array, sizes: CutSizes): Cutter {
  const opening = openCutter(file, sizes);
  if (opening.kind === "whole") throw new Error(opening.why);
  return opening.cutter;
}

function pushFrom(cutter: Cutter, file: Uint8Array, from: number, chunks: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  for (let at = from, n = 0; at < file.length; n++) {
    const size = chunks[n % chunks.length] ?? file.length;
    pieces.push(...cutter.push(file.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

/** All that an event's identity and content come from, a line each: everything but where in its file it stood. */
export function toldBy(reading: EdiReading): string[] {
  return reading.statuses.map(({ at, interchange, ...status }: EdiStatus) => {
    const { index, ...partners } = interchange;
    return JSON.stringify({ ...status, interchange: partners }, (_, value) => value ?? undefined);
  });
}

/** What was cut, in a form that compares fast and reads well. */
export function shown({ pieces, state }: CutFile): unknown {
  return { state, pieces: pieces.map(({ bytes, ...piece }) => ({ ...piece, text: decodeLatin1(bytes) })) };
}

export function readPieces(pieces: readonly Piece[]): EdiReading[] {
  return pieces.map(({ bytes }) => readEdi(bytes));
}
