import type { Carrier } from "../carrier.ts";
import { ediFiles } from "../edi-files.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** DHL Freight: one IFTSTA D.01B file an event, dropped by sFTP. What the files look like is the EDI engine's knowledge, so there is no schema here. */
export const dhlFreight: Carrier = {
  id: "dhl_freight",
  name: "DHL Freight",
  rules,
  harmonize,
  numbers: [{ pattern: /^\d{9}$/u, likelihood: 0.1 }],
  sftp: { files: ediFiles },
};
