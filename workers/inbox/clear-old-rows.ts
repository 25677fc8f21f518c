import type { Context } from "../context.ts";
import { documentId, keyAt } from "../domain/document-id.ts";
import { log, reasonOf } from "../flow/log.ts";
import { placeIn } from "../storage/archive.ts";
import { contentHash } from "../storage/content-hash.ts";
import { forgetDocuments } from "../storage/retention.ts";
import type { InboxName } from "./name.ts";
import type { InboxStore } from "./store.ts";

/**
 * Moves bodies of processed documents to R2 an hour after they came (a thirteenth of the price, and no part of the object's
 * 10 GB), and forgets documents when their time is over. A bounded share each time; it is called again within minutes.
 */

const STAYS_MS = 60 * 60_000;
/** An object of R2 holds so much and a document more. */
const OBJECT_BYTES = 4 * 1024 * 1024;
const DOCUMENTS_PER_OBJECT = 1000;
const OBJECTS_AT_ONCE = 10;
const FORGOTTEN_PER_STEP = 1000;
const FORGET_STEPS = 10;
/** A step calls the control database and each shard: with many of them a visit takes fewer steps. */
const FORGET_CALLS = 200;

/** Never throws: neither keeps the other, or the inbox's report, from its turn. */
export async function clearOldRows(ctx: Context, store: InboxStore, name: InboxName): Promise<void> {
  for (const [step, run] of Object.entries({ archive, forget }))
    await run(ctx, store, name).catch((error: unknown) =>
      log("documents.not_cleared", { ...name, step, why: reasonOf(error) }),
    );
}

async function archive(ctx: Context, store: InboxStore, name: InboxName): Promise<void> {
  const bucket = ctx.archive;
  if (bucket === null) return;
  const before = keyAt(ctx.now() - STAYS_MS * ctx.timeScale);
  for (let object = 0; object < OBJECTS_AT_ONCE; object++) {
    const chosen: { key: string; size: number }[] = [];
    let [bytes, upto] = [0, ""];
    for (const { key, size, goes } of store.toArchive(
      store.fact("archived") ?? "",
      before,
      DOCUMENTS_PER_OBJECT,
    )) {
      if (goes && chosen.length > 0 && bytes + size > OBJECT_BYTES) break;
      upto = key;
      if (!goes) continue;
      chosen.push({ key, size });
      bytes += size;
    }
    if (upto === "") return;
    await put(bucket, store, name, chosen, upto);
  }
}

/**
 * The object's name follows from its documents: written again after a crash, it takes the place of the one before; and
 * of no other, so that what an earlier instance still writes changes nothing.
 */
async function put(
  bucket: R2Bucket,
  store: InboxStore,
  { connection_id, lane }: InboxName,
  chosen: readonly { key: string; size: number }[],
  upto: string,
): Promise<void> {
  const [first] = chosen;
  if (first === undefined) return store.archived("", [], upto);
  const content = await contentHash(new TextEncoder().encode(chosen.map(({ key }) => key).join()));
  const object = `documents/${connection_id}/${lane}/${first.key}-${content.slice(0, 16)}`;
  const whole = new Uint8Array(chosen.reduce((sum, { size }) => sum + size, 0));
  const places: [key: string, place: string][] = [];
  let from = 0;
  for (const { key, size } of chosen) {
    whole.set(store.body(key, size), from);
    places.push([key, placeIn(object, from, size)]);
    from += size;
  }
  await bucket.put(object, whole);
  store.archived(object, places, upto);
  log("documents.archived", { connection_id, bodies: chosen.length });
}

async function forget(ctx: Context, store: InboxStore, { connection_id, lane }: InboxName): Promise<void> {
  const before = keyAt(ctx.now() - ctx.kept.documents_ms);
  const shards = ctx.shards();
  const steps = Math.max(1, Math.min(FORGET_STEPS, Math.floor(FORGET_CALLS / (1 + shards.length))));
  for (let step = 0; step < steps; step++) {
    const keys = store.olderThan(before, FORGOTTEN_PER_STEP);
    if (keys.length === 0) break;
    const ids = keys.map((key) => documentId({ connection_id, lane, key }));
    await forgetDocuments(ctx.control, shards, ids);
    // Last: until then a crash leaves a row that leads to all of it.
    store.forget(keys);
    log("documents.retired", { connection_id, documents: keys.length });
  }
  const objects = store.archivesBefore(before, 100);
  if (objects.length === 0 || ctx.archive === null) return;
  await ctx.archive.delete(objects.map(({ object }) => object));
  store.forgetArchives(objects.map(({ last_key }) => last_key));
}
