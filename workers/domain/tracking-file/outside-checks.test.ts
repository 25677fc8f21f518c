import { createRequire } from "node:module";
import { ack, metadata } from "@stedi/x12-tools";
import { X12Interchange, X12Parser } from "node-x12";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CODES, codePath } from "../codes.ts";
import { complaintsAboutIftsta, splitEdifact } from "../edi/write/iftsta-check-suite.ts";
import { complaintsAboutX12, splitX12 } from "../edi/write/x12-check-suite.ts";
import { element, glueyCodes } from "./elements-suite.ts";
import { type FileElement, writeTrackingFile } from "./index.ts";

/**
 * Do others take what we write? A file of every code of the contract, alone and all of them together, through readers
 * that share no code with ours: `edifact` (ISO 9735 tokens), `node-x12` in strict mode (widths and counts), and
 * `@stedi/x12-tools`, whose 997 has to accept it; and through the strict checks of structure and elements.
 */

const elements: FileElement[] = [...CODES.values()].map((meaning, i) => {
  const path = codePath(meaning);
  return element({
    sequence: i + 1,
    event: {
      id: `evt_${String(i).padStart(26, "0")}`,
      codes: {
        gluey: glueyCodes(path, `Über: it's +50 ? *~^> ${path}`),
        carrier: { code: "A+B:C'D*1", sub_code: null, freetext_detail: "Zoll – 50 €" },
      },
      status: meaning.status,
      reason: meaning.reason,
    },
  });
});

/** Each code in a file of its own, then all of them in one. */
const files: [name: string, of: readonly FileElement[]][] = [
  ...elements.map((one): [string, FileElement[]] => [codePath(one.event.codes.gluey), [one]]),
  ["all codes in one file", elements],
];

function write(format: "iftsta-d96a" | "iftsta-d01b" | "x12-214", of: readonly FileElement[], version = "") {
  return writeTrackingFile({
    format,
    elements: of,
    control_number: 4711,
    created_at_ms: Date.UTC(2026, 2, 14, 9, 5),
    sender: "GLUEY",
    receiver: "CUSTOMERCO",
    test: false,
    include_notices: true,
    qualifiers: {
      x12_version: version === "005010" ? "005010" : "004010",
      references: { order: format === "x12-214" ? "PO" : "ON" },
      scac: { postnord: "PNSE" },
    },
  });
}

const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

const edifact: { Reader: new () => { parse(text: string): unknown } } = createRequire(import.meta.url)(
  "edifact",
);
const Tokens = z.array(z.object({ name: z.string(), elements: z.array(z.array(z.string())) }));

/** Some hundred files through three readers: on a busy machine that takes its time. */
const PATIENCE = { timeout: 60_000 };

describe.each([
  ["iftsta-d96a", "96A"],
  ["iftsta-d01b", "01B"],
] as const)("%s", (format, release) => {
  test("`edifact` reads the tokens that we wrote, and a strict receiver has no complaint", PATIENCE, () => {
    let written = 0;
    for (const [name, of] of files) {
      const file = write(format, of);
      expect(file.events + file.left_out.length, name).toBe(of.length);
      // D.96A has no code at all for a few: of such there is no file.
      expect(file.left_out.length > 0, name).toBe(file.remarks.some(({ kind }) => kind === "NO_CODE"));
      if (file.events === 0) continue;
      written++;
      expect(complaintsAboutIftsta(file.bytes, release), name).toEqual([]);
      const text = textOf(file.bytes);
      const tokens = Tokens.parse(new edifact.Reader().parse(text));
      expect(
        tokens.map(({ name: tag, elements: values }) => [tag, ...values]),
        name,
      ).toEqual(splitEdifact(text));
      expect(tokens.filter(({ name: tag }) => tag === "STS").length, name).toBe(file.events);
    }
    expect(written).toBeGreaterThanOrEqual(files.length - 2);
  });

  test("`edifact` can tell: a segment that breaks its rules is refused", () => {
    const text = textOf(write(format, elements.slice(0, 1)).bytes);
    expect(() => new edifact.Reader().parse(text.replace("UNH+", "UNH:"))).toThrow();
  });
});

describe.each(["004010", "005010"] as const)("x12-214 %s", (version) => {
  test(
    "`node-x12` reads it strictly, `@stedi/x12-tools` accepts it, and a strict receiver has no complaint",
    PATIENCE,
    () => {
      for (const [name, of] of files) {
        const file = write("x12-214", of, version);
        expect(file.events, name).toBe(of.length);
        expect(complaintsAboutX12(file.bytes, version), name).toEqual([]);
        const text = textOf(file.bytes);
        const statuses = splitX12(text).flatMap(([tag, ...values]) => (tag === "AT7" ? [values] : []));
        expect(statusesByNodeX12(text), name).toEqual(statuses);
        const count = String(file.events);
        const answer = splitAnswer(ack(text, "1", "1") ?? "");
        expect(answer.slice(2, -2), name).toEqual([
          ["ST", "997", "0001"],
          ["AK1", "QM", "4711"],
          ["AK9", "A", count, count, count],
          ["SE", "4", "0001"],
        ]);
        const [interchange] = metadata(text).interchanges;
        expect(interchange?.envelope, name).toMatchObject({ controlNumber: 4711, usageIndicatorCode: "P" });
      }
    },
  );

  test("`node-x12` can tell: a wrong count, a broken width, a missing opening", () => {
    const text = textOf(write("x12-214", elements.slice(0, 2), version).bytes);
    for (const broken of [
      text.replace("GE*2*", "GE*3*"),
      text.replace("ZZ*GLUEY  ", "ZZ*GLUEY"),
      text.replace("ST*214*0002~", ""),
    ])
      expect(() => statusesByNodeX12(broken)).toThrow();
  });
});

/** Elements of each set's AT7 as `node-x12` reads them in strict mode; throws where it refuses the file. */
function statusesByNodeX12(text: string): (string | undefined)[][] {
  const parser = new X12Parser(true);
  const parsed = parser.parse(text);
  if (!(parsed instanceof X12Interchange))
    throw new Error("Several interchanges are read where one was written.");
  expect(parser.diagnostics).toEqual([]);
  return parsed.functionalGroups
    .flatMap(({ transactions }) => transactions)
    .map(
      ({ segments }) => segments.find(({ tag }) => tag === "AT7")?.elements.map(({ value }) => value) ?? [],
    );
}

/** Its ISA is not of the fixed width: ISA13 is not filled up with zeros. */
const splitAnswer = (text: string) => text.split("~").flatMap((one) => (one === "" ? [] : [one.split("*")]));

test("there is something to check: every code of the contract, and all of them together", () => {
  expect(files.length).toBe(CODES.size + 1);
});
