/** Names the shapes that a JSON document repeats: a property that has a component's shape becomes a reference to it. Pure. */

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Calls `visit` for every object below `value`, the inner ones first; what it returns takes the object's place. */
export function rewrite(value: Json, visit: (one: JsonObject) => Json): Json {
  if (Array.isArray(value)) return value.map((element) => rewrite(element, visit));
  if (!isObject(value)) return value;
  const made: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) made[name] = rewrite(inner, visit);
  return visit(made);
}

/** The shape alone: without the sentence about it, and without being nullable. */
function shapeOf({ description: _, type, ...rest }: JsonObject): string {
  const types = Array.isArray(type) ? type.filter((name) => name !== "null") : [type];
  return JSON.stringify(
    sorted({ ...rest, type: types.length === 1 ? (types[0] ?? null) : types.map(String) }),
  );
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

const isNullable = ({ type }: JsonObject) => Array.isArray(type) && type.includes("null");

/**
 * Replaces every object schema below `document` that has the shape of one of `names` (components of the document, the
 * innermost first) by a reference, `anyOf` with null where it is nullable. Descriptions stay beside the reference.
 */
export function hoist(document: JsonObject, names: readonly string[]): JsonObject {
  let made = document;
  for (const name of names) {
    const schemas = schemasOf(made);
    const component = schemas[name];
    if (!isObject(component)) throw new Error(`There is no component ${name} to name a shape after.`);
    const shape = shapeOf(component);
    const reference: JsonObject = { $ref: `#/components/schemas/${name}` };
    const whole = rewrite(made, (one) => {
      if (one.type === undefined || shapeOf(one) !== shape) return one;
      const named: JsonObject = isNullable(one) ? { anyOf: [reference, { type: "null" }] } : { ...reference };
      if (one.description !== undefined) named.description = one.description;
      return named;
    });
    if (!isObject(whole)) throw new Error("A document is an object.");
    // The component itself has been replaced by a reference to itself: it stays what it is.
    schemasOf(whole)[name] = component;
    made = whole;
  }
  return made;
}

/** The document's components of schemas, by name. */
export function schemasOf(document: JsonObject): JsonObject {
  const { components } = document;
  const schemas = isObject(components) ? components.schemas : undefined;
  if (!isObject(schemas)) throw new Error("The document has no schemas.");
  return schemas;
}
