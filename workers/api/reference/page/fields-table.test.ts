import { describe, expect, it } from "vitest";
import type { JsonObject } from "../hoist.ts";
import { fieldRows, typeWords } from "./fields-table.ts";

const schemas: JsonObject = {
  Tree: {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string", maxLength: 20, description: "What it is called." },
      branches: { type: "array", items: { $ref: "#/components/schemas/Tree" } },
    },
  },
};

describe("fieldRows", () => {
  it("opens lists and components, and a component inside itself once", () => {
    expect(
      fieldRows(
        {
          type: "object",
          properties: { trees: { type: "array", items: { $ref: "#/components/schemas/Tree" } } },
        },
        schemas,
      ),
    ).toEqual([
      { path: "trees", type: "list of object", required: false, description: "" },
      { path: "trees[].name", type: "string, at most 20", required: true, description: "What it is called." },
      { path: "trees[].branches", type: "list of object", required: false, description: "" },
    ]);
  });

  it("lists a field of several alternatives once", () => {
    const either: JsonObject = {
      anyOf: [
        { type: "object", properties: { id: { type: "string" } } },
        { type: "object", properties: { id: { type: "string" }, error: { type: "string" } } },
      ],
    };
    expect(fieldRows(either, {}).map(({ path }) => path)).toEqual(["id", "error"]);
  });
});

const CASES: [JsonObject, string][] = [
  [{ type: ["string", "null"] }, "string, or null"],
  [{ type: "string", enum: ["a", "b"] }, "one of a, b"],
  [{ type: "integer", minimum: 1, maximum: 100 }, "integer, 1 to 100"],
  [{ type: "string", format: "date-time" }, "time, ISO 8601"],
  [{ anyOf: [{ $ref: "#/components/schemas/Tree" }, { type: "null" }] }, "object, or null"],
  [{ const: true }, "true"],
];

describe("typeWords", () => {
  it.each(CASES)("says %j as %s", (schema, said) => {
    expect(typeWords(schema, schemas)).toBe(said);
  });
});
