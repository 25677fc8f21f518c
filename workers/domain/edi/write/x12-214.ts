import {
  type FileElement,
  Remarks,
  type TrackingFileInput,
  type WrittenEvents,
} from "../../tracking-file/tracking-file.ts";
import { utcStamp } from "./event-time.ts";
import { latin1Bytes, toAscii } from "./letters.ts";
import { controlNumber, partnerId } from "./partner.ts";
import { isUnasked, leftOut, named } from "./selection.ts";
import { type X12Version, x12Status } from "./x12-codes.ts";
import { REFERENCE_LENGTH, X12Event } from "./x12-event.ts";
import { isa, withoutSeparators, x12Segment } from "./x12-segment.ts";

/** ISA06, ISA08, GS02 and GS03. */
const ID_LENGTH = 15;

/**
 * An X12 interchange with one group of 214s, one transaction set an event: what many receivers expect, and what a 997
 * refuses is then one event. Sets stand in the feed's order, so a shipment's events stand in the order of `sequence`.
 * Version 004010 or 005010; times are UTC.
 */
export function writeX12Status(input: TrackingFileInput): WrittenEvents {
  const agreement = input.qualifiers ?? {};
  const version = agreement.x12_version ?? "004010";
  const remarks = new Remarks();
  const left_out: WrittenEvents["left_out"] = [];
  const sets: string[][] = [];
  for (const element of input.elements) {
    const status = statusOf(element, input.include_notices === true, version, remarks);
    if (status === null) {
      left_out.push(leftOut(element, input.include_notices === true));
      continue;
    }
    sets.push(set(sets.length + 1, new X12Event(element, version, agreement, remarks).segments(status)));
  }
  const bytes = sets.length === 0 ? new Uint8Array(0) : interchange(input, version, sets);
  return { bytes, events: sets.length, left_out, remarks: remarks.all() };
}

function statusOf(
  element: FileElement,
  include_notices: boolean,
  version: X12Version,
  remarks: Remarks,
): { status: string; reason: string } | null {
  if (isUnasked(element, include_notices)) return null;
  if (element.event.withdrawn) {
    remarks.add(
      "WITHDRAWN_LEFT_OUT",
      `${named(element)}: it takes an event back, which a 214 has no words for.`,
    );
    return null;
  }
  const status = x12Status(element.event.codes.gluey, element.event.reason, version);
  if (status === null) {
    remarks.add("NO_CODE", `${named(element)}: X12 has no status code for it.`);
    return null;
  }
  const number = withoutSeparators(toAscii(element.carrier_tracking_id).text);
  if (number.length > REFERENCE_LENGTH[version]) {
    remarks.add(
      "NUMBER_TOO_LONG",
      `${named(element)}: its tracking number is longer than the ${REFERENCE_LENGTH[version]} letters of B10.`,
    );
    return null;
  }
  return status;
}

function set(index: number, body: readonly string[]): string[] {
  const control = String(index).padStart(4, "0");
  return [x12Segment("ST", "214", control), ...body, x12Segment("SE", String(body.length + 2), control)];
}

function interchange(input: TrackingFileInput, version: X12Version, sets: readonly string[][]): Uint8Array {
  const control = controlNumber(input.control_number);
  const agreement = input.qualifiers ?? {};
  const sender = withoutSeparators(partnerId(input.sender, ID_LENGTH, "sender"));
  const receiver = withoutSeparators(partnerId(input.receiver, ID_LENGTH, "receiver"));
  const { date, time } = utcStamp(input.created_at_ms);
  const header = isa({
    sender,
    sender_qualifier: agreement.sender ?? "ZZ",
    receiver,
    receiver_qualifier: agreement.receiver ?? "ZZ",
    date: date.slice(2),
    time,
    version,
    control,
    test: input.test,
  });
  const segments = [
    header,
    x12Segment("GS", "QM", sender, receiver, date, time, control, "X", version),
    ...sets.flat(),
    x12Segment("GE", String(sets.length), control),
    x12Segment("IEA", "1", control.padStart(9, "0")),
  ];
  return latin1Bytes(`${segments.join("\n")}\n`);
}
