import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { candidatesOf } from "../workers/carriers/detection.ts";
import { carriers } from "../workers/carriers/registry.ts";

/**
 * The corpus' tracking numbers against the formats that our carriers declare: every valid example must name the carrier
 * among its candidates, no invalid one may. Couriers that are no carrier of ours are left out.
 */

const corpus = fileURLToPath(new URL("../../shared/corpus/tracking_numbers/couriers", import.meta.url));

/** Which carriers answer for a format of the corpus; the first key that fits. */
const OURS: Record<string, readonly string[]> = {
  "dhl/dhl_express": ["mydhl"],
  "dhl/dhl_express_piece_id": ["mydhl"],
  "dhl/dhl_ecommerce": ["dhl_universal"],
  "dhl/dhl_ecommerce_14": ["dhl_universal"],
  canada_post: ["canadapost"],
  dpd: ["dpd"],
  fedex: ["fedex"],
  landmark: ["landmark"],
  ups: ["ups"],
  usps: ["usps"],
};

const Courier = z.object({
  courier_code: z.string(),
  tracking_numbers: z.array(
    z.object({
      id: z.string().nullish(),
      name: z.string(),
      test_numbers: z.object({ valid: z.array(z.string()), invalid: z.array(z.string()) }),
    }),
  ),
});

export interface NumberCase {
  courier: string;
  format: string;
  /** Empty when right. */
  why: string[];
}

/** One case a format of each courier that we have. Empty where the corpus is not on this machine. */
export function runNumberCorpus(): NumberCase[] {
  if (!existsSync(corpus)) return [];
  return readdirSync(corpus)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .flatMap((file) => {
      const courier = Courier.parse(JSON.parse(readFileSync(join(corpus, file), "utf8")));
      return courier.tracking_numbers.flatMap((format): NumberCase[] => {
        const code = courier.courier_code;
        const { valid, invalid } = format.test_numbers;
        const named = (why: string[]) => ({ courier: code, format: format.name, why });
        if (code === "s10") return [named(postalFaults(valid, invalid))];
        const ours = OURS[`${code}/${format.id ?? ""}`] ?? OURS[code];
        return ours === undefined ? [] : [named(faults(ours, valid, invalid))];
      });
    });
}

const idsFor = (number: string) => candidatesOf(carriers, number).map(({ carrier }) => carrier.id);

function faults(ours: readonly string[], valid: readonly string[], invalid: readonly string[]): string[] {
  const fits = (number: string) => idsFor(number).some((id) => ours.includes(id));
  return [
    ...valid.filter((number) => !fits(number)).map((number) => `${number}: valid, but not found`),
    ...invalid.filter(fits).map((number) => `${number}: invalid, but accepted`),
  ];
}

/** A postal number is anybody's who may deliver it: valid ones have candidates, invalid ones have none. */
function postalFaults(valid: readonly string[], invalid: readonly string[]): string[] {
  return [
    ...valid
      .filter((number) => idsFor(number).length === 0)
      .map((number) => `${number}: valid, but not found`),
    ...invalid
      .filter((number) => idsFor(number).length > 0)
      .map((number) => `${number}: invalid, but accepted`),
  ];
}
