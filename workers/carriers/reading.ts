import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { z } from "zod";
import type { Harmonized, RawDocument, Remark } from "./carrier.ts";

/** The guarded door: bytes of a carrier → checked values, or a remark that says why not. Nothing here throws. */

/** No carrier's document of news is larger; larger ones are read in pieces before they come here. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

export type Read<T> = { ok: true; value: T } | { ok: false; remark: Remark; complete: boolean };

const refuse = (detail: string, at: string | null = null, complete = true): Read<never> => ({
  ok: false,
  remark: { kind: "unreadable", detail, at },
  complete,
});

/** What `harmonize` answers for a document that could not be read at all. */
export function nothing(read: { remark: Remark; complete: boolean }): Harmonized {
  return { shipments: [], remarks: [read.remark], complete: read.complete };
}

/** The charset a document declares in its content type or its XML declaration, else UTF-8. ISO 8859-1 is read as its superset windows-1252, as the web does. */
function charsetOf(document: RawDocument): string {
  const head = new TextDecoder("windows-1252").decode(document.body.subarray(0, 200));
  const declared =
    /charset\s*=\s*"?([\w-]+)/iu.exec(document.content_type ?? "")?.[1] ??
    /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/iu.exec(head)?.[1];
  return declared ?? "utf-8";
}

function decode(document: RawDocument): string {
  const asUtf8 = () => new TextDecoder().decode(document.body);
  try {
    return new TextDecoder(charsetOf(document)).decode(document.body);
  } catch {
    return asUtf8(); // a charset nobody knows
  }
}

/** The text of a document that may be a carrier's: not empty, not too large, no binary, no web page. */
export function readText(document: RawDocument): Read<string> {
  const { body } = document;
  if (body.length > MAX_BODY_BYTES)
    return refuse(`The document has ${body.length} bytes; we read up to ${MAX_BODY_BYTES}.`);
  if (body.includes(0))
    return refuse("The document is binary: it has a NUL byte.", `byte ${body.indexOf(0)}`);
  const text = decode(document).trim();
  if (text === "") return refuse("The document is empty.", null, document.source !== "sftp");
  if (/^(<!doctype html|<html|<head|<body)/iu.test(text)) {
    const status = document.http_status === null ? "" : ` (HTTP ${document.http_status})`;
    return refuse(`The carrier sent a web page instead of news${status}.`);
  }
  return { ok: true, value: text };
}

/** JSON of a known shape. A text that only stops too early counts as incomplete, so that it is read again. */
export function readJson<T>(document: RawDocument, schema: z.ZodType<T>): Read<T> {
  const text = readText(document);
  if (!text.ok) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.value);
  } catch {
    const cut = /^[[{]/u.test(text.value) && !/[\]}]$/u.test(text.value);
    return refuse(
      cut ? "The JSON document ends in the middle." : "The document is not well-formed JSON.",
      cut ? `byte ${document.body.length}` : null,
      !cut,
    );
  }
  return checked(schema, parsed);
}

/** A value of another shape than the carrier's is unreadable, and the remark names the first place that differs. */
export function checked<T>(schema: z.ZodType<T>, value: unknown): Read<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? null : issue.path.map(String).join(".");
  return refuse(`The document has not the carrier's shape: ${issue?.message ?? "unknown fault"}.`, at);
}

/** The good elements of a list; each bad one leaves a remark and spoils no other. */
export function readEach<T>(
  schema: z.ZodType<T>,
  list: readonly unknown[] | null | undefined,
  path: string,
  remarks: Remark[],
): { value: T; at: string }[] {
  const good: { value: T; at: string }[] = [];
  for (const [index, element] of (list ?? []).entries()) {
    const at = `${path}[${index}]`;
    const read = checked(schema, element);
    if (read.ok) good.push({ value: read.value, at });
    else {
      const where = read.remark.at === null ? at : `${at}.${read.remark.at}`;
      remarks.push({ kind: "incomplete", detail: read.remark.detail, at: where });
    }
  }
  return good;
}

/**
 * XML → plain objects: attributes under `@name`, text beside attributes under `#text`, everything a string.
 * `lists`: element names that are lists even when there is one. Document types and their entities are refused.
 */
export function readXml(document: RawDocument, lists: readonly string[]): Read<unknown> {
  const text = readText(document);
  if (!text.ok) return text;
  if (!text.value.startsWith("<")) return refuse(`The document is no XML: "${text.value.slice(0, 80)}".`);
  if (/<!DOCTYPE|<!ENTITY/iu.test(text.value))
    return refuse("The XML document brings a document type of its own; we read none that does.");
  const valid = XMLValidator.validate(text.value);
  if (valid !== true) {
    const cut = !text.value.endsWith(">") || /not closed|Unclosed|expected closing/iu.test(valid.err.msg);
    return refuse(
      cut ? "The XML document ends in the middle." : `The document is not well-formed XML: ${valid.err.msg}`,
      `line ${valid.err.line}`,
      !cut,
    );
  }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseTagValue: false,
    parseAttributeValue: false,
    removeNSPrefix: true,
    trimValues: true,
    processEntities: true,
    htmlEntities: true, // numeric references too: &#233;
    isArray: (name) => lists.includes(name),
  });
  try {
    return { ok: true, value: parser.parse(text.value) };
  } catch (fault) {
    return refuse(
      `The XML document could not be read: ${fault instanceof Error ? fault.message : "unknown fault"}`,
    );
  }
}

/**
 * A tree of `readXml` as its JSON twin: `<items><Item/><Item/></items>` → a list, an empty element → null, and names
 * as `rename` wants them (`@` of attributes included).
 */
export function plainXml(value: unknown, lists: readonly string[], rename = (name: string) => name): unknown {
  if (value === "") return null;
  if (Array.isArray(value)) return value.map((part) => plainXml(part, lists, rename));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && lists.includes(only[0])) {
    return plainXml(only[1], lists, rename);
  }
  return Object.fromEntries(entries.map(([name, part]) => [rename(name), plainXml(part, lists, rename)]));
}

/** The numbers that were asked for and that the answer does not mention. Compared without blanks and leading zeros. */
export function unanswered(document: RawDocument, answered: readonly (string | null)[]): Remark[] {
  const bare = (number: string) => number.replace(/\s+/gu, "").replace(/^0+/u, "").toUpperCase();
  const known = new Set(answered.filter((number) => number !== null).map(bare));
  return document.asked
    .filter((number) => !known.has(bare(number)))
    .map((number) => ({
      kind: "not_found",
      detail: `The carrier says nothing about ${number}.`,
      at: number,
    }));
}
