import { z } from "zod";
import type { Context } from "../context.ts";
import { watermarkOf } from "../storage/sweeps.ts";
import { log, reasonOf } from "./log.ts";

/** Finds customers' objects that hold undelivered events and lost their alarm. */

/** Each is asked for its alarm and nothing more; customers with dead letters alone are listed too, and passed over. */
const BACKLOGS_PER_SWEEP = 400;
const ASKED_AT_ONCE = 6;

const BACKLOG = z.object({ tenant_id: z.string(), waiting: z.number() });
type Backlog = z.infer<typeof BACKLOG>;

/**
 * Asks the objects that said they hold undelivered news whether their alarm still stands: one that lost it goes on
 * within a minute. Where there are more than a sweep can ask, each sweep goes on behind the last, round and round, so
 * that all get their turn.
 */
export async function sweepBacklogs(ctx: Context): Promise<void> {
  const from = await watermarkOf(ctx.control, "backlogs");
  const behind = await backlogsAfter(ctx.control, from);
  const round = behind.length < BACKLOGS_PER_SWEEP && from !== "";
  const before = round ? (await backlogsAfter(ctx.control, "")).filter((row) => row.tenant_id <= from) : [];
  const rows = [...behind, ...before].slice(0, BACKLOGS_PER_SWEEP);
  const waiting = rows.filter((row) => row.waiting > 0);
  let lost = 0;
  for (let at = 0; at < waiting.length; at += ASKED_AT_ONCE) {
    const asked = waiting.slice(at, at + ASKED_AT_ONCE);
    const woken = await Promise.all(asked.map(({ tenant_id }) => lookAfter(ctx, tenant_id)));
    lost += woken.filter((one) => one).length;
  }
  if (lost > 0) log("alarms.lost", { objects: lost });
  const isLeftOver = rows.length === BACKLOGS_PER_SWEEP;
  // Who all had their turn is asked from the beginning again.
  const to = isLeftOver ? (rows.at(-1)?.tenant_id ?? "") : "";
  if (to === from) return;
  await ctx.control
    .prepare(
      "INSERT INTO sweeps (name, watermark) VALUES ('backlogs', ?1) ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark",
    )
    .bind(to)
    .run();
  if (isLeftOver) log("backlogs.left_over", { asked: waiting.length });
}

async function backlogsAfter(control: D1Database, tenant_id: string): Promise<Backlog[]> {
  const { results } = await control
    .prepare("SELECT tenant_id, waiting FROM backlogs WHERE tenant_id > ?1 ORDER BY tenant_id LIMIT ?2")
    .bind(tenant_id, BACKLOGS_PER_SWEEP)
    .all();
  return results.map((row) => BACKLOG.parse(row));
}

async function lookAfter(ctx: Context, tenant_id: string): Promise<boolean> {
  try {
    return await ctx.deliveryOf(tenant_id).lookAfter();
  } catch (error) {
    log("wake.failed", { tenant_id, why: reasonOf(error) });
    return false;
  }
}
