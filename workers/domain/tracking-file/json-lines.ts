import type { FileWriter } from "./tracking-file.ts";

/** JSON lines: each line is one element of the customer's webhook (public contract, section 4), in the same order. */
export const writeJsonLines: FileWriter = ({ elements }) => ({
  bytes: new TextEncoder().encode(elements.map((element) => `${JSON.stringify(element)}\n`).join("")),
  events: elements.length,
  left_out: [],
  remarks: [],
});
