/** The service characters of one interchange and the byte table the scanner runs on. Byte values; -1 means there is none. */

export interface Separators {
  readonly component: number;
  readonly element: number;
  readonly terminator: number;
  readonly release: number;
  readonly repetition: number;
  /** A hint for writers only: numbers are read with comma and point alike. */
  readonly decimal: number;
}

/** ISO 9735 level A: `:+.? '`. */
export const defaultEdifact: Separators = {
  component: 0x3a,
  element: 0x2b,
  terminator: 0x27,
  release: 0x3f,
  repetition: -1,
  decimal: 0x2e,
};

/** ISO 9735 level B as first published: information separators IS1, IS3 and IS4, no release. */
export const levelBEdifact: Separators = {
  component: 0x1f,
  element: 0x1d,
  terminator: 0x1c,
  release: -1,
  repetition: -1,
  decimal: 0x2e,
};

export const byteKind = {
  plain: 0,
  component: 1,
  element: 2,
  repetition: 3,
  // Up to here values end.
  terminator: 4,
  release: 5,
  noise: 6,
  high: 7,
} as const;

/** One entry per byte value. CR and LF are noise unless they separate; a service character wins over everything. */
export function byteTable(s: Separators): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(byteKind.high, 0x80);
  table[0x0d] = byteKind.noise;
  table[0x0a] = byteKind.noise;
  if (s.repetition >= 0) table[s.repetition] = byteKind.repetition;
  if (s.release >= 0) table[s.release] = byteKind.release;
  if (s.component >= 0) table[s.component] = byteKind.component;
  table[s.element] = byteKind.element;
  table[s.terminator] = byteKind.terminator;
  return table;
}

export function isLetterOrDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Blanks, line ends, Ctrl-Z and NUL between segments mean nothing. */
export function isBlank(byte: number): boolean {
  return byte <= 0x20;
}
