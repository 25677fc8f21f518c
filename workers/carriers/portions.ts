import { type DocumentCut, type DocumentCutSizes, documentCutSizes } from "../domain/document-cut.ts";
import type { Losses, Piece } from "../domain/edi/cut/cut-state.ts";
import { openCutter } from "../domain/edi/cut/cutter.ts";
import { detectFormat } from "../domain/edi/detect.ts";
import { cutJson } from "../domain/json-cut.ts";
import { cutXml } from "../domain/xml-cut.ts";
import type { Carrier, Harmonized, HarmonizedShipment, RawDocument, Remark } from "./carrier.ts";
import { nothing, unanswered } from "./reading.ts";
import type { RuleTable } from "./rules.ts";

/** Reading a large document in portions, so that neither the parsed document nor its events are ever in memory as a whole. */

export interface PortionSizes extends DocumentCutSizes {
  /** A document up to this many bytes is read at once. An answer about a single number: up to `element` bytes. */
  readonly whole: number;
  /** A longer message of an EDI file is left out, with a remark. */
  readonly message: number;
}

export const portionSizes: PortionSizes = {
  ...documentCutSizes,
  whole: 262_144,
  message: 4 * 1024 * 1024,
};

/** What can't be cut is read up to this many bytes: reading takes up to twenty times as much memory. */
const UNCUT_MAX_BYTES = 3 * 1024 * 1024;
/** An EDI file is handed to its cutter in steps of this many bytes. */
const STEP_BYTES = 262_144;
/** So much of a file's beginning says how it can be cut. */
const HEAD_BYTES = 131_072;
/** A document of which this many portions can't be read, and none before or between them can, is not read any further. */
const HOPELESS_PORTIONS = 20;

/**
 * Reads a document in portions, one at a time as they are asked for: drop each before the next and memory stays bounded.
 * What can't be cut comes as one portion.
 *
 * The `at` of a later portion's remark begins with the portion and its place in the document. What is only known at the
 * end (parts left out, numbers that no portion mentions) comes as a last portion without shipments. `complete` is
 * false in a portion that ends in the middle, which can only be the last one unless the document says otherwise.
 */
export function* readInPortions(
  carrier: Carrier,
  document: RawDocument,
  rules: RuleTable,
  sizes: PortionSizes = portionSizes,
): Generator<Harmonized> {
  const cut = cutOf(carrier, document, sizes);
  if (cut.kind === "truncated") {
    yield truncated(document, cut.why);
    return;
  }
  if (cut.kind === "whole") {
    yield document.body.length > UNCUT_MAX_BYTES
      ? tooLarge(document)
      : carrier.harmonize(document, { rules });
    return;
  }
  const remarks = new RemarksOfPortions(document);
  let anythingRead = false;
  for (const portion of cut.portions) {
    const read = carrier.harmonize({ ...document, body: portion.bytes }, { rules });
    anythingRead ||= !isUnreadable(read);
    yield { ...read, remarks: remarks.of(portion, read) };
    if (!anythingRead && portion.number >= HOPELESS_PORTIONS) {
      yield hopeless;
      return;
    }
  }
  const atEnd = [...remarks.atEnd(), ...lossesOf(cut.losses())];
  if (atEnd.length > 0) yield { shipments: [], remarks: atEnd, complete: true };
}

/** Whether a document is there to its end, without keeping what it says. */
export function isComplete(carrier: Carrier, document: RawDocument, rules: RuleTable): boolean {
  let complete = true;
  for (const read of readInPortions(carrier, document, rules)) complete &&= read.complete;
  return complete;
}

/** All portions of a document as one reading, for a caller that needs everything at once. */
export function readWhole(carrier: Carrier, document: RawDocument, rules: RuleTable): Harmonized {
  const [first, ...others] = readInPortions(carrier, document, rules);
  return first !== undefined && others.length === 0
    ? first
    : merged(first === undefined ? [] : [first, ...others]);
}

