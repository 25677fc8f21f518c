/** Bytes → rows: lines, separated values, fixed records, JSON. Each row knows where it stands in the file. */
import { decode, isUtf8 } from "../scan/charset.ts";
import type { FieldPlace, FileDescription } from "./file-description.ts";

export interface Row {
  /** 1-based line (JSON: event). */
  readonly line: number;
  readonly offset: number;
  /** False for a last line without its line end: it may be cut. */
  readonly ended: boolean;
  /** "" when the field is not there. */
  field(place: FieldPlace): string;
  readonly fields: number;
  readonly raw: string;
}

export interface Line {
  readonly text: string;
  readonly line: number;
  readonly offset: number;
  readonly ended: boolean;
}

/** A longer line is no row of any file we read. */
const MAX_LINE = 65_536;

/** Charset of a text file without a declaration: ASCII and UTF-8 by their bytes, else ISO 8859-1. */
export function textCharset(bytes: Uint8Array): "utf-8" | "iso-8859-1" {
  return isUtf8(bytes) ? "utf-8" : "iso-8859-1";
}

/** The lines that hold anything, one at a time. CR, LF and CRLF end a line; Ctrl-Z and blank lines are passed over. */
export function* linesOf(bytes: Uint8Array, charset: string): Generator<Line> {
  let line = 0;
  let i = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (i < bytes.length) {
    let end = i;
    while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++;
    line++;
    const ended = end < bytes.length;
    if (end > i && end - i <= MAX_LINE) {
      if (holdsAnything(bytes, i, end)) {
        yield { text: decode(bytes.subarray(i, end), charset), line, offset: i, ended };
      }
    }
    i = bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? end + 2 : end + 1;
  }
}

/** Blanks, NUL and Ctrl-Z alone are no line. */
function holdsAnything(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] ?? 0) > 0x20) return true;
  return false;
}

/** RFC 4180 on one line: quotes double inside quotes. */
export function splitSeparated(text: string, delimiter: string, quote: string | null): string[] {
  if (quote === null || !text.includes(quote)) return text.split(delimiter);
  const values: string[] = [];
  let i = 0;
  for (;;) {
    let value = "";
    if (text[i] === quote) {
      i++;
      for (;;) {
        const close = text.indexOf(quote, i);
        if (close < 0) {
          value += text.slice(i);
          i = text.length;
          break;
        }
        value += text.slice(i, close);
        i = close + 1;
        if (text[i] !== quote) break;
        value += quote;
        i++;
      }
    }
    const next = text.indexOf(delimiter, i);
    value += next < 0 ? text.slice(i) : text.slice(i, next);
    values.push(value);
    if (next < 0) return values;
    i = next + delimiter.length;
  }
}

function separatedRow(
  line: Line,
  values: readonly string[],
  columns: ReadonlyMap<string, number> | null,
): Row {
  return {
    line: line.line,
    offset: line.offset,
    ended: line.ended,
    fields: values.length,
    raw: line.text,
    field: (place) => {
      const index =
        typeof place === "number"
          ? place
          : typeof place === "string"
            ? columns?.get(place.toLowerCase())
            : undefined;
      return index === undefined ? "" : (values[index]?.trim() ?? "");
    },
  };
}

function fixedRow(line: Line): Row {
  return {
    line: line.line,
    offset: line.offset,
    ended: line.ended,
    fields: line.text.length,
    raw: line.text,
    field: (place) =>
      Array.isArray(place) ? line.text.slice(Number(place[0]), Number(place[1])).trim() : "",
  };
}

function jsonField(node: unknown, path: string): string {
  let at: unknown = node;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return "";
    at = Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  }
  return typeof at === "string" ? at.trim() : typeof at === "number" && Number.isFinite(at) ? String(at) : "";
}

function jsonRow(node: unknown, line: number, offset: number): Row {
  return {
    line,
    offset,
    ended: true,
    fields: 0,
    raw: "",
    field: (place) => (typeof place === "string" ? jsonField(node, place) : ""),
  };
}

/** `JSON.parse`, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rows of a JSON file: the array at `rows`, the file itself as array, or one object a line. Null: no JSON, or cut. */
export function jsonRows(bytes: Uint8Array, keys: readonly string[]): Row[] | null {
  const text = decode(bytes, "utf-8").replace(/^\ufeff/, "");
  const whole = parseJson(text);
  if (whole === undefined) {
    const rows: Row[] = [];
    for (const line of linesOf(bytes, "utf-8")) {
      const node = parseJson(line.text);
      if (typeof node !== "object" || node === null) return null;
      rows.push(jsonRow(node, line.line, line.offset));
    }
    return rows;
  }
  let at: unknown = whole;
  for (const key of keys) {
    at = typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  }
  const nodes: readonly unknown[] = Array.isArray(at)
    ? at
    : typeof at === "object" && at !== null
      ? [at]
      : [];
  return nodes.map((node, i) => jsonRow(node, i + 1, 0));
}

/** Rows of a text file by its layout. The header, if there is one, is taken as column names. */
export function* textRows(bytes: Uint8Array, description: FileDescription, charset: string): Generator<Row> {
  const { layout } = description;
  let columns: Map<string, number> | null = null;
  for (const line of linesOf(bytes, charset)) {
    if (layout.type === "separated") {
      const values = splitSeparated(line.text, layout.delimiter, layout.quote);
      if (layout.header && columns === null) {
        columns = new Map();
        for (const [i, name] of values.entries()) {
          const key = name.trim().toLowerCase();
          if (!columns.has(key)) columns.set(key, i);
        }
        continue;
      }
      yield separatedRow(line, values, columns);
    } else if (layout.type === "fixed") yield fixedRow(line);
  }
}
