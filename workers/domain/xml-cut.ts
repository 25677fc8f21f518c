import {
  cutDocument,
  type DocumentCut,
  type DocumentCutSizes,
  documentCutSizes,
  type Element,
  type Found,
  type Span,
  tooMuchAround,
} from "./document-cut.ts";
import { nextTag, type Tag } from "./xml-tags.ts";

/**
 * Cuts a large XML document into smaller ones without parsing it: only its tags are looked at.
 *
 * Where: at the outermost elements of one name under one parent, two or more, that together hold more than half of the
 * document's bytes: the shipments where there are several, else the one shipment's events. Each portion has some of them
 * and all that stands around them: the declaration, the ancestors with their attributes (so namespaces too) and the
 * siblings of other names. Of the text and the comments between the elements, only what stands inside a run is kept.
 */

/** Deeper nesting is no carrier's. */
const MAX_DEPTH = 256;
/** Names counted under one parent; further ones are not those that repeat. */
const MAX_NAMES = 64;

/** Cuts an XML document in UTF-8 or any charset that agrees with ASCII and uses its bytes for nothing else. */
export function cutXml(document: Uint8Array, sizes: DocumentCutSizes = documentCutSizes): DocumentCut {
  return cutDocument(document, findSiblings, sizes);
}

const whole = (why: string): Found => ({ kind: "whole", why });
const malformed = whole("The document is not well-formed XML.");
const truncated: Found = { kind: "truncated", why: "The XML document ends in the middle." };

/** The elements of one name under one parent. `from` and `to`: from the first one's beginning to the last one's end. */
interface Siblings {
  readonly name: string;
  readonly from: number;
  to: number;
  count: number;
  bytes: number;
}

interface Open {
  readonly name: string;
  readonly from: number;
  /** Most elements hold none. */
  children: Map<string, Siblings> | null;
}

function findSiblings(bytes: Uint8Array, frame: number): Found {
  const open: Open[] = [];
  let found: Siblings | null = null;
  for (let at = 0; ; ) {
    const tag = nextTag(bytes, at);
    if (tag === "end") return open.length === 0 ? malformed : truncated;
    if (tag === "truncated") return truncated;
    if (tag === "malformed") return malformed;
    if (tag === "declaration") return whole("The document brings a document type of its own.");
    at = tag.to;
    if (tag.kind === "opens") {
      if (open.length === MAX_DEPTH)
        return whole(`The document is nested more than ${MAX_DEPTH} levels deep.`);
      open.push({ name: tag.name, from: tag.from, children: null });
      continue;
    }
    const closed = tag.kind === "closes" ? open.pop() : { name: tag.name, from: tag.from, children: null };
    if (closed === undefined || closed.name !== tag.name) return malformed;
    // An outer element closes after the ones inside it, so the outermost is what remains.
    found = mostOf(closed, bytes.length) ?? found;
    const parent = open.at(-1);
    if (parent !== undefined) count(parent, closed, tag.to);
    else return nextTag(bytes, at) === "end" ? foundIn(bytes, found, frame) : malformed;
  }
}

function count(parent: Open, { name, from }: Open, to: number): void {
  parent.children ??= new Map();
  const known = parent.children.get(name);
  if (known !== undefined) {
    known.to = to;
    known.count++;
    known.bytes += to - from;
  } else if (parent.children.size < MAX_NAMES)
    parent.children.set(name, { name, from, to, count: 1, bytes: to - from });
}

/** The children of one name that hold most of the document. */
function mostOf({ children }: Open, length: number): Siblings | undefined {
  return [...(children?.values() ?? [])].find(({ count, bytes }) => count >= 2 && 2 * bytes > length);
}

function foundIn(bytes: Uint8Array, siblings: Siblings | null, frame: number): Found {
  if (siblings === null) return whole("No elements of one name hold most of the document.");
  const others: Span[] = [];
  let size = 0;
  for (const child of childrenIn(bytes, siblings)) {
    if (child.name === siblings.name) continue;
    size += child.to - child.from;
    if (size > frame) return tooMuchAround;
    others.push(child);
  }
  return {
    kind: "row",
    row: {
      head: [{ from: 0, to: siblings.from }],
      tail: [...others, { from: siblings.to, to: bytes.length }],
      elements: () => elementsOf(bytes, siblings),
    },
  };
}

function* elementsOf(bytes: Uint8Array, siblings: Siblings): Generator<Element> {
  let apart = false;
  for (const { name, from, to } of childrenIn(bytes, siblings)) {
    if (name === siblings.name) yield { from, to, apart };
    apart = name !== siblings.name;
  }
}

/** The elements that stand side by side in a span which begins and ends with one. */
function* childrenIn(bytes: Uint8Array, span: Span): Generator<Span & { name: string }> {
  let depth = 0;
  let from = span.from;
  for (let at = span.from; at < span.to; ) {
    const tag: Tag | string = nextTag(bytes, at);
    if (typeof tag === "string") return;
    if (depth === 0) from = tag.from;
    if (tag.kind === "opens") depth++;
    else if (tag.kind === "closes") depth--;
    if (depth === 0) yield { name: tag.name, from, to: tag.to };
    at = tag.to;
  }
}
