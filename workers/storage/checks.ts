import { z } from "zod";
import {
  checkPlan,
  dueAfter,
  type SlotInTime,
  type Spread,
  slotOf,
  spreadBits,
} from "../domain/check-schedule.ts";
import { isEnd, isStatus, type Status } from "../domain/statuses.ts";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";

/** The schedule of checks in D1: the numbers to ask for, each in a slot of its interval. Slots themselves: check-slots.ts. */

export interface CheckedNumber {
  carrier_number: string;
  answer_hash: string | null;
  status: Status;
  changed_at: number;
}

/** The numbers of a slot after one of them, in order: one row read for each. */
export async function numbersIn(
  control: D1Database,
  slot: SlotInTime,
  after: string,
  limit: number,
): Promise<CheckedNumber[]> {
  const { results } = await control
    .prepare(
      `SELECT carrier_number, answer_hash, status, changed_at FROM checks
       WHERE connection_id = ?1 AND interval_s = ?2 AND slot = ?3 AND carrier_number > ?4 ORDER BY carrier_number LIMIT ?5`,
    )
    .bind(slot.connection_id, slot.interval_s, slot.slot, after, limit)
    .all<{ carrier_number: string; answer_hash: string | null; status: string; changed_at: number }>();
  // Thousands of rows of our own: looked at one by one only where that tells something.
  return results.map(({ carrier_number, answer_hash, status, changed_at }) => {
    if (!isStatus(status)) throw new Error(`A check stands under "${status}", which is no status.`);
    return { carrier_number, answer_hash, status, changed_at };
  });
}

/** How many numbers a slot holds, counted up to `most`. */
export async function countIn(control: D1Database, slot: SlotInTime, most: number): Promise<number> {
  const row = await control
    .prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM checks WHERE connection_id = ?1 AND interval_s = ?2 AND slot = ?3 LIMIT ?4)`,
    )
    .bind(slot.connection_id, slot.interval_s, slot.slot, most)
    .first<{ n: number }>();
  return row?.n ?? 0;
}

/** Remembers what the carrier answered for some numbers, so that the same answer costs nothing next time. */
export async function keepAnswers(
  control: D1Database,
  connection_id: string,
  answers: readonly { number: string; hash: string }[],
  now: number,
): Promise<void> {
  // The connection is in the rows too: were it a parameter, all its numbers would be gone through for these few.
  for (const piece of jsonPieces(answers.map(({ number, hash }) => [connection_id, number, hash])))
    await control.prepare(KEEP_ANSWERS).bind(piece, now).run();
}

const KEEP_ANSWERS = `
UPDATE checks SET answer_hash = a.value ->> 2, changed_at = ?2 FROM json_each(?1) AS a
WHERE checks.connection_id = a.value ->> 0 AND checks.carrier_number = a.value ->> 1`;

/** Where a number goes. `changed_at` is null where nothing changed but its place. */
export interface Move extends SlotInTime {
  number: string;
  status: Status;
  changed_at: number | null;
  due_at: number;
}

/**
 * Moves numbers to other slots, making those that are new. One without `changed_at` stays where it is if its status has
 * changed since it was read: the inbox may be done with a document before the check that fetched it.
 */
export async function moveChecks(control: Queryable, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  const slots = new Map(
    moves.map(({ connection_id, interval_s, slot, due_at }) => [
      `${connection_id} ${interval_s} ${slot}`,
      [connection_id, interval_s, slot, due_at],
    ]),
  );
  const rows = moves.map(({ connection_id, number, interval_s, slot, status, changed_at }) => [
    connection_id,
    number,
    interval_s,
    slot,
    status,
    changed_at,
  ]);
  await control.batch([
    ...jsonPieces([...slots.values()]).map((piece) => control.prepare(PUT_SLOTS).bind(piece)),
    ...jsonPieces(rows).map((piece) => control.prepare(MOVE_CHECKS).bind(piece)),
  ]);
}

const PUT_SLOTS = `
INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures)
SELECT j.value ->> 0, 'poll', j.value ->> 1, j.value ->> 2, j.value ->> 3, 0 FROM json_each(?1) AS j WHERE true ON CONFLICT DO NOTHING`;

const MOVE_CHECKS = `
UPDATE checks SET interval_s = m.value ->> 2, slot = m.value ->> 3, status = m.value ->> 4, changed_at = coalesce(m.value ->> 5, changed_at)
FROM json_each(?1) AS m WHERE checks.connection_id = m.value ->> 0 AND checks.carrier_number = m.value ->> 1
  AND (m.value ->> 5 IS NOT NULL OR checks.status = m.value ->> 4)`;

/** Numbers whose last look is over are not asked for any more, unless something became of them meanwhile. */
export async function endChecks(
  control: D1Database,
  connection_id: string,
  looked: readonly CheckedNumber[],
): Promise<void> {
  const rows = looked.map(({ carrier_number, status, changed_at }) => [
    connection_id,
    carrier_number,
    status,
    changed_at,
  ]);
  for (const piece of jsonPieces(rows)) await control.prepare(END_CHECKS).bind(piece).run();
}

const END_CHECKS = `
DELETE FROM checks WHERE (connection_id, carrier_number) IN (
  SELECT c.connection_id, c.carrier_number FROM json_each(?1) AS e
  CROSS JOIN checks c ON c.connection_id = e.value ->> 0 AND c.carrier_number = e.value ->> 1
  WHERE c.status = e.value ->> 2 AND c.changed_at = e.value ->> 3)`;

const FollowedRow = z.object({
  shipment_id: z.string(),
  connection_id: z.string(),
  carrier_number: z.string(),
  status: z.string(),
  live: z.number(),
  pushes: z.number().nullable(),
  min_minutes: z.number().nullable(),
  spread: z.string().nullable(),
});

const SHOW_ENDED = `
UPDATE followers SET ended = s.value ->> 'ended' FROM json_each(?1) AS s
WHERE followers.shipment_id = s.value ->> 'shipment_id' AND followers.ended <> s.value ->> 'ended'`;

const READ_CHECKS = `
SELECT f.shipment_id, c.connection_id, c.carrier_number, c.status,
       (SELECT count(*) FROM followers o WHERE o.connection_id = c.connection_id AND o.carrier_number = c.carrier_number AND o.ended = 0) AS live,
       k.ways ->> '$.webhook' IS NOT NULL AS pushes, k.ways ->> '$.poll.min_minutes' AS min_minutes, k.spread
