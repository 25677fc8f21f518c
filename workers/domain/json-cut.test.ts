import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DocumentCutSizes, documentCutSizes } from "./document-cut.ts";
import { cutJson } from "./json-cut.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Portions of so many bytes. Elements are not cut themselves, and anything may stand around them. */
const portionsOf = (portion: number): DocumentCutSizes => ({
  portion,
  frame: Number.POSITIVE_INFINITY,
  element: Number.POSITIVE_INFINITY,
});

const ONE_BY_ONE = portionsOf(1);

/** The portions' texts, or what was said instead. */
function cut(document: string | Uint8Array, sizes: DocumentCutSizes = ONE_BY_ONE): string[] | string {
  const result = cutJson(typeof document === "string" ? utf8(document) : document, sizes);
  if (result.kind !== "cut") return `${result.kind}: ${result.why}`;
  return [...result.portions].map(({ bytes }) => text(bytes));
}

const indent = fc.constantFrom("", " ", "\t", "\n", "  \r\n");

/** Documents as carriers send them: a list of objects (and a little else) that is most of it, somewhere inside. */
const listDocument = fc
  .record({
    elements: fc.array(
      fc.oneof({ weight: 6, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()) }, fc.jsonValue()),
      { maxLength: 20 },
    ),
    wrappings: fc.array(fc.constantFrom("in an object", "in an array"), { maxLength: 4 }),
    indent,
  })
  .map(({ elements, wrappings, indent }) => {
    const list = [{ pad: ']},{[\\"'.repeat(300) }, ...elements, { last: true }];
    const wrap = (inner: unknown, how: string) =>
      how === "in an array" ? [inner] : { before: "[{}", inner, after: [1, { of: "}]" }] };
    return { list, text: JSON.stringify(wrappings.reduce<unknown>(wrap, list), null, indent) };
  });

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Every array in a value that has two objects or more. */
function listsIn(value: unknown): unknown[][] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(listsIn);
  return Array.isArray(value) && value.filter(isObject).length >= 2 ? [value, ...inside] : inside;
}

/** The whole document with one element of the list, for each of them. */
function oneByOne(whole: unknown, list: readonly unknown[]): string[] {
  return list.map((element) => JSON.stringify(whole, (_, value) => (value === list ? [element] : value)));
}

const again = (portion: string) => JSON.stringify(JSON.parse(portion));

describe("a JSON document cut element by element", () => {
  it("is the same document once for each element, whatever stands around the list", () => {
    fc.assert(
      fc.property(listDocument, ({ list, text }) => {
        const whole: unknown = JSON.parse(text);
        const found = listsIn(whole).find((one) => JSON.stringify(one) === JSON.stringify(list));
        const portions = cut(text);
        expect(Array.isArray(portions) ? portions.map(again) : portions).toEqual(
          oneByOne(whole, found ?? []),
        );
      }),
    );
  });

  it("is cut at one of its arrays or not at all, whatever JSON it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), indent, (value, indent) => {
        const document = JSON.stringify(value, null, indent);
        const portions = cut(document);
        if (typeof portions === "string") return portions.startsWith("whole");
        const whole: unknown = JSON.parse(document);
        const told = JSON.stringify(portions.map(again));
        return listsIn(whole).some((list) => JSON.stringify(oneByOne(whole, list)) === told);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps a byte-order mark and text in any script", () => {
    expect(cut('\ufeff{"ö":[{"Ł":"日本"},{"b":"\u2028"}]}')).toEqual([
      '{"ö":[{"Ł":"日本"}]}',
      '{"ö":[{"b":"\u2028"}]}',
    ]);
  });
});

describe("a portion", () => {
  it("is as full as its size allows, and larger only where one element is", () => {
    const lengths = fc.array(fc.nat(60), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 200 }), (lengths, size) => {
        const elements = lengths.map((length) => `{"a":"${"x".repeat(length)}"}`);
        const expected = filled(elements, size).map((run) => `[${run.join(",")}]`);
        expect(cut(`[${elements.join(",")}]`, portionsOf(size))).toEqual(expected);
      }),
    );
  });

  it("knows where in the document its first element stands", () => {
    const document = `{"list":[${'{"a":1},'.repeat(99)}{"z":1}]}`;
    const result = cutJson(utf8(document), portionsOf(80));
    if (result.kind !== "cut") throw new Error(result.why);
    for (const { from, bytes } of result.portions) {
      expect(text(bytes).slice(9)).toContain(document.slice(from, from + 7));
      expect((from - 9) % 8).toBe(0);
    }
  });
});

/** Runs of elements, each as long as it may be. */
function filled(elements: readonly string[], size: number): string[][] {
  const runs: string[][] = [];
  for (const element of elements) {
    const run = runs.at(-1);
    if (run !== undefined && run.join("").length + element.length <= size) run.push(element);
    else runs.push([element]);
  }
  return runs;
}

