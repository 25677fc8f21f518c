/** What the envelope of an EDI file takes from its partners, and what it refuses. */

/** Holds in UNB 0020 (with five digits behind it in UNH 0062), ISA13 and GS06 alike. */
const MAX_CONTROL_NUMBER = 999_999_999;

/** The file's number as digits. Throws for one that no envelope holds. */
export function controlNumber(number: number): string {
  if (!Number.isInteger(number) || number < 1 || number > MAX_CONTROL_NUMBER)
    throw new RangeError(
      `A file's control number is whole, from 1 to ${MAX_CONTROL_NUMBER}: ${number} is not.`,
    );
  return String(number);
}

/** A partner's id as the envelope takes it. Throws for one that it cannot hold, with a sentence that says why. */
export function partnerId(id: string, size: number, whose: "sender" | "receiver"): string {
  if (id.trim() === "" || id.length > size || !/^[\x20-\x7e]+$/u.test(id))
    throw new RangeError(
      `The ${whose}'s id must have 1 to ${size} letters of ASCII: agree another one than "${id}" with the partner.`,
    );
  return id.trim();
}
