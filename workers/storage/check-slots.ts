import { z } from "zod";
import type { SlotInTime, Spread } from "../domain/check-schedule.ts";
import { readSpread } from "./checks.ts";

/** When something is due: the slots of the schedule, claimed with a lease and released when it is done. */

export const WAYS = ["poll", "sftp"] as const;

export interface Slot extends SlotInTime {
  way: (typeof WAYS)[number];
}

/** What only the holder of a claim can name. */
export interface SlotHold extends Slot {
  claim: string;
}

export interface ClaimedSlot extends SlotHold {
  resume_after: string | null;
  /** Since when its turn has been due, epoch ms: before the claim, and before it was put off. */
  turn_at: number;
  /** What its due time was just before the claim. */
  claimed_from: number;
  slow: boolean;
}

const SlotRow = z.object({
  connection_id: z.string(),
  way: z.enum(WAYS),
  interval_s: z.number(),
  slot: z.number(),
  claim: z.string(),
  resume_after: z.string().nullable(),
  turn_at: z.number(),
  claimed_from: z.number(),
  slow: z.number().transform((slow) => slow === 1),
});

/**
 * Claims what is due up to `until`: its `due_at` moves to the end of the lease, so that nobody else claims it and a check
 * that dies is claimed again. One statement, so two ticks at once claim nothing twice. What is longest due comes first,
 * and `limit` bounds the work: it reads and writes what it claims, however many slots there are.
 */
export async function claimDue(
  control: D1Database,
  until: number,
  lease_end: number,
  limit: number,
): Promise<ClaimedSlot[]> {
  const { results } = await control
    .prepare(
      `UPDATE check_slots SET due_at = ?2, claimed_from = due_at, turn_at = coalesce(turn_at, due_at), claim = lower(hex(randomblob(8)))
       WHERE (connection_id, way, interval_s, slot) IN
             (SELECT connection_id, way, interval_s, slot FROM check_slots WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
       RETURNING connection_id, way, interval_s, slot, claim, resume_after, turn_at, claimed_from, slow`,
    )
    .bind(until, lease_end, limit)
    .all();
  return results.map((row) => SlotRow.parse(row));
}

/** What the schedule says of a slot whose claim stands. */
export interface Held {
  /** How often in a row its checks have failed. */
  failures: number;
  /** How its connection's numbers are spread over slots. */
  spread: Spread;
}

const HeldRow = z.object({ due_at: z.number(), failures: z.number(), spread: z.string().nullable() });

/** Null where a claim does not stand any more. Extends its lease when less than half of it is left, so most checks write nothing here. */
export async function holdClaim(
  control: D1Database,
  slot: SlotHold,
  { now, lease_end }: { now: number; lease_end: number },
): Promise<Held | null> {
  const row = await control
    .prepare(
      `SELECT s.due_at, s.failures, k.spread FROM check_slots s LEFT JOIN connections k ON k.id = s.connection_id
       WHERE s.connection_id = ?1 AND s.way = ?2 AND s.interval_s = ?3 AND s.slot = ?4 AND s.claim = ?5`,
    )
    .bind(slot.connection_id, slot.way, slot.interval_s, slot.slot, slot.claim)
    .first();
  if (row === null) return null;
  const held = HeldRow.parse(row);
  if (held.due_at - now < (lease_end - now) / 2) {
    const extended = await control
      .prepare(
        "UPDATE check_slots SET due_at = ?6 WHERE connection_id = ?1 AND way = ?2 AND interval_s = ?3 AND slot = ?4 AND claim = ?5 RETURNING slot",
      )
      .bind(slot.connection_id, slot.way, slot.interval_s, slot.slot, slot.claim, lease_end)
      .first();
    if (extended === null) return null;
  }
  return { failures: held.failures, spread: readSpread(held.spread) };
}

/** A check is over: when the slot is due next, and how it went. Only the claim's holder may say so. */
export async function releaseSlot(
  control: D1Database,
  slot: SlotHold,
  end: { due_at: number; now: number; error: string | null; resume_after: string | null; slow: boolean },
): Promise<void> {
  await control
    .prepare(
      `UPDATE check_slots SET due_at = ?6, claim = NULL, turn_at = CASE WHEN ?8 IS NULL THEN NULL ELSE turn_at END, last_done_at = ?7,
              last_ok_at = CASE WHEN ?8 IS NULL THEN ?7 ELSE last_ok_at END,
              failures = CASE WHEN ?8 IS NULL THEN 0 ELSE failures + 1 END, last_error = ?8, resume_after = ?9, slow = ?10
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
      end.slow ? 1 : 0,
    )
    .run();
}

/** A check could not go on yet, which says nothing about how it goes: what was said of the last one stays, unless there is a reason to show. */
export async function putOffSlot(
  control: D1Database,
  slot: SlotHold,
  until: { due_at: number; error: string | null; resume_after: string | null; slow: boolean },
): Promise<void> {
  await control
    .prepare(
      `UPDATE check_slots SET due_at = ?6, claim = NULL, resume_after = ?7, slow = ?8, last_error = coalesce(?9, last_error)
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
      until.slow ? 1 : 0,
      until.error?.slice(0, 300) ?? null,
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
