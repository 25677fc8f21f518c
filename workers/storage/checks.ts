import { z } from "zod";
import { checkInterval, dueAfter, slotOf } from "../domain/check-schedule.ts";
import { isEnd, isStatus, type Status } from "../domain/statuses.ts";

/** The schedule of checks in D1: slots that fall due, and the numbers in them. */

export const WAYS = ["poll", "sftp"] as const;

export interface Slot {
  connection_id: string;
  way: (typeof WAYS)[number];
  interval_s: number;
  slot: number;
}

export interface ClaimedSlot extends Slot {
  claim: string;
  resume_after: string | null;
}

/** What only the holder of a claim can name. */
export type SlotHold = Omit<ClaimedSlot, "resume_after">;

const SlotRow = z.object({
  connection_id: z.string(),
  way: z.enum(WAYS),
  interval_s: z.number(),
  slot: z.number(),
  claim: z.string(),
  resume_after: z.string().nullable(),
});

/**
 * Claims what is due: its `due_at` moves to the end of the lease, so that nobody else claims it and a check that dies
 * is claimed again. One statement, so two ticks at once claim nothing twice. Work is bounded by `limit`.
 */
export async function claimDue(
  control: D1Database,
  now: number,
  lease_ms: number,
  limit: number,
): Promise<ClaimedSlot[]> {
  const { results } = await control
    .prepare(
      `UPDATE check_slots SET due_at = ?2, claim = lower(hex(randomblob(8)))
       WHERE (connection_id, way, interval_s, slot) IN
             (SELECT connection_id, way, interval_s, slot FROM check_slots WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
       RETURNING connection_id, way, interval_s, slot, claim, resume_after`,
    )
    .bind(now, now + lease_ms, limit)
    .all();
  return results.map((row) => SlotRow.parse(row));
}

/** Whether a claim still stands; extends its lease when it does. */
export async function holdClaim(control: D1Database, slot: SlotHold, until: number): Promise<boolean> {
  const row = await control
    .prepare(
      "UPDATE check_slots SET due_at = ?6 WHERE connection_id = ?1 AND way = ?2 AND interval_s = ?3 AND slot = ?4 AND claim = ?5 RETURNING slot",
    )
    .bind(slot.connection_id, slot.way, slot.interval_s, slot.slot, slot.claim, until)
    .first();
  return row !== null;
}

/** A check is over: when the slot is due next, and how it went. Only the claim's holder may say so. */
export async function releaseSlot(
  control: D1Database,
  slot: SlotHold,
  end: { due_at: number; now: number; error: string | null; resume_after: string | null },
): Promise<void> {
  await control
    .prepare(
      `UPDATE check_slots SET due_at = ?6, claim = NULL, last_done_at = ?7, last_ok_at = CASE WHEN ?8 IS NULL THEN ?7 ELSE last_ok_at END,
              failures = CASE WHEN ?8 IS NULL THEN 0 ELSE failures + 1 END, last_error = ?8, resume_after = ?9
       WHERE connection_id = ?1 AND way = ?2 AND interval_s = ?3 AND slot = ?4 AND claim = ?5`,
    )
    .bind(
      slot.connection_id,
      slot.way,
      slot.interval_s,
      slot.slot,
      slot.claim,
      end.due_at,
      end.now,
      end.error?.slice(0, 300) ?? null,
      end.resume_after,
    )
    .run();
}

/** A check could not go on yet, which says nothing about how it goes: what was said of the last one stays. */
export async function putOffSlot(
  control: D1Database,
  slot: SlotHold,
  until: { due_at: number; resume_after: string | null },
): Promise<void> {
  await control
    .prepare(
      `UPDATE check_slots SET due_at = ?6, claim = NULL, resume_after = ?7
       WHERE connection_id = ?1 AND way = ?2 AND interval_s = ?3 AND slot = ?4 AND claim = ?5`,
    )
    .bind(
      slot.connection_id,
      slot.way,
      slot.interval_s,
      slot.slot,
      slot.claim,
      until.due_at,
      until.resume_after,
    )
    .run();
}

/** A slot that holds no number any more. */
export async function removeSlot(control: D1Database, slot: SlotHold): Promise<void> {
  await control
    .prepare(
      `DELETE FROM check_slots WHERE connection_id = ?1 AND way = ?2 AND interval_s = ?3 AND slot = ?4 AND claim = ?5
       AND NOT EXISTS (SELECT 1 FROM checks c WHERE c.connection_id = ?1 AND c.interval_s = ?3 AND c.slot = ?4)`,
    )
    .bind(slot.connection_id, slot.way, slot.interval_s, slot.slot, slot.claim)
    .run();
}

/** How often in a row a slot's checks have failed. */
export async function failuresOf(control: D1Database, slot: Slot): Promise<number> {
  const row = await control
    .prepare(
      "SELECT failures FROM check_slots WHERE connection_id = ?1 AND way = ?2 AND interval_s = ?3 AND slot = ?4",
    )
    .bind(slot.connection_id, slot.way, slot.interval_s, slot.slot)
    .first<{ failures: number }>();
  return row?.failures ?? 0;
}

export interface CheckedNumber {
  carrier_number: string;
  answer_hash: string | null;
  status: Status;
  changed_at: number;
}