describe("where it is cut", () => {
  const event = '{"code":"A"}';

  it("is the list of shipments, not the events in one of them", () => {
    const shipments = `[{"events":[${`${event},`.repeat(50)}${event}]},{"events":[${event}]}]`;
    expect(cut(`{"shipments":${shipments},"page":1}`)).toHaveLength(2);
  });

  it("is the events where there is one shipment", () => {
    expect(cut(`{"all":[{"number":"1","events":[${event},${event},${event}]}]}`)).toEqual([
      `{"all":[{"number":"1","events":[${event}]}]}`,
      `{"all":[{"number":"1","events":[${event}]}]}`,
      `{"all":[{"number":"1","events":[${event}]}]}`,
    ]);
  });

  it("is inside an element too large to stand alone, with the rest of the document around it", () => {
    const document = `[{"n":1},{"n":2,"events":[${event},${event}]},{"n":3}]`;
    expect(cut(document, { portion: 100, frame: 100, element: 20 })).toEqual([
      '[{"n":1}]',
      `[{"n":2,"events":[${event},${event}]}]`,
      '[{"n":3}]',
    ]);
    expect(cut(document, { portion: 12, frame: 100, element: 20 })).toEqual([
      '[{"n":1}]',
      `[{"n":2,"events":[${event}]}]`,
      `[{"n":2,"events":[${event}]}]`,
      '[{"n":3}]',
    ]);
  });

  it.each([
    ["no list holds most of it", `{"a":[${event},${event}],"b":"${"x".repeat(100)}"}`, /^whole: No array/u],
    ["it holds a list of numbers", "[1,2,3,4,5]", /^whole: No array/u],
    ["it is a string", '"[{},{}]"', /^whole: The document is neither/u],
    ["it is XML", "<a/>", /^whole: The document is neither/u],
    ["it is empty", "", /^whole: The document is neither/u],
    ["it is one value a line", `${event}\n${event}\n`, /^whole: Something stands behind/u],
    ["its brackets don't match", `[${event},${event}}`, /^whole: The document is not well-formed/u],
    ["it is nested very deep", `${"[".repeat(300)}${"]".repeat(300)}`, /^whole: The document is nested/u],
  ])("is nowhere where %s", (_, document, why) => {
    expect(cut(document)).toMatch(why);
  });

  it("is nowhere where more stands around the list than may be repeated", () => {
    const document = `{"around":"${"x".repeat(100)}","list":[${`${event},`.repeat(50)}${event}]}`;
    expect(cut(document, { portion: 50, frame: 100, element: 1000 })).toMatch(/^whole: Too much/u);
    expect(cut(document, { portion: 50, frame: 200, element: 1000 })).toHaveLength(13);
  });
});

describe("a broken JSON document", () => {
  it("that ends in the middle is said to be so, wherever it ends", () => {
    fc.assert(
      fc.property(listDocument, fc.double({ min: 0, max: 1, noNaN: true }), ({ text }, part) => {
        const bytes = utf8(text);
        const end = 1 + Math.floor(part * (bytes.length - 2));
        expect(cut(bytes.subarray(0, end))).toBe("truncated: The JSON document ends in the middle.");
      }),
    );
  });

  it("never makes the cutter throw, and no portion is worse than the whole", () => {
    const splice = fc.record({
      at: fc.nat(),
      remove: fc.nat(6),
      insert: fc.constantFrom(...'{}[],:"\\', "\0", "\n", ""),
    });
    fc.assert(
      fc.property(listDocument, fc.array(splice, { maxLength: 3 }), ({ text }, splices) => {
        const broken = splices.reduce((document, { at, remove, insert }) => {
          const from = at % document.length;
          return document.slice(0, from) + insert + document.slice(from + remove);
        }, text);
        const portions = cut(broken);
        if (typeof portions === "string" || !isJson(broken)) return true;
        return portions.every(isJson);
      }),
      { numRuns: 500 },
    );
  });

  it("never makes the cutter throw where it is made of any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void cut(bytes)));
    const structure = fc.string({ unit: fc.constantFrom(...'{}[],:"\\ a1'), maxLength: 60 });
    fc.assert(
      fc.property(structure, (document) => void cut(document)),
      { numRuns: 2000 },
    );
  });
});

function isJson(document: string): boolean {
  try {
    JSON.parse(document);
    return true;
  } catch {
    return false;
  }
}

describe("ten megabytes made to be slow", () => {
  const SIZE = 10_000_000;
  const hostile: [string, string][] = [
    ["brackets that only open", "[".repeat(SIZE)],
    ["objects that only open", '{"a":'.repeat(SIZE / 5)],
    ["a string of backslashes", `[{},{"a":"${"\\\\".repeat(SIZE / 2)}"}]`],
    ["a string of quotation marks", `[{},{"a":"${'\\"'.repeat(SIZE / 2)}"}]`],
    ["empty objects", `[${"{},".repeat(SIZE / 3)}{}]`],
    ["commas", `[{},{}${",".repeat(SIZE)}]`],
    ["lists in lists", `${'[{},{"a":'.repeat(200)}"${"x".repeat(SIZE)}"${"}]".repeat(200)}`],
  ];
  it.each(hostile)("of %s are done with in a moment", (_, document) => {
    const bytes = utf8(document);
    const started = performance.now();
    const result = cutJson(bytes, documentCutSizes);
    if (result.kind === "cut") for (const _ of result.portions);
    // Half a second at most where nothing else runs; what is quadratic takes minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