/** Readings as one: what they say of the same shipment and parcel is put together, and what is said later prevails. */
export function merged(readings: Iterable<Harmonized>): Harmonized {
  const shipments = new Map<string, Gathered>();
  const remarks: Remark[] = [];
  let complete = true;
  for (const reading of readings) {
    for (const shipment of reading.shipments) gather(shipments, shipment);
    for (const remark of reading.remarks) remarks.push(remark);
    complete &&= reading.complete;
  }
  const together = [...shipments.values()].map(({ shipment, ids }) => ({ ...shipment, other_ids: [...ids] }));
  return { shipments: together, remarks, complete };
}

interface Gathered {
  shipment: HarmonizedShipment;
  ids: Set<string>;
}

function gather(shipments: Map<string, Gathered>, told: HarmonizedShipment): void {
  const key = JSON.stringify([told.carrier_tracking_id, told.parcel_tracking_id]);
  const known = shipments.get(key);
  if (known === undefined) {
    shipments.set(key, { shipment: { ...told, events: [...told.events] }, ids: new Set(told.other_ids) });
    return;
  }
  const { shipment, ids } = known;
  // One by one: a list of a hundred thousand is too long to be spread into arguments.
  for (const event of told.events) shipment.events.push(event);
  for (const id of told.other_ids) ids.add(id);
  shipment.eta = told.eta ?? shipment.eta;
  shipment.carrier_tracking_update = told.carrier_tracking_update ?? shipment.carrier_tracking_update;
}

// --- where a document is cut ------------------------------------------------------------------------------

type Cut =
  | { kind: "cut"; portions: Iterable<Piece>; losses(): Losses }
  | { kind: "whole" }
  | { kind: "truncated"; why: string };

function cutOf(carrier: Carrier, document: RawDocument, sizes: PortionSizes): Cut {
  const { body } = document;
  if (body.length <= largestWhole(document, sizes)) return { kind: "whole" };
  const { format } = detectFormat(body);
  if (format !== "json" && format !== "xml") return cutByLines(body, sizes);
  if (carrier.indivisible === true) return { kind: "whole" };
  if (!knownCharset(document)) return { kind: "whole" };
  if (format === "xml") return lossless(cutXml(body, sizes));
  const cut = cutJson(body, sizes);
  // What is no single value may be one value a line.
  return cut.kind === "whole" ? cutByLines(body, sizes) : lossless(cut);
}

/**
 * The answer about one number is one shipment's, and readers look at its events side by side: a promise is withheld once
 * one of them is a delivery, say. It is cut only where it is so large that there is no other way.
 */
function largestWhole({ asked }: RawDocument, { whole, element }: PortionSizes): number {
  return asked.length === 1 ? Math.max(whole, element) : whole;
}

function lossless(cut: DocumentCut): Cut {
  return cut.kind === "cut" ? { ...cut, losses: () => ({ count: 0, told: [] }) } : cut;
}

/** Messages of an EDI interchange, or lines. */
function cutByLines(body: Uint8Array, { portion, message }: PortionSizes): Cut {
  const opened = openCutter(body.subarray(0, HEAD_BYTES), { piece: portion, message });
  if (opened.kind === "whole") return { kind: "whole" };
  const { cutter } = opened;
  function* portions(): Generator<Piece> {
    for (let at = 0; at < body.length; at += STEP_BYTES)
      yield* cutter.push(body.subarray(at, at + STEP_BYTES));
    yield* cutter.finish();
  }
  return { kind: "cut", portions: portions(), losses: () => cutter.state.losses };
}

/** Charsets in which the bytes of brackets, quotation marks and commas are those of ASCII and stand for nothing else. */
const CUTTABLE_CHARSET = /^(utf-?8|us-ascii|ascii|iso-?8859-?\d+|latin-?1|windows-125\d|cp125\d)$/iu;

