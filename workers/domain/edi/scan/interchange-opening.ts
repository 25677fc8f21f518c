/** How an interchange opens: UNA, UNB and ISA, and the service characters they fix (ISO 9735 8; X12.5 3.2). */
import { defaultEdifact, isLetterOrDigit, levelBEdifact, type Separators } from "./separators.ts";

/** ISA has 106 bytes; a header that is not over after this many is none. */
export const MAX_HEADER_BYTES = 1024;

/** UNA at `i`, nine bytes at most of which are there. Some senders leave the reserved one out. Null: it is none. */
export function readUna(
  buf: Uint8Array,
  i: number,
): { readonly separators: Separators; readonly length: number } | null {
  const at = (k: number): number => buf[i + k] ?? 0;
  const lineEnd = at(8) === 0x0d || at(8) === 0x0a;
  const short =
    !isLetterOrDigit(at(7)) && at(7) !== 0x20 && (isLetterOrDigit(at(8)) || (lineEnd && at(7) !== 0x2a));
  const terminator = short ? at(7) : at(8);
  if (isLetterOrDigit(terminator) || isLetterOrDigit(at(4)) || at(3) === at(4)) return null;
  return {
    separators: {
      component: at(3),
      element: at(4),
      decimal: at(5),
      release: at(6) === 0x20 ? -1 : at(6),
      repetition: short || at(7) === 0x20 ? -1 : at(7),
      terminator,
    },
    length: short ? 8 : 9,
  };
}

/**
 * Service characters of the UNB at `i`: its UNA's if that agrees with the byte behind the tag, else the standard's.
 * Repetition is a matter of syntax 4 and comes when UNB has been read. Null: it is no UNB.
 */
export function unbSeparators(buf: Uint8Array, i: number, una: Separators | null): Separators | null {
  // S001 begins with the controlling agency's four letters: prose about "UNB+" does not.
  for (let k = 4; k < 8; k++) if (!isLetterOrDigit(buf[i + k] ?? 0)) return null;
  const element = buf[i + 3];
  const separators = [una, defaultEdifact, levelBEdifact].find((s) => s !== null && s.element === element);
  return separators === undefined || separators === null ? null : { ...separators, repetition: -1 };
}

export type IsaOpening =
  | { readonly kind: "isa"; readonly separators: Separators; readonly length: number }
  | { readonly kind: "short" }
  | { readonly kind: "none" };

/**
 * ISA at `i` of `len` bytes: the element separator is its fourth byte, the component separator stands sixteen
 * separators later, the terminator behind it. Counted, since senders trim the padding. `length` has no line ends.
 */
export function readIsa(buf: Uint8Array, i: number, len: number): IsaOpening {
  const element = buf[i + 3] ?? 0;
  const limit = Math.min(len, i + MAX_HEADER_BYTES);
  let k = i + 3;
  let count = 0;
  let lineEnds = 0;
  let eleventh = 0;
  let eleventhLength = 0;
  for (; k < limit && count < 16; k++) {
    const b = buf[k] ?? 0;
    if (b === element) count++;
    else if (b === 0x0d || b === 0x0a) lineEnds++;
    else if (count === 11) {
      eleventh = b;
      eleventhLength++;
    }
  }
  if (count < 16 || k + 1 >= len) return { kind: len - i >= MAX_HEADER_BYTES ? "none" : "short" };
  let component = buf[k] ?? 0;
  let terminator = buf[k + 1] ?? 0;
  let length = k + 2 - i - lineEnds;
  if (isLetterOrDigit(terminator)) {
    // ISA16 left empty: what stands there is the terminator.
    terminator = component;
    component = -1;
    length--;
  }
  const repeats =
    eleventhLength === 1 &&
    !isLetterOrDigit(eleventh) &&
    eleventh !== 0x20 &&
    eleventh !== component &&
    eleventh !== terminator;
  const repetition = repeats ? eleventh : -1;
  return {
    kind: "isa",
    separators: { component, element, terminator, release: -1, repetition, decimal: 0x2e },
    length,
  };
}
