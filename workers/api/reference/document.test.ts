import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { createApi } from "../app.ts";
import { openApiDocument } from "../open-api.ts";
import { CALL_NAMES, GROUPS } from "./calls.ts";
import { callsOf } from "./document.ts";
import { EXAMPLE_VALUES } from "./example-values.ts";
import { FIELDS } from "./fields.ts";
import { hoist, isObject, type Json, type JsonObject, schemasOf } from "./hoist.ts";

const document = openApiDocument(
  createApi(() => {
    throw new Error("The document needs no bindings.");
  }),
);

/** Every property of every schema in the document: where it stands, its name and what is said of it. */
function propertiesOf(value: Json, where: string): { where: string; name: string; said: Json | undefined }[] {
  if (Array.isArray(value)) return value.flatMap((element) => propertiesOf(element, where));
  if (!isObject(value)) return [];
  const own = isObject(value.properties) ? Object.entries(value.properties) : [];
  return [
    ...own.map(([name, property]) => ({
      where,
      name,
      said: isObject(property) ? property.description : undefined,
    })),
    ...Object.entries(value).flatMap(([name, inner]) =>
      name === "example" ? [] : propertiesOf(inner, `${where}/${name}`),
    ),
  ];
}

describe("the reference", () => {
  it("is a valid OpenAPI 3.1 document", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it("explains every field and every parameter in a sentence", () => {
    const silent = propertiesOf(document, "#")
      .filter(({ said }) => typeof said !== "string" || said === "")
      .map(({ where, name }) => `${where}: ${name}`);
    const parameters = callsOf(document).flatMap(({ method, path, operation }) =>
      (Array.isArray(operation.parameters) ? operation.parameters : [])
        .filter((parameter) => !isObject(parameter) || !parameter.description)
        .map((parameter) => `${method} ${path}: ${isObject(parameter) ? parameter.name : parameter}`),
    );
    expect([...silent, ...parameters]).toEqual([]);
  });

  it("explains nothing that is not there", () => {
    const there = new Set<string>();
    for (const { where, name } of propertiesOf(document, "#")) {
      there.add(name);
      const parent = where
        .split("/")
        .filter((part) => !["items", "anyOf", "oneOf", "allOf"].includes(part) && !/^\d+$/u.test(part));
      there.add(`${parent.at(-1)}.${name}`);
    }
    expect(Object.keys(FIELDS).filter((name) => !there.has(name))).toEqual([]);
  });

  it("names every call, and no name twice", () => {
    const calls = callsOf(document).map(({ method, path }) => `${method} ${path}`);
    expect(calls.filter((call) => CALL_NAMES[call] === undefined)).toEqual([]);
    expect(new Set(calls.map((call) => CALL_NAMES[call])).size).toBe(calls.length);
  });

  it("puts every call into a group that is told, with a summary", () => {
    const groups = GROUPS.map(({ name }) => name);
    for (const { path, operation } of callsOf(document)) {
      expect(groups, path).toEqual(
        expect.arrayContaining(Array.isArray(operation.tags) ? operation.tags : [""]),
      );
      expect(operation.summary, path).toBeTruthy();
    }
  });

  it("gives examples that its own schemas accept", () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "https://gluey/openapi", components: document.components });
    const refused: unknown[] = [];
    let seen = 0;
    for (const { method, path, operation } of callsOf(document)) {
      const bodies = [
        operation.requestBody,
        ...Object.values(isObject(operation.responses) ? operation.responses : {}),
      ];
      for (const body of bodies) {
        const content =
          isObject(body) && isObject(body.content) ? body.content["application/json"] : undefined;
        if (!isObject(content)) continue;
        seen += 1;
        const schema: unknown = JSON.parse(
          JSON.stringify(content.schema).replaceAll('"#/components', '"https://gluey/openapi#/components'),
        );
        const check = ajv.compile(isSchema(schema) ? schema : {});
        if (!check(content.example)) refused.push({ call: `${method} ${path}`, errors: check.errors });
      }
    }
    expect(refused).toEqual([]);
    expect(seen).toBeGreaterThan(50);
  });

  it("tells one story in its examples: names that no field has are gone from the table", () => {
    const names = new Set(propertiesOf(document, "#").map(({ name }) => name));
    const components = new Set(Object.keys(schemasOf(document)));
    const idle = Object.keys(EXAMPLE_VALUES).filter((key) => {
      const name = key.split(".").at(-1) ?? "";
      return !names.has(name) && !components.has(key);
    });
    expect(idle).toEqual([]);
  });
});

describe("hoisting", () => {
  const shape: JsonObject = { type: "object", properties: { a: { type: "string" } } };
  const document = (inner: JsonObject): JsonObject => ({ components: { schemas: { A: shape, B: inner } } });
  const B = (hoisted: JsonObject) => schemasOf(hoisted).B;

  it("keeps null where a shape may be null, and the sentence about it", () => {
    const nullable = { ...shape, type: ["object", "null"], description: "An a." };
    expect(B(hoist(document({ type: "object", properties: { x: nullable } }), ["A"]))).toEqual({
      type: "object",
      properties: {
        x: { anyOf: [{ $ref: "#/components/schemas/A" }, { type: "null" }], description: "An a." },
      },
    });
  });

  it("leaves a shape alone that differs in anything else", () => {
    const other = { type: "object", properties: { x: { ...shape, required: ["a"] } } };
    expect(B(hoist(document(other), ["A"]))).toEqual(other);
  });
});

function isSchema(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}
