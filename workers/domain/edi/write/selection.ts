import { codePath } from "../../codes.ts";
import type { FileElement, LeftOut } from "../../tracking-file/tracking-file.ts";

/** Whether an event moves no status: such are left out of EDI files unless the subscription asks for them. */
export function isUnasked({ event }: FileElement, include_notices: boolean): boolean {
  return !include_notices && (event.status === "notice" || codePath(event.codes.gluey) === "other/unmapped");
}

/** An event that is not written, and whether that is meant so or the format's fault. */
export function leftOut(element: FileElement, include_notices: boolean): LeftOut {
  const { shipment_id, sequence } = element;
  return { shipment_id, sequence, because: isUnasked(element, include_notices) ? "notice" : "no_place" };
}

/** How a remark names an event: by what the account's feed names it by, and by nothing that tells who gets the parcel. */
export function named({ shipment_id, sequence }: FileElement): string {
  return `Shipment ${shipment_id}, sequence ${sequence}`;
}

/** A status in words for people: "Out for delivery". */
export function statusInWords({ event }: FileElement): string {
  const words = event.status.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What happened, in the best words there are. */
export function plainText(element: FileElement): string {
  const { gluey, carrier } = element.event.codes;
  const texts = [gluey.freetext_detail, carrier.freetext_detail];
  return texts.find((text) => text !== null && text.trim() !== "") ?? statusInWords(element);
}

/** The 18 digits of a serial shipping container code (GS1), where a parcel's number is one, with or without its 00. */
export function ssccOf(number: string): string | null {
  const digits = /^(?:00)?(\d{18})$/u.exec(number)?.[1];
  if (digits === undefined) return null;
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0 ? digits : null;
}

/** The shipment's meta data that the partners agreed to send as references: qualifier and value. */
export function agreedReferences(
  element: FileElement,
  agreed: Readonly<Record<string, string>> | undefined,
): [qualifier: string, value: string][] {
  return element.shipment_meta_data.flatMap(({ key, value }): [string, string][] => {
    const qualifier = agreed !== undefined && Object.hasOwn(agreed, key) ? agreed[key] : undefined;
    return qualifier === undefined || value.trim() === "" ? [] : [[qualifier, value]];
  });
}