FROM json_each(?1) AS s
CROSS JOIN followers f ON f.shipment_id = s.value ->> 'shipment_id'
CROSS JOIN checks c ON c.connection_id = f.connection_id AND c.carrier_number = f.carrier_number
LEFT JOIN connections k ON k.id = c.connection_id`;

/** The checks of shipments whose status changed get that status' plan; once all who follow a number have ended, its last look. */
export async function rescheduleChecks(
  control: Queryable,
  shipments: readonly { shipment_id: string; status: Status }[],
  clock: { now: number; timeScale: number },
): Promise<void> {
  if (shipments.length === 0) return;
  const rows = JSON.stringify(
    shipments.map(({ shipment_id, status }) => ({ shipment_id, ended: isEnd(status) ? 1 : 0 })),
  );
  const [, read] = await control.batch([
    control.prepare(SHOW_ENDED).bind(rows),
    control.prepare(READ_CHECKS).bind(rows),
  ]);
  const statusOf = new Map(shipments.map((s) => [s.shipment_id, s.status]));
  const moves: Move[] = [];
  for (const raw of read?.results ?? []) {
    const row = FollowedRow.parse(raw);
    const status = statusOf.get(row.shipment_id);
    if (status === undefined || status === row.status) continue;
    // Ended for this one; somebody else may still wait for news of the same number.
    if (isEnd(status) && row.live > 0) continue;
    const { interval_s } = checkPlan({
      status,
      quiet_s: 0,
      pushes: row.pushes === 1,
      min_minutes: row.min_minutes,
    });
    moves.push(
      moveOf(row.connection_id, row.carrier_number, {
        interval_s,
        status,
        changed_at: clock.now,
        spread: readSpread(row.spread),
        clock,
      }),
    );
  }
  await moveChecks(control, moves);
}

/** The move of a number to its slot of an interval. */
export function moveOf(
  connection_id: string,
  number: string,
  to: {
    interval_s: number;
    status: Status;
    changed_at: number | null;
    spread: Spread;
    clock: { now: number; timeScale: number };
  },
): Move {
  const { interval_s, status, changed_at, clock } = to;
  const slot = slotOf(number, spreadBits(to.spread, interval_s));
  const due_at = dueAfter({ connection_id, interval_s, slot }, clock.now, clock.timeScale);
  return { connection_id, number, interval_s, slot, status, changed_at, due_at };
}

const SpreadJson = z.record(z.string(), z.object({ bits: z.number(), since: z.number() }));

/** A connection's spread as its row holds it. */
export function readSpread(json: string | null): Spread {
  return json === null ? {} : SpreadJson.parse(JSON.parse(json));
}

/** Writes a spread, unless another poller has changed it since it was read. */
export async function putSpread(
  control: D1Database,
  connection_id: string,
  spread: { before: Spread; after: Spread },
): Promise<void> {
  await control
    .prepare("UPDATE connections SET spread = ?3 WHERE id = ?1 AND spread = ?2")
    .bind(connection_id, JSON.stringify(spread.before), JSON.stringify(spread.after))
    .run();
}
