import type { EdiAcknowledgement, EdiAcknowledgementError } from "../edi/edi-status.ts";

/** What a partner's acknowledgement complains about, in words for people. Codes that no table here knows are told as they are. */

type Words = ReadonlyMap<string, string>;

/** Code, then its words, a bar between entries. */
function words(text: string): Words {
  return new Map(
    text.split("|").map((entry) => {
      const blank = entry.indexOf(" ");
      return [entry.slice(0, blank), entry.slice(blank + 1)];
    }),
  );
}

/** ISO 9735-4, element 0085. */
const SYNTAX = words(
  "2 version or level not supported|7 not the actual recipient|12 invalid value|13 missing|14 value not supported here|" +
    "15 not supported here|16 too many components|17 no agreement|18 unspecified error|20 character invalid as separator|" +
    "21 invalid character|22 invalid separator|23 unknown sender|24 too old|25 test not supported|26 sent before|" +
    "28 references do not match|29 count does not match|32 level below is missing|35 too many repetitions|" +
    "36 too many groups|37 wrong kind of character|39 too long|40 too short",
);

/** X12: 716 of a group, 718 of a set, 720 of a segment, 723 of an element, I18 of the envelope. */
const GROUP = words(
  "1 group not supported|2 version not supported|3 trailer missing|4 control numbers do not match|5 count does not match|" +
    "6 control number invalid|7 sender's code invalid|8 receiver's code invalid|19 control number sent before",
);
const SET = words(
  "1 set not supported|2 trailer missing|3 control numbers do not match|4 count does not match|5 segments in error|" +
    "6 identifier invalid|7 control number invalid|23 control number sent before",
);
const SEGMENT = words(
  "1 unknown segment|2 unexpected segment|3 segment missing|4 too many loops|5 segment too often|6 not in this set|" +
    "7 out of order|8 elements in error|10 separators at the end",
);
const ELEMENT = words(
  "1 missing|2 missing under a condition|3 too many elements|4 too short|5 too long|6 invalid character|7 invalid code|" +
    "8 invalid date|9 invalid time|10 two that exclude each other|12 too many repetitions|13 too many components",
);
const ENVELOPE = words(
  "001 control numbers do not match|002 standard not supported|003 version not supported|005 sender's qualifier invalid|" +
    "006 sender's id invalid|007 receiver's qualifier invalid|008 receiver's id invalid|009 receiver unknown|" +
    "014 date invalid|015 time invalid|018 control number invalid|020 test indicator invalid|021 count does not match|" +
    "022 control structure invalid|023 ends too early|024 content invalid|025 control number sent before",
);

function tableFor(ack: EdiAcknowledgement, error: EdiAcknowledgementError, ofMessage: boolean): Words | null {
  switch (ack.kind) {
    case "CONTRL":
      return SYNTAX;
    case "TA1":
      return ENVELOPE;
    case "997":
    case "999":
      if (error.element !== null) return ELEMENT;
      if (error.segment !== null) return SEGMENT;
      return ofMessage ? SET : GROUP;
    case "APERAK":
      // ERC's codes are the partner's own.
      return null;
    default:
      return ack.kind satisfies never;
  }
}

function complaint(ack: EdiAcknowledgement, error: EdiAcknowledgementError, ofMessage: boolean): string {
  const { code, segment, position, element, value, text } = error;
  const where = [
    segment,
    position === null ? null : `segment ${position}`,
    element === null ? null : `element ${element}`,
  ];
  const said = code === null ? null : tableFor(ack, error, ofMessage)?.get(code);
  const what = [
    code === null ? null : `code ${code}`,
    said ?? null,
    text,
    value === null ? null : `"${value}"`,
  ];
  const there = (parts: readonly (string | null)[]) =>
    parts.filter((part) => part !== null && part !== "").join(" ");
  return [there(where), there(what)].filter((part) => part !== "").join(": ");
}

/** Texts of partners are cut here, so that an answer stays a line on a screen. */
const LONGEST = 500;
const MOST_MESSAGES = 5;
const MOST_COMPLAINTS = 4;

/** One line that says what a refusal complains about: refused messages by their reference in our file, with the first complaints of each. */
export function complaintsOf(ack: EdiAcknowledgement): string | null {
  const refused = ack.details.filter(({ accepted, errors }) => !accepted || errors.length > 0);
  const lines = refused.slice(0, MOST_MESSAGES).map(({ ref, errors }) => {
    const first = errors.slice(0, MOST_COMPLAINTS).map((error) => complaint(ack, error, true));
    return `message ${ref}${first.length === 0 ? "" : ` (${first.join("; ")})`}`;
  });
  if (refused.length > MOST_MESSAGES) lines.push(`${refused.length - MOST_MESSAGES} more messages`);
  const general = ack.errors.slice(0, MOST_COMPLAINTS).map((error) => complaint(ack, error, false));
  const all = [...general, ...lines].filter((part) => part !== "").join("; ");
  if (all === "") return null;
  return all.length > LONGEST ? `${all.slice(0, LONGEST - 1)}…` : all;
}
