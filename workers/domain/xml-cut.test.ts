import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { type DocumentCutSizes, documentCutSizes } from "./document-cut.ts";
import { cutXml } from "./xml-cut.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Portions of so many bytes. Elements are not cut themselves, and anything may stand around them. */
const portionsOf = (portion: number): DocumentCutSizes => ({
  portion,
  frame: Number.POSITIVE_INFINITY,
  element: Number.POSITIVE_INFINITY,
});

/** The portions' texts, or what was said instead. */
function cut(document: string | Uint8Array, sizes = portionsOf(1)): string[] | string {
  const result = cutXml(typeof document === "string" ? utf8(document) : document, sizes);
  if (result.kind !== "cut") return `${result.kind}: ${result.why}`;
  return [...result.portions].map(({ bytes }) => text(bytes));
}

/** What looks like a tag and is none. */
const disguised = fc.constantFrom(
  "<!-- <Item> -- </List> -->",
  "<![CDATA[<Item></List> ]] > ]]>",
  "<?note <Item> ?>",
  "&lt;Item&gt; ]]",
  "ö",
  " \r\n",
  "",
);
const attributes = fc.constantFrom("", ' a="1>2"', " b='\">/'", ' xmlns:n="urn:n" \n', ' c = "/"');

/** An element with anything in it; `Item`s inside it, too. */
const element = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple(attributes, fc.array(fc.oneof(disguised, inner), { maxLength: 4 }))
    .map(([attributes, inside]) => `<${name}${attributes}>${inside.join("")}</${name} >`);
const inner = fc.oneof(
  fc.constantFrom("<Item/>", "<Item a='>'/>", "<n:Item></n:Item>"),
  fc.tuple(attributes, disguised).map(([attributes, inside]) => `<Code${attributes}>${inside}</Code>`),
);

/** Documents as carriers send them: items that are most of it, one after the other, somewhere inside. */
const itemDocument = fc
  .record({
    items: fc.array(element("Item"), { minLength: 1, maxLength: 15 }),
    gaps: fc.array(disguised, { minLength: 1, maxLength: 5 }),
    declaration: fc.constantFrom("", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff<!-- <a> -->"),
    wrappings: fc.array(attributes, { minLength: 1, maxLength: 4 }),
    end: fc.constantFrom("", "\n", "<!-- <a> -->"),
  })
  .map(({ items, gaps, declaration, wrappings, end }) => {
    const all = [`<Item>${"x".repeat(600)}</Item>`, ...items];
    const before = wrappings.map((attributes, i) => `<L${i}${attributes}><Before/>`).join("");
    const after = wrappings.map((_, i) => `<After>1</After></L${i}>`).reverse();
    const row = all.map((item, i) => (i === 0 ? item : `${gaps[i % gaps.length]}${item}`)).join("");
    const head = declaration + before;
    const tail = after.join("") + end;
    return { items: all, head, tail, text: head + row + tail };
  });

describe("an XML document cut element by element", () => {
  it("is the same document once for each element, whatever stands around and between them", () => {
    fc.assert(
      fc.property(itemDocument, ({ items, head, tail, text }) => {
        expect(cut(text)).toEqual(items.map((item) => head + item + tail));
      }),
    );
  });

  it("is well-formed in every portion, of whatever size, and all of them hold the elements of the whole", () => {
    const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => name === "Item" });
    fc.assert(
      fc.property(itemDocument, fc.integer({ min: 1, max: 4000 }), ({ items, head, tail, text }, size) => {
        const portions = cut(text, portionsOf(size));
        if (typeof portions === "string") throw new Error(portions);
        expect(portions.map((portion) => XMLValidator.validate(portion))).toEqual(portions.map(() => true));
        const rows = portions.map((portion) => portion.slice(head.length, portion.length - tail.length));
        const parsed = rows.flatMap((row) => parser.parse(`<r>${row}</r>`).r.Item);
        expect(parsed).toEqual(items.flatMap((item) => parser.parse(`<r>${item}</r>`).r.Item));
      }),
    );
  });

  it("keeps the siblings of other names in every portion, wherever they stand", () => {
    expect(cut("<R><A>1</A><A>2</A>\n<B/><A>3</A><C><A/></C><A>4</A><D/></R>")).toEqual([
      "<R><A>1</A><B/><C><A/></C><D/></R>",
      "<R><A>2</A><B/><C><A/></C><D/></R>",
      "<R><A>3</A><B/><C><A/></C><D/></R>",
      "<R><A>4</A><B/><C><A/></C><D/></R>",
    ]);
  });
});