function knownCharset({ body, content_type }: RawDocument): boolean {
  const head = new TextDecoder("windows-1252").decode(body.subarray(0, 200));
  const declared = [
    /charset\s*=\s*"?([\w-]+)/iu.exec(content_type ?? "")?.[1],
    /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/iu.exec(head)?.[1],
  ];
  return declared.every((charset) => charset === undefined || CUTTABLE_CHARSET.test(charset));
}

// --- what is said of portions -----------------------------------------------------------------------------

/** Remarks that stand in every portion are told once, and the others say which portion they are about. */
class RemarksOfPortions {
  readonly #asked: ReadonlySet<string>;
  /** What a reader says of a number that a document doesn't mention: of a portion that means nothing. */
  readonly #unmentioned: ReadonlyMap<string, Remark>;
  /** Numbers that no portion so far has mentioned. */
  #missing: ReadonlySet<string>;
  #first: ReadonlySet<string> | null = null;

  constructor(document: RawDocument) {
    this.#asked = new Set(document.asked);
    this.#unmentioned = new Map(unanswered(document, []).map((remark) => [remark.detail, remark]));
    this.#missing = new Set(this.#unmentioned.keys());
  }

  of(portion: Piece, { remarks }: Harmonized): Remark[] {
    this.#missing = new Set(
      remarks.map(({ detail }) => detail).filter((detail) => this.#missing.has(detail)),
    );
    const said = remarks.filter(({ detail }) => !this.#unmentioned.has(detail));
    if (this.#first === null) {
      this.#first = new Set(said.filter((remark) => this.#isOfAll(remark)).map(textOf));
      return said;
    }
    const first = this.#first;
    return said
      .filter((remark) => !first.has(textOf(remark)))
      .map((remark) => ({ ...remark, at: this.#placeIn(portion, remark.at) }));
  }

  atEnd(): Remark[] {
    return [...this.#missing].flatMap((detail) => this.#unmentioned.get(detail) ?? []);
  }

  /** Comes from what stands around the elements, as far as one can tell: it names no place in the document. */
  #isOfAll({ at }: Remark): boolean {
    return at === null || this.#asked.has(at);
  }

  /** Where a place in a portion is for who looks at the document. A number that was asked for is no place. */
  #placeIn({ number, from }: Piece, at: string | null): string {
    if (at !== null && this.#asked.has(at)) return at;
    return `portion ${number} from byte ${from}${at === null ? "" : `: ${at}`}`;
  }
}

function textOf({ kind, detail, at }: Remark): string {
  return JSON.stringify([kind, detail, at]);
}

function isUnreadable({ shipments, remarks }: Harmonized): boolean {
  return shipments.length === 0 && remarks.some(({ kind }) => kind === "unreadable" || kind === "incomplete");
}

const hopeless: Harmonized = {
  shipments: [],
  remarks: [
    {
      kind: "unreadable",
      detail: `None of the document's first ${HOPELESS_PORTIONS} portions can be read; the rest is not read.`,
      at: null,
    },
  ],
  complete: true,
};

function tooLarge({ body }: RawDocument): Harmonized {
  const detail = `The document holds ${body.length} bytes in one piece: there is no list in it that could be read part by part. Send it as several documents of up to ${UNCUT_MAX_BYTES} bytes.`;
  return { shipments: [], remarks: [{ kind: "unreadable", detail, at: null }], complete: true };
}

function truncated({ body }: RawDocument, detail: string): Harmonized {
  return nothing({ remark: { kind: "unreadable", detail, at: `byte ${body.length}` }, complete: false });
}

function lossesOf({ count, told }: Losses): Remark[] {
  const remarks = told.map(
    ({ from, why }): Remark => ({ kind: "unreadable", detail: why, at: `byte ${from}` }),
  );
  const further = count - told.length;
  if (further > 0)
    remarks.push({ kind: "unreadable", detail: `${further} further parts are left out.`, at: null });
  return remarks;
}
