import type { PartnerAgreement } from "../edi-agreement.ts";
import type { FileFormat } from "../subscription.ts";
import type { WebhookElement } from "../webhook-element.ts";

export type { PartnerAgreement };

/** What goes into a tracking file and what comes out: the words that every format shares. */

/** One event with its shipment, parcel and place in the order. */
export type FileElement = WebhookElement;

export interface TrackingFileInput {
  format: FileFormat;
  /** In the order of the feed; a shipment's elements in the order of `sequence`. */
  elements: readonly FileElement[];
  /** Whole, 1 to 999,999,999: the partner's next number, stored by the caller and never used twice. */
  control_number: number;
  /** Epoch milliseconds: the date the file gives itself. */
  created_at_ms: number;
  /** Our id and the receiver's, as agreed. */
  sender: string;
  receiver: string;
  test: boolean;
  /** IFTSTA and 214 leave out what moves no status (`notice`, `other/unmapped`) unless this is set. */
  include_notices?: boolean;
  qualifiers?: PartnerAgreement;
}

/** Something about the file that its reader or our operator should know. */
export interface FileRemark {
  kind:
    | "CHARACTERS_CHANGED" // a character that the file's set lacks was written with other letters
    | "TEXT_CUT" // a text was longer than the format allows
    | "REFERENCE_LEFT_OUT" // a reference does not fit its element; a cut one would match the wrong thing
    | "NUMBER_TOO_LONG" // the tracking number does not fit: the event is left out
    | "NO_CODE" // the receiver's list has no code for the event: left out
    | "WITHDRAWN_LEFT_OUT" // the format cannot take an event back
    | "PLACE_LEFT_OUT" // the format wants a state or a country with the city
    | "SCAC_MISSING" // no SCAC is agreed for the carrier
    | "MORE_REMARKS"; // the list is bounded
  detail: string;
}

/**
 * An event that the file does not carry. `notice`: it moves no status, and such are not asked for. `no_place`: the
 * format cannot hold it; a remark says why.
 */
export interface LeftOut {
  shipment_id: string;
  sequence: number;
  because: "notice" | "no_place";
}

export interface WrittenEvents {
  bytes: Uint8Array;
  /** How many of the elements the file carries. */
  events: number;
  left_out: LeftOut[];
  remarks: FileRemark[];
}

/** One format's writer. Throws only for an agreement that cannot be written (an id too long for its element). */
export type FileWriter = (input: TrackingFileInput) => WrittenEvents;

const MAX_REMARKS = 100;

/** Collects remarks: each text once, at most a hundred, then only their number. */
export class Remarks {
  private readonly seen = new Set<string>();
  private readonly list: FileRemark[] = [];
  private more = 0;

  add(kind: FileRemark["kind"], detail: string): void {
    const key = `${kind} ${detail}`;
    if (this.seen.has(key)) return;
    if (this.list.length >= MAX_REMARKS) {
      this.more++;
      return;
    }
    this.seen.add(key);
    this.list.push({ kind, detail });
  }

  all(): FileRemark[] {
    if (this.more === 0) return this.list;
    return [...this.list, { kind: "MORE_REMARKS", detail: `${this.more} more remarks are not listed.` }];
  }
}