describe("where it is cut", () => {
  const event = "<Event><Code>A</Code></Event>";

  it("is the shipments, not the events in one of them", () => {
    const document = `<R><Shipment>${event.repeat(50)}</Shipment><Shipment>${event}</Shipment></R>`;
    expect(cut(document)).toHaveLength(2);
  });

  it("is the events where there is one shipment", () => {
    expect(cut(`<R><Shipment>${event.repeat(3)}</Shipment></R>`)).toEqual(
      Array.from({ length: 3 }, () => `<R><Shipment>${event}</Shipment></R>`),
    );
  });

  it("is inside an element too large to stand alone, with the rest of the document around it", () => {
    const document = `<R><S><N>1</N></S><S><N>2</N>${event.repeat(2)}</S><S><N>3</N></S></R>`;
    expect(cut(document, { portion: 30, frame: 100, element: 50 })).toEqual([
      "<R><S><N>1</N></S></R>",
      `<R><S><N>2</N>${event}</S></R>`,
      `<R><S><N>2</N>${event}</S></R>`,
      "<R><S><N>3</N></S></R>",
    ]);
  });

  it("knows names by their prefix, and tags from text", () => {
    const items = "<n:A>1</n:A><A>2</A><![CDATA[<n:A>]]><n:A b='</n:A>'>33333333333333333333333333</n:A>";
    expect(cut(`<R>${items}</R>`)).toEqual([
      "<R><n:A>1</n:A><A>2</A></R>",
      "<R><n:A b='</n:A>'>33333333333333333333333333</n:A><A>2</A></R>",
    ]);
  });

  it.each([
    [
      "no elements of one name are most of it",
      `<R>${event}${event}${"x".repeat(100)}</R>`,
      /^whole: No elements/u,
    ],
    [
      "it brings a document type",
      `<!DOCTYPE R [<!ENTITY a "b">]><R>${event}${event}</R>`,
      /^whole: .*document type/u,
    ],
    ["it is JSON", "[{},{}]", /^whole: .*not well-formed/u],
    ["it is empty", "", /^whole: .*not well-formed/u],
    ["its tags don't match", `<R>${event}${event}</S>`, /^whole: .*not well-formed/u],
    ["it has two roots", `<R>${event}${event}</R><R/>`, /^whole: .*not well-formed/u],
    ["a tag opens in a tag", `<R><A <B></R>`, /^whole: .*not well-formed/u],
    ["a name has no end", `<${"R".repeat(1000)}`, /^whole: .*not well-formed/u],
    ["it is nested very deep", "<a>".repeat(300), /^whole: The document is nested/u],
  ])("is nowhere where %s", (_, document, why) => {
    expect(cut(document)).toMatch(why);
  });

  it("is nowhere where more stands around the elements than may be repeated", () => {
    for (const document of [
      `<R><B>${"x".repeat(100)}</B>${event.repeat(50)}</R>`,
      `<R>${event}<B>${"x".repeat(100)}</B>${event.repeat(50)}</R>`,
    ]) {
      expect(cut(document, { portion: 60, frame: 100, element: 1000 })).toMatch(/^whole: Too much/u);
      expect(cut(document, { portion: 60, frame: 200, element: 1000 })).toEqual(expect.any(Array));
    }
  });
});

describe("a broken XML document", () => {
  it("that ends in the middle is said to be so, wherever it ends", () => {
    fc.assert(
      fc.property(itemDocument, fc.double({ min: 0, max: 1, noNaN: true }), ({ head, text }, part) => {
        const bytes = utf8(text);
        const least = utf8(head).length;
        const end =
          least + Math.floor(part * (utf8(text.trimEnd()).length - utf8("<!-- <a> --></L0>").length - least));
        expect(cut(bytes.subarray(0, end))).toBe("truncated: The XML document ends in the middle.");
      }),
    );
  });

  it("never makes the cutter throw, and no portion is worse than the whole", () => {
    const splice = fc.record({
      at: fc.nat(),
      remove: fc.nat(6),
      insert: fc.constantFrom("<", ">", "/", '"', "'", "!", "--", "<Item>", "</Item>", "]]>", "\0", ""),
    });
    fc.assert(
      fc.property(itemDocument, fc.array(splice, { maxLength: 3 }), ({ text }, splices) => {
        const broken = splices.reduce((document, { at, remove, insert }) => {
          const from = at % document.length;
          return document.slice(0, from) + insert + document.slice(from + remove);
        }, text);
        const portions = cut(broken);
        if (typeof portions === "string" || XMLValidator.validate(broken) !== true) return;
        expect(portions.map((portion) => XMLValidator.validate(portion))).toEqual(portions.map(() => true));
      }),
      { numRuns: 500 },
    );
  });

  it("never makes the cutter throw where it is made of any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void cut(bytes)));
    const structure = fc.string({ unit: fc.constantFrom(..."<>/!?-[]\"'= ab", "<![CDATA["), maxLength: 60 });
    fc.assert(
      fc.property(structure, (document) => void cut(document)),
      { numRuns: 2000 },
    );
  });
});

describe("ten megabytes made to be slow", () => {
  const SIZE = 10_000_000;
  const hostile: [string, string][] = [
    ["elements that only open", "<a>".repeat(SIZE / 3)],
    ["tags that never end", "<a ".repeat(SIZE / 3)],
    ["comments that never end", "<a><!--".repeat(SIZE / 7)],
    ["dashes in a comment", `<a><!--${"-".repeat(SIZE)}--></a>`],
    ["quotation marks", `<a b="${"'\"".repeat(SIZE / 2)}></a>`],
    ["empty elements", `<a>${"<b/>".repeat(SIZE / 4)}</a>`],
    [
      "elements of as many names",
      `<a>${Array.from({ length: SIZE / 10 }, (_, i) => `<b${i}/>`).join("")}</a>`,
    ],
    ["two kinds of elements in turn", `<a>${"<bbb/><c/>".repeat(SIZE / 10)}</a>`],
    ["elements in elements", `${"<a><b/>".repeat(200)}${"x".repeat(SIZE)}${"</a>".repeat(200)}`],
  ];
  it.each(hostile)("of %s are done with in a moment", (_, document) => {
    const bytes = utf8(document);
    const started = performance.now();
    const result = cutXml(bytes, documentCutSizes);
    if (result.kind === "cut") for (const _ of result.portions);
    // A second or two at most where nothing else runs; what is quadratic takes minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
