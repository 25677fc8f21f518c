import { z } from "@hono/zod-openapi";
import { findCarrier } from "../carriers/registry.ts";
import { CODES } from "../domain/codes.ts";
import { REASONS } from "../domain/statuses.ts";
import type { NewMapping } from "../storage/mappings.ts";
import { invalid } from "./problem.ts";

/** A mapping as an operator enters it, and whether it can be one. */

export const Since = z.iso
  .datetime({ offset: true })
  .optional()
  .describe(
    "Also documents of the carrier received since then, for a code that was known and is to mean something else. Raw documents are kept 30 days.",
  );

export const MappingInput = z
  .object({
    carrier_id: z.string(),
    code: z.string().max(200).default("").describe("The carrier's code; empty for a rule by text."),
    sub_code: z.string().max(200).default("").describe("Empty: any sub-code."),
    service: z.string().max(200).default(""),
    text_pattern: z
      .string()
      .max(200)
      .default("")
      .describe("A regular expression over the carrier's text, where it sends no code."),
    path: z.string().describe("Gluey's code: milestone/code or milestone/code/sub_code."),
    reason: z.enum(REASONS).nullable().default(null),
    since: Since,
  })
  .openapi("MappingInput");

/** The mapping, or a sentence about the field that can't be. */
export function checkedMapping({ since, ...mapping }: z.infer<typeof MappingInput>): {
  mapping: NewMapping;
  since: number | null;
} {
  if (findCarrier(mapping.carrier_id) === null)
    throw invalid(
      "carrier_id",
      `carrier_id: "${mapping.carrier_id}" is no carrier. GET /admin/connections lists those in use.`,
    );
  if (!CODES.has(mapping.path) || mapping.path === "other/unmapped")
    throw invalid(
      "path",
      `path: "${mapping.path}" is none of the contract's codes, for example delivery/delivered/with_signature.`,
    );
  if (mapping.code === "" && mapping.text_pattern === "")
    throw invalid("code", "code: name the carrier's code, or a text_pattern where it sends none.");
  if (mapping.text_pattern !== "" && !isPattern(mapping.text_pattern))
    throw invalid(
      "text_pattern",
      "text_pattern: this is no regular expression that can be used. Nested repetitions are not allowed.",
    );
  return { mapping, since: since === undefined ? null : Date.parse(since) };
}

/** A pattern that compiles and repeats nothing that repeats: such a one can take for ever on a hostile text. */
function isPattern(pattern: string): boolean {
  if (/[+*}]\)?[+*{]/.test(pattern)) return false;
  try {
    new RegExp(pattern, "iu");
    return true;
  } catch {
    return false;
  }
}
