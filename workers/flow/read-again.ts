import type { Context } from "../context.ts";
import { documentPlace } from "../domain/document-id.ts";
import { forgetRereads, type PendingReread, pendingRereads, putRereads } from "../storage/rereads.ts";
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

/** For the tick: what could not be handed over before. */
export async function handOverLeft(ctx: Context): Promise<void> {
  await handOver(ctx, await pendingRereads(ctx.control, PER_TICK));
}

async function handOver(ctx: Context, rereads: readonly PendingReread[]): Promise<void> {
  const byInbox = Map.groupBy(rereads, ({ document_id }) => {
    const place = documentPlace(document_id);
    return place === null ? "" : `${place.connection_id}/${place.lane}`;
  });
  const done = (byInbox.get("") ?? []).map(({ document_id }) => document_id);
  for (const [name, own] of byInbox) {
    if (name === "") continue;
    if (await stored(ctx, own)) done.push(...own.map(({ document_id }) => document_id));
  }
  await forgetRereads(ctx.control, done);
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
