import { expect, it } from "vitest";
import { decode } from "./charset.ts";

// Node decodes with ICU, the Workers runtime with tables of its own: both must know every charset of ISO 9735.
it.each([
  ["iso-8859-1", [0xe4, 0x80], "ä\u0080"],
  ["iso-8859-2", [0xa3, 0xbc], "Łź"],
  ["iso-8859-3", [0xa1, 0xb1], "Ħħ"],
  ["iso-8859-4", [0xa2, 0xb3], "ĸŗ"],
  ["iso-8859-5", [0xbc, 0xe1], "Мс"],
  ["iso-8859-6", [0xc7], "ا"],
  ["iso-8859-7", [0xc1, 0xf9], "Αω"],
  ["iso-8859-8", [0xe0], "א"],
  ["iso-8859-9", [0xfd, 0xfe], "ış"],
  ["iso-8859-15", [0xa4], "€"],
  ["utf-8", [0xc5, 0x81], "Ł"],
])("%s", (charset, bytes, text) => {
  expect(decode(Uint8Array.from(bytes), charset)).toBe(text);
});
