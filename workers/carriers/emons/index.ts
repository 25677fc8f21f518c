import type { Carrier } from "../carrier.ts";
import { ediFiles } from "../edi-files.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Emons: IFTSTA D.96A files, dropped by sFTP. */
export const emons: Carrier = {
  id: "emons",
  name: "Emons",
  rules,
  harmonize,
  numbers: [{ pattern: /^1\d{9}$/u, likelihood: 0.1 }],
  sftp: { files: ediFiles },
};
