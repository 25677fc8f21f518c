import type { Context } from "../context.ts";
import { documentPlace } from "../domain/document-id.ts";
import { forgetRereads, type PendingReread, pendingRereads, putRereads } from "../storage/rereads.ts";
import { passWatermark, watermarkOf } from "../storage/sweeps.ts";
import { log, reasonOf } from "./log.ts";

/**
 * Documents that are to be read again: because a number of theirs is followed now, a mapping changed, or an operator asks.
 * A row in the control database says so first; it goes once the document's inbox has stored it. What can't be handed over
 * at once is handed over by the tick.
 */

/** Notes documents and hands them to their inboxes. `reread`: events whose code changed since become further events. */
export async function readAgain(
  ctx: Context,
  document_ids: readonly string[],
  reread: boolean,
): Promise<void> {
  if (document_ids.length === 0) return;
  await putRereads(ctx.control, document_ids, reread, ctx.now());
  await handOver(
    ctx,
    document_ids.map((document_id) => ({ document_id, reread })),
  );
}

/** Hands documents over that are noted already, because a number is followed now. */
export async function takeUp(ctx: Context, document_ids: readonly string[]): Promise<void> {
  await handOver(
    ctx,
    document_ids.map((document_id) => ({ document_id, reread: false })),
  );
}

/** Documents that a tick hands over. */
const PER_TICK = 1000;
/** Inboxes that one hand-over calls: an invocation has a bounded number of calls. */
const INBOXES_MAX = 200;
/** The platform opens six connections for an invocation. */
const AT_ONCE = 6;

/**
 * For the tick: what could not be handed over before. Each tick begins after the documents of the last, round and round,
 * so that an inbox that can't be reached holds up no other.
 */
export async function handOverLeft(ctx: Context): Promise<void> {
  const from = await watermarkOf(ctx.control, "rereads");
  const rereads = await pendingRereads(ctx.control, PER_TICK, from);
  const handed = await handOver(ctx, rereads);
  const last = rereads.length < PER_TICK && handed === rereads.length ? undefined : rereads[handed - 1];
  await passWatermark(ctx.control, "rereads", from, last?.document_id ?? "");
}

/** Hands documents over, up to the first that would need an inbox too many; returns how many had their turn. */
async function handOver(ctx: Context, rereads: readonly PendingReread[]): Promise<number> {
  const byInbox = new Map<string, PendingReread[]>();
  const done: string[] = [];
  let turn = 0;
  for (const one of rereads) {
    const place = documentPlace(one.document_id);
    const name = place === null ? "" : `${place.connection_id}/${place.lane}`;
    const own = byInbox.get(name);
    if (place === null) done.push(one.document_id);
    else if (own !== undefined) own.push(one);
    else if (byInbox.size < INBOXES_MAX) byInbox.set(name, [one]);
    else break;
    turn += 1;
  }
  const inboxes = [...byInbox.values()];
  for (let at = 0; at < inboxes.length; at += AT_ONCE) {
    const some = inboxes.slice(at, at + AT_ONCE);
    const answers = await Promise.all(some.map((own) => stored(ctx, own)));
    for (const own of some.filter((_, index) => answers[index]))
      done.push(...own.map(({ document_id }) => document_id));
  }
  await forgetRereads(ctx.control, done);
  return turn;
}

async function stored(ctx: Context, own: readonly PendingReread[]): Promise<boolean> {
  const documents = own.flatMap(({ document_id, reread }) => {
    const place = documentPlace(document_id);
    return place === null ? [] : [{ ...place, reread }];
  });
  const [first] = documents;
  if (first === undefined) return true;
  try {
    await ctx
      .inboxOf(first.connection_id, first.lane)
      .readAgain(documents.map(({ key, reread }) => ({ key, reread })));
    return true;
  } catch (error) {
    log("reread.delayed", {
      connection_id: first.connection_id,
      documents: own.length,
      why: reasonOf(error),
    });
    return false;
  }
}
