/** X12 segments as text (X12.5, X12.6). There is no release character: a value that holds a separator would break the segment. */

const ELEMENT = "*";
const TERMINATOR = "~";
/** Rare in texts, unlike the colon. */
const COMPONENT = ">";
/** ISA11 from 005010 on. */
const REPETITION = "^";

/** A value without the letters that separate; a blank stands in each one's place. */
export function withoutSeparators(text: string): string {
  return text.replace(/[*~>^]/gu, " ").trim();
}

/** One segment: empty elements behind the last value are left out, as receivers demand. */
export function x12Segment(tag: string, ...elements: readonly string[]): string {
  let last = elements.length;
  while (last > 0 && elements[last - 1] === "") last--;
  return `${[tag, ...elements.slice(0, last)].join(ELEMENT)}${TERMINATOR}`;
}

export interface IsaFacts {
  sender: string;
  sender_qualifier: string;
  receiver: string;
  receiver_qualifier: string;
  /** YYMMDD and HHMM. */
  date: string;
  time: string;
  version: "004010" | "005010";
  control: string;
  test: boolean;
}

/** ISA with its fixed widths: 106 characters with the terminator. */
export function isa(facts: IsaFacts): string {
  const old = facts.version === "004010";
  return `${[
    "ISA",
    "00",
    " ".repeat(10),
    "00",
    " ".repeat(10),
    facts.sender_qualifier.padEnd(2),
    facts.sender.padEnd(15),
    facts.receiver_qualifier.padEnd(2),
    facts.receiver.padEnd(15),
    facts.date,
    facts.time,
    old ? "U" : REPETITION,
    old ? "00401" : "00501",
    facts.control.padStart(9, "0"),
    "0",
    facts.test ? "T" : "P",
    COMPONENT,
  ].join(ELEMENT)}${TERMINATOR}`;
}
