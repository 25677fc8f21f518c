import { findCarrier } from "../carriers/registry.ts";
import { newRule, type Rule, type RuleTable, withRules } from "../carriers/rules.ts";
import type { Context } from "../context.ts";
import { codePath } from "../domain/codes.ts";
import { documentPlace, keyAt } from "../domain/document-id.ts";
import { addedRules } from "../storage/directory.ts";
import { lanesOfCarrier } from "../storage/lanes.ts";
import {
  deleteMapping,
  documentsWithUnmapped,
  forgetUnmapped,
  type NewMapping,
  putMapping,
  type StoredMapping,
} from "../storage/mappings.ts";
import { loadDocument } from "./documents.ts";
import { log } from "./log.ts";
import { readAgain as readDocumentsAgain } from "./read-again.ts";

/**
 * What the hub did not understand, mended without a deployment: an operator maps a carrier's code, sees what would
 * change, and applies it. The raw documents are then read again; customers get what changed as further events.
 */

/** How an event of a kept document would be told otherwise. */
export interface MappingChange {
  document_id: string;
  carrier_tracking_id: string;
  parcel_tracking_id: string | null;
  carrier_utc: string | null;
  carrier_code: string | null;
  carrier_sub_code: string | null;
  from: string;
  to: string;
}

export interface DryRun {
  documents: number;
  events: number;
  /** At most so many as fit a page; `events` counts all. */
  changes: MappingChange[];
  /** There are more documents than were looked at. */
  more: boolean;
}

const DOCUMENTS_PER_DRY_RUN = 50;
const CHANGES_SHOWN = 100;
const DOCUMENTS_PER_APPLY = 20_000;
const SCAN = 1000;

/** The mapping as a rule; throws for a path, reason or pattern that does not exist. */
export function ruleOf(mapping: NewMapping, version: number): Rule {
  const orNull = (text: string) => (text === "" ? null : text);
  return newRule(mapping.carrier_id, version, {
    code: orNull(mapping.code),
    sub_code: orNull(mapping.sub_code),
    service: orNull(mapping.service),
    text: orNull(mapping.text_pattern),
    path: mapping.path,
    reason: mapping.reason,
  });
}

/** Which documents a mapping concerns: those in which its code was unknown, and with `since` (epoch ms) all of the carrier's from then on. */
async function concerned(
  ctx: Context,
  mapping: NewMapping,
  since: number | null,
  limit: number,
): Promise<string[]> {
  const ids = new Set<string>();
  for (const shard of ctx.shards()) {
    for (const id of await documentsWithUnmapped(shard, mapping, limit)) ids.add(id);
  }
  if (since !== null)
    for (const { connection_id, lane } of await lanesOfCarrier(ctx.control, mapping.carrier_id)) {
      // A text right before the first key of that millisecond.
      let after: string | null = keyAt(since).slice(0, -1);
      while (after !== null && ids.size < limit) {
        const page: string[] = await ctx.inboxOf(connection_id, lane).idsAfter(after, SCAN);
        for (const id of page) ids.add(id);
        after = documentPlace(page.at(-1) ?? "")?.key ?? null;
      }
    }
  return [...ids].sort().slice(0, limit);
}

/** Reads the kept documents with and without the mapping and tells the difference. Changes nothing. */
export async function tryMapping(ctx: Context, mapping: NewMapping, since: number | null): Promise<DryRun> {
  const carrier = findCarrier(mapping.carrier_id);
  if (carrier === null) return { documents: 0, events: 0, changes: [], more: false };
  const today = withRules(carrier.rules, (await addedRules(ctx.control, carrier.id)).rules);
  const then = withRules(today, [ruleOf(mapping, 0)]);
  const ids = await concerned(ctx, mapping, since, DOCUMENTS_PER_DRY_RUN + 1);
  const run: DryRun = { documents: 0, events: 0, changes: [], more: ids.length > DOCUMENTS_PER_DRY_RUN };
  for (const id of ids.slice(0, DOCUMENTS_PER_DRY_RUN)) {
    const found = await differences(ctx, id, today, then);
    if (found.length > 0) run.documents += 1;
    run.events += found.length;
    run.changes.push(...found.slice(0, CHANGES_SHOWN - run.changes.length));
  }
  return run;
}

async function differences(
  ctx: Context,
  document_id: string,
  today: RuleTable,
  then: RuleTable,
): Promise<MappingChange[]> {
  const document = await loadDocument(ctx, document_id);
  const carrier = document === null ? null : findCarrier(document.carrier_id);
  if (document === null || carrier === null) return [];
  const before = carrier.harmonize(document, { rules: today }).shipments;
  const after = carrier.harmonize(document, { rules: then }).shipments;
  return before.flatMap((shipment, s) =>
    shipment.events.flatMap((event, e) => {
      const from = codePath(event.gluey);
      const told = after[s]?.events[e];
      const to = told === undefined ? from : codePath(told.gluey);
      if (from === to && event.reason === told?.reason) return [];
      return [
        {
          document_id,
          carrier_tracking_id: shipment.carrier_tracking_id,
          parcel_tracking_id: shipment.parcel_tracking_id,
          carrier_utc: event.time.at,
          carrier_code: event.carrier.code,
          carrier_sub_code: event.carrier.sub_code,
          from,
          to,
        },
      ];
    }),
  );
}

/** Keeps the mapping and has the documents it concerns read again. The rows come first: a crash leaves them to the sweep. */
export async function applyMapping(
  ctx: Context,
  mapping: NewMapping,
  since: number | null,
): Promise<{ mapping: StoredMapping; documents: number }> {
  const stored = await putMapping(ctx.control, ctx.newId("map"), mapping, ctx.now());
  const documents = await readAgain(ctx, mapping, since);
  log("mapping.applied", {
    mapping_id: stored.id,
    carrier_id: mapping.carrier_id,
    code: mapping.code,
    path: mapping.path,
    documents,
  });
  return { mapping: stored, documents };
}

/** Takes a mapping back; with `since`, the carrier's documents from then on are read again without it. Null where there is none. */
export async function withdrawMapping(
  ctx: Context,
  id: string,
  since: number | null,
): Promise<{ documents: number } | null> {
  const gone = await deleteMapping(ctx.control, id);
  if (gone === null) return null;
  const documents = since === null ? 0 : await readAgain(ctx, gone, since);
  log("mapping.withdrawn", { mapping_id: id, carrier_id: gone.carrier_id, code: gone.code, documents });
  return { documents };
}

async function readAgain(ctx: Context, mapping: NewMapping, since: number | null): Promise<number> {
  const ids = await concerned(ctx, mapping, since, DOCUMENTS_PER_APPLY);
  for (let at = 0; at < ids.length; at += SCAN) {
    const some = ids.slice(at, at + SCAN);
    // First off the list: what is still unknown when they are read puts itself back.
    for (const shard of ctx.shards()) await forgetUnmapped(shard, mapping, some);
    await readDocumentsAgain(ctx, some, true);
  }
  return ids.length;
}