const NumberRow = z.object({
  carrier_number: z.string(),
  answer_hash: z.string().nullable(),
  status: z.custom<Status>((word) => typeof word === "string" && isStatus(word)),
  changed_at: z.number(),
});

/** The numbers of a slot after one of them, in order. */
export async function numbersIn(
  control: D1Database,
  slot: Slot,
  after: string,
  limit: number,
): Promise<CheckedNumber[]> {
  const { results } = await control
    .prepare(
      `SELECT carrier_number, answer_hash, status, changed_at FROM checks
       WHERE connection_id = ?1 AND interval_s = ?2 AND slot = ?3 AND carrier_number > ?4 ORDER BY carrier_number LIMIT ?5`,
    )
    .bind(slot.connection_id, slot.interval_s, slot.slot, after, limit)
    .all();
  return results.map((row) => NumberRow.parse(row));
}

/** Remembers what the carrier answered for some numbers, so that the same answer costs nothing next time. */
export async function keepAnswers(
  control: D1Database,
  connection_id: string,
  answers: readonly { number: string; hash: string }[],
  now: number,
): Promise<void> {
  if (answers.length === 0) return;
  await control
    .prepare(
      `UPDATE checks SET answer_hash = a.value ->> 'hash', changed_at = ?3 FROM json_each(?2) AS a
       WHERE checks.connection_id = ?1 AND checks.carrier_number = a.value ->> 'number'`,
    )
    .bind(connection_id, JSON.stringify(answers), now)
    .run();
}

interface Move {
  connection_id: string;
  number: string;
  interval_s: number;
  slot: number;
  status: Status;
  due_at: number;
}

/** Moves numbers to the slot of another interval, making the slot where it is new. */
export async function moveChecks(control: D1Database, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  const rows = JSON.stringify(moves);
  await control.batch([
    control
      .prepare(
        `INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures)
         SELECT DISTINCT m.value ->> 'connection_id', 'poll', m.value ->> 'interval_s', m.value ->> 'slot', m.value ->> 'due_at', 0
         FROM json_each(?1) AS m WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(rows),
    control
      .prepare(
        `UPDATE checks SET interval_s = m.value ->> 'interval_s', slot = m.value ->> 'slot', status = m.value ->> 'status' FROM json_each(?1) AS m
         WHERE checks.connection_id = m.value ->> 'connection_id' AND checks.carrier_number = m.value ->> 'number'`,
      )
      .bind(rows),
  ]);
}

const FollowedRow = z.object({
  shipment_id: z.string(),
  connection_id: z.string(),
  carrier_number: z.string(),
  interval_s: z.number(),
  status: z.string(),
  live: z.number(),
  pushes: z.number(),
  min_minutes: z.number().nullable(),
});

const SHOW_ENDED = `
UPDATE followers SET ended = s.value ->> 'ended' FROM json_each(?1) AS s
WHERE followers.shipment_id = s.value ->> 'shipment_id' AND followers.ended <> s.value ->> 'ended'`;

const READ_CHECKS = `
SELECT f.shipment_id, c.connection_id, c.carrier_number, c.interval_s, c.status,
       (SELECT count(*) FROM followers o WHERE o.connection_id = c.connection_id AND o.carrier_number = c.carrier_number AND o.ended = 0) AS live,
       coalesce((SELECT k.ways ->> '$.webhook' IS NOT NULL FROM connections k WHERE k.id = c.connection_id), 0) AS pushes,
       (SELECT k.ways ->> '$.poll.min_minutes' FROM connections k WHERE k.id = c.connection_id) AS min_minutes
FROM json_each(?1) AS s
CROSS JOIN followers f ON f.shipment_id = s.value ->> 'shipment_id'
CROSS JOIN checks c ON c.connection_id = f.connection_id AND c.carrier_number = f.carrier_number`;

/** The checks of shipments whose status changed get that status' interval; once all who follow a number have ended there are none. */
export async function rescheduleChecks(
  control: D1Database,
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
  const ended: { connection_id: string; number: string }[] = [];
  for (const raw of read?.results ?? []) {
    const row = FollowedRow.parse(raw);
    if (row.live === 0) ended.push({ connection_id: row.connection_id, number: row.carrier_number });
    const status = statusOf.get(row.shipment_id);
    if (status === undefined || status === row.status) continue;
    const interval_s = checkInterval({
      status,
      quiet_s: 0,
      pushes: row.pushes === 1,
      min_minutes: row.min_minutes,
    });
    // Ended for this one; somebody else may still wait for news of the same number.
    if (interval_s === null) continue;
    const slot = slotOf(row.carrier_number, interval_s);
    moves.push({
      connection_id: row.connection_id,
      number: row.carrier_number,
      interval_s,
      slot,
      status,
      due_at: dueAfter(interval_s, slot, clock.now, clock.timeScale),
    });
  }
  await moveChecks(control, moves);
  if (ended.length > 0) {
    await control
      .prepare(
        "DELETE FROM checks WHERE (connection_id, carrier_number) IN (SELECT e.value ->> 'connection_id', e.value ->> 'number' FROM json_each(?1) AS e)",
      )
      .bind(JSON.stringify(ended))
      .run();
  }
}
