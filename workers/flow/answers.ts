import type { Carrier, Harmonized, HarmonizedShipment, PollWay } from "../carriers/carrier.ts";
import { inFollowedForm } from "../carriers/detection.ts";
import { answerHash } from "../domain/answer-hash.ts";
import type { CarrierEvent } from "../domain/tracking-event.ts";
import type { CheckedNumber } from "../storage/checks.ts";
import { numbersOf } from "./harmonize.ts";

/** Whether a carrier's answer is what it was. */

type Asked = Pick<CheckedNumber, "carrier_number" | "answer_hash">;

/**
 * The numbers whose part of the answer differs from the last one, without reading it; null where the answer has no parts,
 * or none for a number that was asked for: then it has to be read.
 */
export function changedParts(
  way: PollWay,
  body: Uint8Array,
  asked: readonly Asked[],
): { number: string; hash: string }[] | null {
  const parts = way.parts?.(body) ?? null;
  if (parts === null) return null;
  const changed: { number: string; hash: string }[] = [];
  for (const { carrier_number, answer_hash } of asked) {
    const part = parts.get(carrier_number);
    if (part === undefined) return null;
    const hash = answerHash(JSON.stringify(part));
    if (hash !== answer_hash) changed.push({ number: carrier_number, hash });
  }
  return changed;
}

/** The numbers whose answer differs from the last one. What is compared is what was read, so a clock in the answer is no news. */
export function changedAnswers(
  carrier: Carrier,
  read: Harmonized,
  asked: readonly Asked[],
): { number: string; hash: string }[] {
  const about = new Map<string, HarmonizedShipment[]>();
  for (const shipment of read.shipments) {
    for (const number of numbersOf(inFollowedForm(carrier, shipment))) {
      const others = about.get(number);
      if (others === undefined) about.set(number, [shipment]);
      else others.push(shipment);
    }
  }
  return asked.flatMap(({ carrier_number, answer_hash }) => {
    const shipments = about.get(carrier_number);
    const hash = shipments === undefined ? null : answerHash(JSON.stringify(shipments.map(said)));
    return hash === null || hash === answer_hash ? [] : [{ number: carrier_number, hash }];
  });
}

/** All that is told of a shipment, without the names of fields and what is left empty: this is written for every check there is. */
function said(shipment: HarmonizedShipment): unknown[] {
  const { carrier_tracking_id, parcel_tracking_id, other_ids, eta, carrier_tracking_update, events } =
    shipment;
  const row: unknown[] = [carrier_tracking_id, parcel_tracking_id, eta];
  if (other_ids.length > 0) row.push(other_ids);
  if (carrier_tracking_update !== null) row.push(carrier_tracking_update);
  for (const event of events) row.push(saidOf(event));
  return row;
}

function saidOf(event: CarrierEvent): unknown[] {
  const { carrier, gluey, status, reason, attempt, time, location, carrier_meta_data, other } = event;
  const row: unknown[] = [
    carrier.code,
    carrier.sub_code,
    gluey.milestone,
    gluey.code,
    gluey.sub_code,
    status,
    time.at,
  ];
  // What is rare stands under its name, so that nothing can stand for anything else.
  if (carrier.freetext_detail !== null) row.push({ said: carrier.freetext_detail });
  if (gluey.freetext_detail !== null) row.push({ told: gluey.freetext_detail });
  if (reason !== null) row.push({ reason });
  if (attempt !== null) row.push({ attempt });
  if (location !== null) row.push({ location });
  if (carrier_meta_data.length > 0) row.push({ carrier_meta_data });
  if (Object.values(other).some((fact) => fact !== null)) row.push({ other });
  if (time.precision !== "second") row.push({ precision: time.precision });
  if (event.order !== null) row.push({ order: event.order });
  if (event.revision !== 0) row.push({ revision: event.revision });
  if (event.withdrawn) row.push({ withdrawn: true });
  return row;
}
