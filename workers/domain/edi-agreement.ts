import { z } from "zod";
import type { FileFormat } from "./subscription.ts";

/** What Gluey and a customer agree on for EDIFACT and X12 files. All of it has a default; CSV and JSON need none of it. */

export type EdiStandard = "edifact" | "x12";

/** The standard of a file format; null for CSV and JSON. */
export function standardOf(format: FileFormat): EdiStandard | null {
  if (format === "x12-214") return "x12";
  return format === "csv" || format === "json" ? null : "edifact";
}

/** What we call ourselves where nothing else is agreed. */
export const DEFAULT_SENDER = "GLUEY";

/** UNB 0004 and 0010 have 35 letters. ISA06 and 08 have 15, and GS02 and 03, which hold the same, at least 2. */
const ID_SIZES: Record<EdiStandard, { least: number; most: number; where: string }> = {
  edifact: { least: 1, most: 35, where: "UNB" },
  x12: { least: 2, most: 15, where: "ISA and GS" },
};

const qualifier = z.string().regex(/^[A-Z0-9]{1,4}$/u, "An id's qualifier has 1 to 4 capitals and digits.");
const reference = z
  .string()
  .regex(/^[A-Z0-9]{2,3}$/u, "A reference's qualifier has 2 or 3 capitals and digits.");
const MOST_ENTRIES = 50;
const few = (record: object) => Object.keys(record).length <= MOST_ENTRIES;

export const PartnerAgreement = z.object({
  /** Qualifier of our id: UNB 0007 (default `ZZZ`) or ISA05 (default `ZZ`). */
  sender: qualifier.optional(),
  /** Qualifier of the receiver's id: `14` is a GLN in UNB; default as above. */
  receiver: qualifier.optional(),
  /** GIN qualifier of an SSCC: default `BJ` in D.96A, `AW` in D.01B. */
  sscc: z.enum(["AW", "BJ"]).optional(),
  /** FTX subject of code path and plain text. `AHN` unless the partner's validator keeps strictly to the list of D.96A, which lacks it. */
  status_text: z
    .string()
    .regex(/^[A-Z0-9]{3}$/u, "A text's subject has 3 capitals and digits.")
    .optional(),
  /** Version of the 214: default `004010`. */
  x12_version: z.enum(["004010", "005010"]).optional(),
  /** Carrier's id with us → its Standard Carrier Alpha Code, for B10-03. */
  scac: z
    .record(z.string().max(60), z.string().regex(/^[A-Z]{2,4}$/u, "A SCAC has 2 to 4 capitals."))
    .refine(few, `At most ${MOST_ENTRIES} carriers.`)
    .readonly()
    .optional(),
  /** Key of the shipment's meta data → reference qualifier (RFF 1153, L11 128) under which its value is sent. */
  references: z
    .record(z.string().max(200), reference)
    .refine(few, `At most ${MOST_ENTRIES} references.`)
    .readonly()
    .optional(),
});
export type PartnerAgreement = z.infer<typeof PartnerAgreement>;

const id = z
  .string()
  .max(35)
  .regex(
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/u,
    "An id has letters of ASCII, and no blank at its ends.",
  );

export const EdiAgreement = z.object({
  /** Our id in the envelope: `GLUEY` where none is agreed. */
  sender: id.optional(),
  /** The customer's id in the envelope: else the account's number, shortened where the standard holds less. */
  receiver: id.optional(),
  /** Also tell events that move no status (`notice`, `other/unmapped`). */
  include_notices: z.boolean().optional(),
  qualifiers: PartnerAgreement.optional(),
});
export type EdiAgreement = z.infer<typeof EdiAgreement>;

/** The ids of a file's envelope, as agreed or by default. A default never fails: what is too long is shortened. */
export function envelopeIds(
  format: FileFormat,
  account_number: string,
  edi: EdiAgreement | undefined,
): { sender: string; receiver: string } {
  const standard = standardOf(format);
  const size = standard === null ? null : ID_SIZES[standard];
  const fitted = size === null ? account_number : account_number.slice(0, size.most).padEnd(size.least, "0");
  return { sender: edi?.sender ?? DEFAULT_SENDER, receiver: edi?.receiver ?? fitted };
}

/** What an agreement says that its format cannot hold. `field` names it as the API does. */
export interface AgreementFault {
  field: string;
  detail: string;
}

interface Agreed {
  format: FileFormat;
  edi?: EdiAgreement | undefined;
  ack_directory?: string | undefined;
  ack_within_hours?: number | undefined;
}

/** The first fault of an sFTP subscription's agreement; null where files can be written by it. */
export function agreementFault({
  format,
  edi,
  ack_directory,
  ack_within_hours,
}: Agreed): AgreementFault | null {
  const standard = standardOf(format);
  if (ack_within_hours !== undefined && ack_directory === undefined)
    return {
      field: "ack_within_hours",
      detail: "Say in ack_directory where acknowledgements are to be found.",
    };
  if (standard === null) {
    if (ack_directory === undefined) return null;
    return {
      field: "ack_directory",
      detail: "Only EDIFACT and X12 files are acknowledged: leave ack_directory out.",
    };
  }
  const { least, most, where } = ID_SIZES[standard];
  for (const field of ["sender", "receiver"] as const) {
    const value = edi?.[field];
    if (value !== undefined && (value.length < least || value.length > most))
      return {
        field: `edi.${field}`,
        detail: `An id has ${least} to ${most} letters in ${where}: "${value}" has ${value.length}. Agree another one with the partner.`,
      };
    if (value !== undefined && standard === "x12" && /[*~>^]/u.test(value))
      return { field: `edi.${field}`, detail: "An id in X12 must not hold * ~ > or ^, which separate." };
    const kind = edi?.qualifiers?.[field];
    if (kind !== undefined && standard === "x12" && kind.length !== 2)
      return {
        field: `edi.qualifiers.${field}`,
        detail: "ISA's qualifier of an id has exactly 2 letters, for instance ZZ.",
      };
  }
  return null;
}
