import type { Carrier } from "../carrier.ts";
import { ediFiles } from "../edi-files.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** DB Schenker: IFTSTA D.97A files of its air freight, dropped by sFTP. */
export const dbschenker: Carrier = {
  id: "dbschenker",
  name: "DB Schenker",
  rules,
  harmonize,
  numbers: [{ pattern: /^7\d{9}$/u, likelihood: 0.2 }],
  sftp: { files: ediFiles },
};
