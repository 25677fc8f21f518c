import type { Piece } from "./edi/cut/cut-state.ts";

/**
 * Cutting a document that is one value (JSON, XML) into several of the same shape with fewer elements each. What the two
 * formats share: the elements are put into portions, and each portion gets all that stands around them.
 *
 * Memory: the source and one portion. Time: linear, since the source is scanned a fixed number of times.
 */

/** Sizes in bytes. */
export interface DocumentCutSizes {
  /** A portion is not filled with elements further than this. An element that is larger stands alone. */
  readonly portion: number;
  /** What stands around the elements is repeated in every portion: a document where it is larger is not cut. */
  readonly frame: number;
  /** An element that is larger is cut itself where that can be done: its parts come in portions of their own. */
  readonly element: number;
}

export const documentCutSizes: DocumentCutSizes = { portion: 262_144, frame: 262_144, element: 1024 * 1024 };

/** How often what was cut is cut again: shipments, parcels, events. A bound, so that nesting can't make the work quadratic. */
const LEVELS = 3;

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Element extends Span {
  /** Something that belongs to every portion stands between this element and the one before. */
  readonly apart: boolean;
}

/** The elements at which a value can be cut, and what stands around them: offsets in the value. */
export interface Row {
  readonly head: readonly Span[];
  readonly tail: readonly Span[];
  elements(): Iterable<Element>;
}

/** `truncated`: the value surely ends in the middle. `whole`: it can't be cut, with a sentence that says why. */
export type Found =
  | { kind: "row"; row: Row }
  | { kind: "whole"; why: string }
  | { kind: "truncated"; why: string };

/** Looks for the elements of a value. `frame`: what may stand around them, bytes. */
export type FindRow = (value: Uint8Array, frame: number) => Found;

export type DocumentCut = { kind: "cut"; portions: Generator<Piece> } | Exclude<Found, { kind: "row" }>;

/** Cuts at the elements that `find` finds. The portions are made one by one as they are asked for. */
export function cutDocument(document: Uint8Array, find: FindRow, sizes: DocumentCutSizes): DocumentCut {
  const found = find(document, sizes.frame);
  if (found.kind !== "row") return found;
  const frame = framed({ head: [], tail: [] }, document, found.row);
  if (bytesIn(frame) > sizes.frame) return tooMuchAround;
  const place: Place = { value: document, offset: 0, frame, row: found.row, levels: LEVELS };
  return { kind: "cut", portions: numbered(portionsOf(place, find, sizes)) };
}

/** The answer for a value in which more stands around the elements than may be repeated. */
export const tooMuchAround: Found & DocumentCut = {
  kind: "whole",
  why: "Too much of the document stands around its largest list.",
};

/** The bytes around the elements, in order. */
interface Frame {
  readonly head: readonly Uint8Array[];
  readonly tail: readonly Uint8Array[];
}

interface Place {
  readonly value: Uint8Array;
  /** Where the value begins in the document. */
  readonly offset: number;
  readonly frame: Frame;
  readonly row: Row;
  readonly levels: number;
}

interface Portion {
  readonly from: number;
  readonly bytes: Uint8Array;
}

function* numbered(portions: Generator<Portion>): Generator<Piece> {
  let number = 0;
  for (const portion of portions) yield { number: ++number, ...portion };
}

function* portionsOf(place: Place, find: FindRow, sizes: DocumentCutSizes): Generator<Portion> {
  let run: Span[] = [];
  let size = 0;
  for (const element of place.row.elements()) {
    const length = element.to - element.from;
    const inner = length > sizes.element ? placeIn(place, element, find, sizes) : null;
    if (run.length > 0 && (inner !== null || size + length > sizes.portion)) {
      yield portionOf(place, run);
      run = [];
      size = 0;
    }
    if (inner !== null) {
      yield* portionsOf(inner, find, sizes);
      continue;
    }
    const last = run.at(-1);
    if (last === undefined || element.apart) run.push(element);
    else run[run.length - 1] = { from: last.from, to: element.to };
    size += length;
  }
  if (run.length > 0) yield portionOf(place, run);
}

/** Where a large element can be cut itself, with the frame of the whole document around it. */
function placeIn(outer: Place, element: Span, find: FindRow, sizes: DocumentCutSizes): Place | null {
  if (outer.levels === 0) return null;
  const value = outer.value.subarray(element.from, element.to);
  const found = find(value, sizes.frame);
  if (found.kind !== "row") return null;
  const frame = framed(outer.frame, value, found.row);
  if (bytesIn(frame) > sizes.frame) return null;
  return { value, offset: outer.offset + element.from, frame, row: found.row, levels: outer.levels - 1 };
}

function portionOf({ value, offset, frame }: Place, run: readonly Span[]): Portion {
  const parts = [...frame.head, ...slices(value, run), ...frame.tail];
  return { from: offset + (run[0]?.from ?? 0), bytes: joined(parts) };
}

function framed(outer: Frame, value: Uint8Array, row: Row): Frame {
  return {
    head: [...outer.head, ...slices(value, row.head)],
    tail: [...slices(value, row.tail), ...outer.tail],
  };
}

function slices(value: Uint8Array, spans: readonly Span[]): Uint8Array[] {
  return spans.map(({ from, to }) => value.subarray(from, to));
}

function bytesIn({ head, tail }: Frame): number {
  return lengthOf(head) + lengthOf(tail);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
