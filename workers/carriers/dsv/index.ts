import type { Carrier } from "../carrier.ts";
import { ediFiles } from "../edi-files.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** DSV: IFTSTA files, D.96A in Germany and D.10B in the Nordic countries, dropped by sFTP. */
export const dsv: Carrier = {
  id: "dsv",
  name: "DSV",
  rules,
  harmonize,
  numbers: [{ pattern: /^63\d{14}$/u, likelihood: 0.5 }],
  sftp: { files: ediFiles },
};
