import type { Carrier } from "../carrier.ts";
import { ediFiles } from "../edi-files.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Geis: IFTSTA D.96A files, dropped by sFTP. */
export const geis: Carrier = {
  id: "geis",
  name: "Geis",
  rules,
  harmonize,
  numbers: [{ pattern: /^9\d{15}$/u, likelihood: 0.3 }],
  sftp: { files: ediFiles },
};
