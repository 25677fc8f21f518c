/**
 * Bytes to characters. The declared charset is a claim, not a fact: UTF-8 under UNOC, Latin-1 under UNOA and
 * lower case under UNOA are all in use. So: ASCII is ASCII; bytes that are valid UTF-8 are UTF-8; anything else
 * is what the interchange declares, and ISO 8859-1 where it declares a 7-bit set. Decided once per interchange,
 * by the first segment that is not ASCII.
 */

/** ISO 9735 syntax identifier → charset. UNOA and UNOB are 7-bit subsets. UNOX (ISO 2022 switching) is read as Latin-1 when it is not UTF-8. */
const declaredCharsets: Readonly<Record<string, string>> = {
  UNOA: "us-ascii",
  UNOB: "us-ascii",
  UNOC: "iso-8859-1",
  UNOD: "iso-8859-2",
  UNOE: "iso-8859-5",
  UNOF: "iso-8859-7",
  UNOG: "iso-8859-3",
  UNOH: "iso-8859-4",
  UNOI: "iso-8859-6",
  UNOJ: "iso-8859-8",
  UNOK: "iso-8859-9",
  UNOL: "iso-8859-15",
  UNOW: "utf-8",
  UNOX: "iso-8859-1",
  UNOY: "utf-8",
  UNOZ: "utf-8",
};

/** The charset a UNB syntax identifier stands for; senders write `UNOc` too. Unknown ones count as ISO 8859-1. */
export function declaredCharset(syntaxId: string): string {
  return declaredCharsets[syntaxId.trim().toUpperCase()] ?? "iso-8859-1";
}

/** What an interchange's bytes are: valid UTF-8 is UTF-8, else as declared, and ISO 8859-1 where that cannot be. */
export function charsetOf(declared: string, utf8: boolean): string {
  if (utf8) return "utf-8";
  return declared === "us-ascii" || declared === "utf-8" ? "iso-8859-1" : declared;
}

/** Well-formed UTF-8 by Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array): boolean {
  const n = bytes.length;
  let i = 0;
  while (i < n) {
    const b = bytes[i] ?? 0;
    i++;
    if (b < 0x80) continue;
    let more = 0;
    let low = 0x80;
    let high = 0xbf;
    if (b >= 0xc2 && b <= 0xdf) more = 1;
    else if (b >= 0xe0 && b <= 0xef) {
      more = 2;
      if (b === 0xe0) low = 0xa0;
      if (b === 0xed) high = 0x9f;
    } else if (b >= 0xf0 && b <= 0xf4) {
      more = 3;
      if (b === 0xf0) low = 0x90;
      if (b === 0xf4) high = 0x8f;
    } else return false;
    for (let k = 0; k < more; k++) {
      const c = i < n ? (bytes[i] ?? 0) : 0;
      if (c < low || c > high) return false;
      low = 0x80;
      high = 0xbf;
      i++;
    }
  }
  return true;
}

/** ISO 8859-1 exactly: `TextDecoder("iso-8859-1")` would be windows-1252. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder> | null>();

function decoderFor(charset: string): InstanceType<typeof TextDecoder> | null {
  const known = decoders.get(charset);
  if (known !== undefined) return known;
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  try {
    decoder = new TextDecoder(charset, { fatal: false, ignoreBOM: true });
  } catch {
    // A runtime without this table: Latin-1 keeps the letters of ASCII right and loses no byte.
  }
  decoders.set(charset, decoder);
  return decoder;
}

/** Decodes by charset name; never throws, malformed UTF-8 becomes U+FFFD. */
export function decode(bytes: Uint8Array, charset: string): string {
  if (charset === "iso-8859-1" || charset === "us-ascii") return decodeLatin1(bytes);
  const decoder = decoderFor(charset);
  return decoder === null ? decodeLatin1(bytes) : decoder.decode(bytes);
}
