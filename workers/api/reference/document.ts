import { CALL_NAMES, FAULTS, GROUPS, OWN_FAULTS } from "./calls.ts";
import { exampleOf } from "./example-of.ts";
import { EXAMPLE_VALUES } from "./example-values.ts";
import { FIELDS } from "./fields.ts";
import { hoist, isObject, type Json, type JsonObject, rewrite, schemasOf } from "./hoist.ts";

/** From the bare document that the routes' schemas make to the reference that people read. Pure. */

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** A call of the document. */
export interface Call {
  method: (typeof METHODS)[number];
  path: string;
  operation: JsonObject;
}

export function callsOf(document: JsonObject): Call[] {
  const paths = isObject(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = isObject(item) ? item[method] : undefined;
      return isObject(operation) ? [{ method, path, operation }] : [];
    }),
  );
}

/** `shapes`: the components that inline schemas are named after, the innermost first. */
export function referenceOf(bare: JsonObject, shapes: readonly string[]): JsonObject {
  const document = described(hoist(plainPatterns(bare), shapes));
  document.tags = GROUPS.map((group) => ({ ...group }));
  for (const call of callsOf(document)) tell(call, document);
  return document;
}

/** A regular expression's flags are none of a JSON schema's pattern. */
function plainPatterns(document: JsonObject): JsonObject {
  return asObject(
    rewrite(document, (one) =>
      typeof one.pattern === "string" ? { ...one, pattern: one.pattern.replace(/\/[a-z]+$/u, "") } : one,
    ),
  );
}

/** Says of each property and parameter what it means, where its schema does not. */
function described(document: JsonObject): JsonObject {
  const schemas = schemasOf(document);
  const made = asObject(rewriteProperties(document, "", FIELDS));
  for (const [name, schema] of Object.entries(schemas))
    schemasOf(made)[name] = rewriteProperties(schema, name, FIELDS);
  for (const { operation } of callsOf(made)) {
    const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
    for (const parameter of parameters) {
      if (!isObject(parameter) || typeof parameter.name !== "string") continue;
      const inner = isObject(parameter.schema) ? parameter.schema.description : undefined;
      parameter.description ??= inner ?? FIELDS[parameter.name] ?? "";
    }
  }
  return made;
}

function rewriteProperties(value: Json, parent: string, words: Readonly<Record<string, string>>): Json {
  if (Array.isArray(value)) return value.map((element) => rewriteProperties(element, parent, words));
  if (!isObject(value)) return value;
  const made: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key !== "properties" || !isObject(inner)) {
      made[key] = rewriteProperties(inner, parent, words);
      continue;
    }
    const properties: JsonObject = {};
    for (const [name, property] of Object.entries(inner)) {
      const told = rewriteProperties(property, name, words);
      const sentence = words[`${parent}.${name}`] ?? words[name];
      properties[name] =
        isObject(told) && told.description === undefined && sentence !== undefined
          ? { ...told, description: sentence }
          : told;
    }
    made[key] = properties;
  }
  return made;
}

/** Gives a call its name, its faults, and examples of what goes in and what comes out. */
function tell({ method, path, operation }: Call, document: JsonObject): void {
  const name = CALL_NAMES[`${method} ${path}`] ?? plainName(method, path);
  operation.operationId = name;
  if (path.startsWith("/admin/")) operation.security = [{ operator: [] }];
  const schemas = schemasOf(document);
  if (isObject(operation.requestBody)) addExamples(operation.requestBody, schemas);
  const responses = isObject(operation.responses) ? operation.responses : {};
  for (const response of Object.values(responses)) if (isObject(response)) addExamples(response, schemas);
  operation.responses = { ...responses, ...faultsOf(name, method, path, operation) };
}

/** `get /a/{b}/c-d` as getABCD: what a call is named that has no better name yet. */
function plainName(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/u).filter((word) => word !== "");
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function addExamples({ content }: JsonObject, schemas: JsonObject): void {
  const media = isObject(content) ? content["application/json"] : undefined;
  if (isObject(media) && media.example === undefined)
    media.example = exampleOf(media.schema, schemas, EXAMPLE_VALUES);
}

function faultsOf(name: string, method: string, path: string, operation: JsonObject): JsonObject {
  const open = Array.isArray(operation.security) && operation.security.length === 0;
  const takes = operation.requestBody !== undefined;
  const creates = method === "post";
  const own = OWN_FAULTS[name];
  const can: Readonly<Record<number, boolean>> = {
    400: takes,
    401: !open,
    403: !open && path.startsWith("/accounts/"),
    404: path.includes("{"),
    409: creates && !open && takes,
    413: takes,
    415: takes,
    422: takes || (Array.isArray(operation.parameters) && operation.parameters.length > 0),
    429: !open && !path.startsWith("/admin/"),
    503: !open,
  };
  const made: JsonObject = {};
  for (const [status, description] of Object.entries(FAULTS)) {
    const told = own?.[Number(status)] ?? description;
    if (own?.[Number(status)] === undefined && (name === "receivePush" || can[Number(status)] !== true))
      continue;
    made[status] = {
      description: told,
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return made;
}

function asObject(value: Json): JsonObject {
  if (!isObject(value)) throw new Error("A document is an object.");
  return value;
}
