import { z } from "zod";

/** Examples made from a JSON schema and a table of values by name: a schema that changes changes its example. Pure. */

export type Example = string | number | boolean | null | Example[] | { [name: string]: Example };

const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.json()).optional(),
  const: z.json().optional(),
  default: z.json().optional(),
  example: z.json().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});

/** How deep an example goes: a schema that holds itself ends there. */
const DEPTH_MAX = 30;

const REF = "#/components/schemas/";

/** The component that a reference names. */
export function componentOf(ref: string): string {
  return ref.startsWith(REF) ? ref.slice(REF.length) : ref;
}

/**
 * Makes the example of `schema`: what `values` says of a component by its name, or of a property by `Parent.name` and
 * then by `name`, else what the schema itself says first: its example, constant, default, first enum value, or a plain value of its type.
 * `components` are the document's schemas by name; `parent` is the component or property that the schema stands in.
 */
export function exampleOf(
  schema: unknown,
  components: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, Example>>,
  parent = "",
  depth = 0,
): Example {
  const read = Schema.safeParse(schema);
  if (!read.success || depth > DEPTH_MAX) return null;
  const one = read.data;
  if (one.$ref !== undefined) {
    const name = componentOf(one.$ref);
    return values[name] ?? exampleOf(components[name], components, values, name, depth + 1);
  }
  const go = (inner: unknown) => exampleOf(inner, components, values, parent, depth + 1);
  if (one.example !== undefined) return one.example;
  if (one.const !== undefined) return one.const;
  if (one.allOf !== undefined) {
    const parts = one.allOf.map(go);
    const merged: { [name: string]: Example } = {};
    for (const part of parts)
      if (part !== null && typeof part === "object" && !Array.isArray(part)) Object.assign(merged, part);
    return Object.keys(merged).length > 0 ? merged : (parts[0] ?? null);
  }
  const choices = one.anyOf ?? one.oneOf;
  if (choices !== undefined && one.properties === undefined) {
    const told = choices.map(go);
    return told.find((example) => example !== null) ?? null;
  }
  if (one.properties !== undefined) {
    const made: { [name: string]: Example } = {};
    for (const [name, property] of Object.entries(one.properties)) {
      const known = [values[`${parent}.${name}`], values[name]].find(
        (value) => value !== undefined && fits(value, property, components),
      );
      made[name] = known === undefined ? exampleOf(property, components, values, name, depth + 1) : known;
    }
    return made;
  }
  if (one.default !== undefined) return one.default;
  if (one.enum !== undefined) return one.enum[0] ?? null;
  const type = Array.isArray(one.type) ? one.type.find((name) => name !== "null") : one.type;
  switch (type) {
    case "array":
      return one.items === undefined ? [] : [go(one.items)];
    case "string":
      return one.format === "date-time" ? "2026-03-14T08:13:05+00:00" : "text";
    case "integer":
    case "number":
      return one.minimum ?? 1;
    case "boolean":
      return false;
    case "object":
      return {};
    default:
      return null;
  }
}

/** Whether a value of the table can stand where `schema` does: the right type, and one of the allowed ones. */
function fits(value: Example, schema: unknown, components: Readonly<Record<string, unknown>>): boolean {
  const read = Schema.safeParse(schema);
  if (!read.success) return false;
  const { $ref, type, enum: allowed, anyOf, oneOf, format, pattern } = read.data;
  if ($ref !== undefined) return fits(value, components[componentOf($ref)], components);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.some((choice) => fits(value, choice, components));
  if (allowed !== undefined && value !== null) return allowed.some((one) => one === value);
  if (typeof value === "string" && format === "date-time" && !value.includes("T")) return false;
  if (typeof value === "string" && pattern !== undefined && !new RegExp(pattern, "u").test(value))
    return false;
  const types = type === undefined ? [] : [type].flat();
  return (
    types.length === 0 ||
    types.includes(typeOf(value)) ||
    (types.includes("integer") && Number.isInteger(value))
  );
}

function typeOf(value: Example): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
