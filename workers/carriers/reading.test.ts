import { describe, expect, it } from "vitest";
import { z } from "zod";
import { documentOf } from "./carrier-suite.ts";
import { MAX_BODY_BYTES, plainXml, readEach, readJson, readText, readXml, unanswered } from "./reading.ts";

const xml = (body: string | Uint8Array) => {
  const read = readXml(documentOf(body), ["item"]);
  return read.ok ? read.value : read.remark.detail;
};

describe("XML", () => {
  it("becomes plain values: numbers stay text, references are letters, namespaces go", () => {
    expect(xml('<n:a xmlns:n="x" n="01"><b>007</b><c>livr&#233; &amp; &#x41;</c></n:a>')).toMatchObject({
      a: { "@n": "01", b: "007", c: "livré & A" },
    });
  });

  it("is read in the charset it declares", () => {
    const latin = new Uint8Array(
      [...'<?xml version="1.0" encoding="ISO-8859-1"?><a>']
        .map((c) => c.charCodeAt(0))
        .concat(
          [0xe9],
          [..."</a>"].map((c) => c.charCodeAt(0)),
        ),
    );
    expect(xml(latin)).toMatchObject({ a: "é" });
  });

  it.each([
    ["an entity of its own", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ["a billion laughs", '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'],
    ["a file of ours", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
  ])("with %s is refused", (_, body) => {
    expect(xml(body)).toContain("document type of its own");
  });

  it("has lists where they were asked for, and nulls where an element is empty", () => {
    const tree = xml("<a><items><item>1</item></items><b/></a>");
    expect(plainXml(tree, ["item"])).toEqual({ a: { items: ["1"], b: null } });
  });
});

describe("a body", () => {
  it("larger than we read is refused before it is decoded", () => {
    const read = readText(documentOf(new Uint8Array(MAX_BODY_BYTES + 1).fill(0x20)));
    expect(read).toMatchObject({ ok: false, remark: { kind: "unreadable" } });
  });

  it("that stops too early is to be read again, one that is wrong is not", () => {
    const shape = z.object({ a: z.string() });
    expect(readJson(documentOf('{"a": "b'), shape)).toMatchObject({ ok: false, complete: false });
    expect(readJson(documentOf('{"a": b}'), shape)).toMatchObject({ ok: false, complete: true });
    expect(readJson(documentOf('{"b": 1}'), shape)).toMatchObject({ ok: false, remark: { at: "a" } });
  });

  it("in a file that is still empty may be an upload that has just begun", () => {
    expect(readText(documentOf("", { source: "sftp" }))).toMatchObject({ complete: false });
    expect(readText(documentOf("", { source: "poll" }))).toMatchObject({ complete: true });
  });
});

describe("lists and numbers", () => {
  it("keep the good elements and name the bad", () => {
    const remarks: Parameters<typeof readEach>[3] = [];
    const good = readEach(z.object({ n: z.number() }), [{ n: 1 }, { n: "x" }, null], "list", remarks);
    expect(good.map(({ value }) => value.n)).toEqual([1]);
    expect(remarks.map(({ at }) => at)).toEqual(["list[1].n", "list[2]"]);
  });

  it("say which numbers an answer leaves out, whatever their zeros and blanks", () => {
    const asked = ["0034", "A 1", "B"];
    expect(unanswered(documentOf("", { asked }), ["34", "a1", null]).map(({ at }) => at)).toEqual(["B"]);
  });
});
