import { componentOf } from "../example-of.ts";
import { isObject, type Json, type JsonObject } from "../hoist.ts";

/** The fields of a schema as rows of a table. Pure. */

export interface FieldRow {
  /** With dots into objects and [] into lists: `events[].codes.gluey.code`. */
  path: string;
  type: string;
  required: boolean;
  description: string;
}

/** Objects inside objects are told this far; below stands only the component's name. */
const DEPTH_MAX = 6;

/** Every field below `schema`, objects and lists opened. Components are opened in place, once on each way down. */
export function fieldRows(schema: Json | undefined, schemas: JsonObject): FieldRow[] {
  return rowsOf(schema, schemas, "", [], 0);
}

function rowsOf(
  schema: Json | undefined,
  schemas: JsonObject,
  prefix: string,
  open: readonly string[],
  depth: number,
): FieldRow[] {
  if (!isObject(schema) || depth > DEPTH_MAX) return [];
  if (typeof schema.$ref === "string") {
    const name = componentOf(schema.$ref);
    if (open.includes(name)) return [];
    return rowsOf(schemas[name], schemas, prefix, [...open, name], depth);
  }
  const go = (inner: Json | undefined, path: string) => rowsOf(inner, schemas, path, open, depth + 1);
  const parts = [schema.allOf, schema.anyOf, schema.oneOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  if (parts.length > 0) return unique(parts.flatMap((part) => rowsOf(part, schemas, prefix, open, depth)));
  if (schema.items !== undefined) return go(schema.items, `${prefix}[]`);
  if (!isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const said = isObject(property) && typeof property.description === "string" ? property.description : "";
    const row = {
      path,
      type: typeWords(property, schemas),
      required: required.includes(name),
      description: said,
    };
    return [row, ...go(property, path)];
  });
}

function unique(rows: readonly FieldRow[]): FieldRow[] {
  return [...new Map(rows.map((row) => [row.path, row])).values()];
}

/** A type in a few words, with its bounds: "string, at most 200", "one of a, b, c", "list of object, or null". */
export function typeWords(schema: Json | undefined, schemas: JsonObject): string {
  if (!isObject(schema)) return "anything";
  if (typeof schema.$ref === "string") return typeWords(schemas[componentOf(schema.$ref)], schemas);
  const parts = [schema.anyOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (parts.length > 0) return [...new Set(parts.map((part) => typeWords(part, schemas)))].join(", or ");
  if (Array.isArray(schema.allOf)) return "object";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = [schema.type ?? "anything"].flat().map(String);
  const orNull = types.includes("null") ? ", or null" : "";
  if (Array.isArray(schema.enum))
    return `one of ${schema.enum.filter((word) => word !== null).join(", ")}${orNull}`;
  const type = types.find((name) => name !== "null") ?? "null";
  if (type === "null") return "null";
  if (type === "array") return `list of ${typeWords(schema.items, schemas)}${bounds(schema)}${orNull}`;
  const format = schema.format === "date-time" ? "time, ISO 8601" : type;
  return `${format}${bounds(schema)}${orNull}`;
}

function bounds(schema: JsonObject): string {
  const least = schema.minimum ?? schema.minItems ?? schema.minLength;
  const most = schema.maximum ?? schema.maxItems ?? schema.maxLength;
  // Whole numbers of a machine's size are no limit that anybody meets.
  if (typeof most === "number" && most >= Number.MAX_SAFE_INTEGER) return "";
  if (typeof least === "number" && typeof most === "number") return `, ${least} to ${most}`;
  if (typeof most === "number") return `, at most ${most}`;
  return typeof least === "number" && least > 0 ? `, at least ${least}` : "";
}
