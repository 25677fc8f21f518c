import {
  cutDocument,
  type DocumentCut,
  type DocumentCutSizes,
  documentCutSizes,
  type Element,
  type Found,
  type Row,
  type Span,
} from "./document-cut.ts";

/**
 * Cuts a large JSON document into smaller ones without parsing it: only strings, brackets and commas are looked at, byte
 * by byte.
 *
 * Where: at the outermost array that holds more than half of the document's bytes and has at least two objects. That is
 * the list of shipments where there is one, and not the events inside a shipment, so that what a reader says of a shipment
 * by all of its events stays right. A document of one shipment is cut at its events.
 *
 * A portion is a JSON document if the whole is one. Faults that the scan doesn't see are left to whoever parses a portion.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const ARRAY_OPENS = 0x5b;
const ARRAY_CLOSES = 0x5d;
const OBJECT_OPENS = 0x7b;
const OBJECT_CLOSES = 0x7d;

/** Deeper nesting is no carrier's. */
const MAX_DEPTH = 256;

/** Cuts a JSON document in UTF-8 or any charset that agrees with ASCII and uses its bytes for nothing else. */
export function cutJson(document: Uint8Array, sizes: DocumentCutSizes = documentCutSizes): DocumentCut {
  return cutDocument(document, findList, sizes);
}

const whole = (why: string): Found => ({ kind: "whole", why });
const malformed = whole("The document is not well-formed JSON.");
const truncated: Found = { kind: "truncated", why: "The JSON document ends in the middle." };

function findList(bytes: Uint8Array): Found {
  const first = contentStart(bytes);
  if (bytes[first] !== OBJECT_OPENS && bytes[first] !== ARRAY_OPENS)
    return whole("The document is neither a JSON object nor a JSON array.");
  // Of each open bracket: where it stands, and how many objects stand directly in it.
  const starts: number[] = [];
  const objects: number[] = [];
  let list: Span | null = null;
  for (let i = first; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = stringEnd(bytes, i);
      if (i < 0) return truncated;
    } else if (byte === OBJECT_OPENS || byte === ARRAY_OPENS) {
      const depth = starts.length;
      if (depth === MAX_DEPTH) return whole(`The document is nested more than ${MAX_DEPTH} levels deep.`);
      if (byte === OBJECT_OPENS && depth > 0) objects[depth - 1] = (objects[depth - 1] ?? 0) + 1;
      starts.push(i);
      objects.push(0);
    } else if (byte === OBJECT_CLOSES || byte === ARRAY_CLOSES) {
      const from = starts.pop();
      const held = objects.pop() ?? 0;
      if (from === undefined || bytes[from] !== opening(byte)) return malformed;
      // An outer array closes after the ones inside it, so the outermost is what remains.
      const isMost = 2 * (i + 1 - from) > bytes.length;
      if (byte === ARRAY_CLOSES && held >= 2 && isMost) list = { from, to: i + 1 };
      if (starts.length === 0) return isBlankFrom(bytes, i + 1) ? foundIn(bytes, list) : severalValues;
    }
  }
  return truncated;
}

const severalValues = whole("Something stands behind the end of the JSON document.");

function foundIn(bytes: Uint8Array, list: Span | null): Found {
  if (list === null) return whole("No array of objects holds most of the document.");
  const row: Row = {
    head: [{ from: 0, to: list.from + 1 }],
    tail: [{ from: list.to - 1, to: bytes.length }],
    elements: () => elementsOf(bytes, list),
  };
  return { kind: "row", row };
}

function* elementsOf(bytes: Uint8Array, list: Span): Generator<Element> {
  for (let from = list.from + 1; from < list.to; ) {
    const to = elementEnd(bytes, from);
    yield { from, to, apart: false };
    from = to + 1;
  }
}

/** The comma or bracket that an element ends before. */
function elementEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = stringEnd(bytes, i);
      if (i < 0) break;
    } else if (byte === OBJECT_OPENS || byte === ARRAY_OPENS) depth++;
    else if (byte === OBJECT_CLOSES || byte === ARRAY_CLOSES) {
      if (depth === 0) return i;
      depth--;
    } else if (byte === COMMA && depth === 0) return i;
  }
  return bytes.length;
}

/** The closing quotation mark of the string that opens at `open`, or -1. `indexOf` is native: long strings cost next to nothing. */
function stringEnd(bytes: Uint8Array, open: number): number {
  let end = bytes.indexOf(QUOTE, open + 1);
  while (end >= 0 && isEscaped(bytes, open, end)) end = bytes.indexOf(QUOTE, end + 1);
  return end;
}

function isEscaped(bytes: Uint8Array, open: number, quote: number): boolean {
  let i = quote;
  while (i - 1 > open && bytes[i - 1] === BACKSLASH) i--;
  return (quote - i) % 2 === 1;
}

function opening(closing: number): number {
  return closing === ARRAY_CLOSES ? ARRAY_OPENS : OBJECT_OPENS;
}

/** Behind a byte-order mark and blanks. */
function contentStart(bytes: Uint8Array): number {
  let i = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isBlank(bytes[i])) i++;
  return i;
}

function isBlankFrom(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (!isBlank(bytes[i])) return false;
  return true;
}

/** What JSON calls white space. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
