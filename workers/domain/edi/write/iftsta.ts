import {
  type FileElement,
  type PartnerAgreement,
  Remarks,
  type TrackingFileInput,
  type WrittenEvents,
} from "../../tracking-file/tracking-file.ts";
import { message, segment, UNA } from "./edifact-segment.ts";
import { utcStamp } from "./event-time.ts";
import { type IftstaDirectory, LENGTHS } from "./iftsta-directory.ts";
import { IftstaEvent } from "./iftsta-event.ts";
import { latin1Bytes, toLatin1 } from "./letters.ts";
import { controlNumber, partnerId } from "./partner.ts";
import { isUnasked, leftOut, named } from "./selection.ts";

/** An element that the directory can hold, with its status code there. */
interface Status {
  element: FileElement;
  code: string;
  /** BGM 1225: 9 original, 5 replaces, 1 cancels an event told before. */
  purpose: "9" | "5" | "1";
}

/**
 * An IFTSTA interchange: one message a shipment with its events in the order of `sequence`, so that what a receiver
 * refuses costs one shipment only. A correction stands in a message of its own (BGM 5 or 1), behind what it corrects;
 * a message holds at most 99 events. Syntax UNOC version 3; all times of the envelope are UTC.
 */
export function writeIftsta(input: TrackingFileInput, directory: IftstaDirectory): WrittenEvents {
  const remarks = new Remarks();
  const held = new Map<string, Status[]>();
  const left_out: WrittenEvents["left_out"] = [];
  let events = 0;
  for (const element of input.elements) {
    const status = statusOf(element, input.include_notices === true, directory, remarks);
    if (status === null) {
      left_out.push(leftOut(element, input.include_notices === true));
      continue;
    }
    const shipment = held.get(element.shipment_id) ?? [];
    if (shipment.length === 0) held.set(element.shipment_id, shipment);
    shipment.push(status);
    events++;
  }
  const messages = [...held.values()].flatMap(messagesOf);
  const bytes = events === 0 ? new Uint8Array(0) : interchange(input, directory, messages, remarks);
  return { bytes, events, left_out, remarks: remarks.all() };
}

function statusOf(
  element: FileElement,
  include_notices: boolean,
  directory: IftstaDirectory,
  remarks: Remarks,
): Status | null {
  const { event } = element;
  if (isUnasked(element, include_notices)) return null;
  const code = directory.status(event.codes.gluey, include_notices);
  if (code === null) {
    remarks.add("NO_CODE", `${named(element)}: D.${directory.release} has no status code for it.`);
    return null;
  }
  const numbers = [element.carrier_tracking_id, element.parcel?.carrier_tracking_id ?? ""];
  if (numbers.some((number) => toLatin1(number).text.length > LENGTHS.id)) {
    remarks.add(
      "NUMBER_TOO_LONG",
      `${named(element)}: its tracking number is longer than the ${LENGTHS.id} letters of CNI and GIN.`,
    );
    return null;
  }
  return { element, code, purpose: event.withdrawn ? "1" : event.replaces === null ? "9" : "5" };
}

/** A shipment's events in messages: a new one where the purpose changes and where one is full. */
function messagesOf(statuses: readonly Status[]): Status[][] {
  const messages: Status[][] = [];
  let open: Status[] = [];
  for (const status of statuses) {
    if (open.length === 0 || open.length === LENGTHS.statuses || open[0]?.purpose !== status.purpose) {
      open = [];
      messages.push(open);
    }
    open.push(status);
  }
  return messages;
}

function interchange(
  input: TrackingFileInput,
  directory: IftstaDirectory,
  messages: readonly (readonly Status[])[],
  remarks: Remarks,
): Uint8Array {
  const control = controlNumber(input.control_number);
  const agreement = input.qualifiers ?? {};
  const sender = partnerId(input.sender, LENGTHS.id, "sender");
  const receiver = partnerId(input.receiver, LENGTHS.id, "receiver");
  const { date, time } = utcStamp(input.created_at_ms);
  const header = segment(
    "UNB",
    ["UNOC", "3"],
    [sender, agreement.sender ?? "ZZZ"],
    [receiver, agreement.receiver ?? "ZZZ"],
    [date.slice(2), time],
    control,
    "",
    directory.applicationReference,
    "",
    "",
    "",
    input.test ? "1" : "",
  );
  const parties = [
    segment("NAD", "MS", party(sender, agreement.sender)),
    segment("NAD", "MR", party(receiver, agreement.receiver)),
  ];
  const body = messages.flatMap((statuses, index) => {
    const reference = `${control}${String(index + 1).padStart(5, "0")}`;
    return message(
      reference,
      ["IFTSTA", "D", directory.release, "UN"],
      [
        segment("BGM", "77", reference, statuses[0]?.purpose ?? "9"),
        segment("DTM", ["137", `${date}${time}`, "203"]),
        ...parties,
        ...consignment(statuses, directory, agreement, remarks),
      ],
    );
  });
  const trailer = segment("UNZ", String(messages.length), control);
  return latin1Bytes(`${[UNA, header, ...body, trailer].join("\n")}\n`);
}

/** A GLN says so (agency 9, GS1); any other id is what the partners agreed. */
function party(id: string, qualifier: string | undefined): readonly string[] {
  return qualifier === "14" ? [id, "", "9"] : [id];
}

function consignment(
  statuses: readonly Status[],
  directory: IftstaDirectory,
  agreement: PartnerAgreement,
  remarks: Remarks,
): string[] {
  const first = statuses[0]?.element;
  if (first === undefined) return [];
  return [
    segment("NAD", "CA", [toLatin1(first.carrier_id).text.slice(0, LENGTHS.id), "", "86"]),
    segment("CNI", "1", toLatin1(first.carrier_tracking_id).text),
    ...statuses.flatMap(({ element, code }) =>
      new IftstaEvent(element, directory, agreement, remarks).segments(code),
    ),
  ];
}
