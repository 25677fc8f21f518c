import { log, reasonOf } from "../flow/log.ts";
import { type FeedEntry, readFeed } from "../storage/feed.ts";
import { wantsEntry } from "./filter.ts";
import { type Line, MOST_MESSAGES } from "./line.ts";
import type { MessageRow } from "./outbox-schema.ts";
import { type BuiltElement, LONGEST_BODY, type PackedMessage, pack } from "./packing.ts";
import type { DeliveryParts } from "./parts.ts";
import { isFinished, sendAgain } from "./redelivery.ts";
import type { MessageShipment, RedeliverResult, RedeliverWindow } from "./views.ts";

/**
 * Sends a stretch of the feed again. What is kept goes with the ids and bytes it had. Of what is not (messages are kept
 * 90 days), a webhook's events are read from the feed and put into new messages: new `webhook-id`s, the same event ids
 * and sequences, under the filter as it is now. Nothing is sent that was not taken from the feed before.
 */

/** What one call looks at of the messages, reads of the feed, and holds of it in memory: the rest by another call. */
const LIMITS = { entries: 10_000, bytes: 16 * 1024 * 1024, entries_a_reading: 100 };

export async function redeliverWindow(
  parts: DeliveryParts,
  window: RedeliverWindow,
  limits = LIMITS,
): Promise<RedeliverResult> {
  const { subscription_id } = window;
  const lines = [...parts.lines.values()].filter(
    (line) => subscription_id === undefined || line.id === subscription_id,
  );
  if (subscription_id !== undefined && lines.length === 0) return { kind: "unknown" };
  const near = { ...window, until_position: reach(parts, lines, window) };
  const missing = await readMissing(parts, lines, near, limits);
  const result = parts.storage.transactionSync(() => queue(parts, lines, near, missing));
  const cut = near.until_position < window.until_position && result.next_position === null;
  return cut ? { ...result, next_position: near.until_position } : result;
}

/** How far one call goes: the messages of 90 days may be more than the object's memory holds. */
function reach(
  parts: DeliveryParts,
  lines: readonly Line[],
  { since_position, until_position }: RedeliverWindow,
): number {
  const each = Math.ceil(MOST_MESSAGES / Math.max(1, lines.length));
  const ends = lines.map((line) =>
    parts.outbox.search.endOfStretch(line.id, since_position, until_position, each),
  );
  return Math.min(until_position, ...ends);
}

interface Missing {
  /** By line: events of which no message is kept. */
  elements: Map<Line, BuiltElement[]>;
  /** How far the feed was read: the window's end, or where the bounds of a call came first. */
  end: number;
}

async function readMissing(
  parts: DeliveryParts,
  lines: readonly Line[],
  { since_position, until_position }: RedeliverWindow,
  limits: typeof LIMITS,
): Promise<Missing> {
  const shard = parts.ctx.shardFor(parts.tenant.account_number);
  const stretches = lines.flatMap((line) => {
    const stretch = stretchOf(line, since_position, until_position);
    return stretch === null
      ? []
      : [{ line, ...stretch, kept: keptIn(parts, line, since_position, until_position) }];
  });
  const elements: Missing["elements"] = new Map(stretches.map(({ line }) => [line, []]));
  if (stretches.length === 0) return { elements, end: until_position };
  const statuses = lines.some((line) => line.subscription?.settings.first_time_in_status);
  const from = Math.min(...stretches.map(({ after }) => after));
  const until = Math.max(...stretches.map(({ to }) => to));
  let [at, read, bytes] = [from, 0, 0];
  while (at < until) {
    if (read >= limits.entries || bytes >= limits.bytes) return { elements, end: at };
    const entries = await readFeed(shard, parts.tenant.id, at, limits.entries_a_reading, { statuses });
    for (const entry of entries) {
      for (const { line, after, to, kept } of stretches) {
        if (entry.position <= after || entry.position > to || kept(entry)) continue;
        const element = build(parts, line, entry, statuses);
        if (element === null) continue;
        elements.get(line)?.push(element);
        bytes += element.bytes.byteLength;
      }
    }
    read += entries.length;
    at = entries.length < limits.entries_a_reading ? until : (entries.at(-1)?.position ?? until);
  }
  return { elements, end: until_position };
}

/** The part of a window that a webhook's line has taken from the feed already; null where there is none. */
function stretchOf(line: Line, since: number, until: number): { after: number; to: number } | null {
  // A file that is not kept would come under another name: its events are sent by resuming from before them.
  if (line.subscription?.way !== "webhook") return null;
  const after = Math.max(since, line.subscription.start_position);
  const to = Math.min(until, line.position);
  return after < to ? { after, to } : null;
}

/** Whether an event lies in a message that waits, is under way, or can be sent again. */
function keptIn(
  parts: DeliveryParts,
  line: Line,
  since: number,
  until: number,
): (entry: FeedEntry) => boolean {
  const ranges = new Map<string, MessageShipment[]>();
  for (const row of parts.outbox.search.ofStretch(line.id, since, until)) {
    if (isFinished(row) && !parts.outbox.bodies.has(row)) continue;
    for (const range of shipmentsOf(row)) {
      const known = ranges.get(range.shipment_id);
      if (known === undefined) ranges.set(range.shipment_id, [range]);
      else known.push(range);
    }
  }
  return ({ shipment_id, sequence }) =>
    (ranges.get(shipment_id) ?? []).some(
      ({ first_sequence, last_sequence }) => first_sequence <= sequence && sequence <= last_sequence,
    );
}

function shipmentsOf(row: MessageRow): MessageShipment[] {
  return JSON.parse(row.shipments);
}

/** Null where it is not wanted, or can't be told: that was said when it came. */
function build(parts: DeliveryParts, line: Line, entry: FeedEntry, statuses: boolean): BuiltElement | null {
  const { element, position, shipment_id, sequence } = entry;
  const settings = line.subscription?.settings;
  // The filter may have been changed while the feed was read.
  if (element === null || settings === undefined || (settings.first_time_in_status && !statuses)) return null;
  if (!wantsEntry(settings, entry, element)) return null;
  try {
    const bytes = parts.serialise(element);
    return bytes.byteLength + 2 <= LONGEST_BODY ? { position, shipment_id, sequence, bytes } : null;
  } catch (error) {
    log("event.not_rebuilt", {
      subscription: line.id,
      shipment: shipment_id,
      sequence,
      why: reasonOf(error),
    });
    return null;
  }
}

type Item = { line: Line; at: number } & (
  | { kind: "kept"; row: MessageRow }
  | { kind: "rebuilt"; message: PackedMessage; place: number | null }
);

/** In the feed's order, and no more than the lines have room for: the rest by another call. */
function queue(
  parts: DeliveryParts,
  lines: readonly Line[],
  { since_position, until_position }: RedeliverWindow,
  missing: Missing,
): Extract<RedeliverResult, { kind: "queued" }> {
  const { outbox } = parts;
  const now = parts.ctx.now();
  const items: Item[] = [];
  for (const line of lines) {
    if (parts.lines.get(line.id) !== line) continue;
    for (const row of outbox.search.ofStretch(line.id, since_position, missing.end))
      if (isFinished(row) && outbox.bodies.has(row))
        items.push({ kind: "kept", line, at: row.first_position, row });
    for (const rebuilt of packMissing(parts, line, missing.elements.get(line) ?? []))
      items.push({ kind: "rebuilt", line, at: rebuilt.message.first_position, ...rebuilt });
  }
  items.sort((a, b) => a.at - b.at);
  let [messages, rebuilt] = [0, 0];
  for (const item of items) {
    const { line } = item;
    if (line.order.size >= MOST_MESSAGES || line.fullness >= 1)
      return { kind: "queued", messages, rebuilt, next_position: Math.max(since_position, item.at - 1) };
    if (item.kind === "kept") sendAgain(outbox, parts.lines, item.row, now);
    else {
      line.hold(addRebuilt(parts, line, item));
      rebuilt++;
    }
    messages++;
  }
  return {
    kind: "queued",
    messages,
    rebuilt,
    next_position: missing.end < until_position ? missing.end : null,
  };
}

/** Messages that take their events' old places: before the first kept message that has later events of the same shipment. */
function packMissing(
  parts: DeliveryParts,
  line: Line,
  elements: readonly BuiltElement[],
): { message: PackedMessage; place: number | null }[] {
  if (line.subscription?.way !== "webhook") return [];
  const limits = { max_batch: line.subscription.settings.max_batch, max_bytes: LONGEST_BODY };
  const alone: BuiltElement[] = [];
  const packed: { message: PackedMessage; place: number | null }[] = [];
  for (const [shipment_id, own] of Map.groupBy(elements, (element) => element.shipment_id)) {
    const kept = parts.outbox.search
      .ofShipment(line.id, shipment_id)
      .flatMap((row) => shipmentsOf(row).map((range) => ({ ...range, place: row.place })))
      .filter((range) => range.shipment_id === shipment_id);
    if (kept.length === 0) {
      alone.push(...own);
      continue;
    }
    const placeOf = ({ sequence }: BuiltElement) => {
      const later = kept.filter((range) => range.first_sequence > sequence).map((range) => range.place);
      return later.length === 0 ? null : Math.min(...later) - 1;
    };
    for (const [place, run] of Map.groupBy(own, placeOf))
      packed.push(...pack(run, () => null, limits).map((message) => ({ message, place })));
  }
  const together = alone.toSorted((a, b) => a.position - b.position);
  packed.push(...pack(together, () => null, limits).map((message) => ({ message, place: null })));
  return packed;
}

function addRebuilt(
  parts: DeliveryParts,
  line: Line,
  { message, place }: Extract<Item, { kind: "rebuilt" }>,
): MessageRow {
  const now = parts.ctx.now();
  return parts.outbox.add({
    ...message,
    id: parts.ctx.newId("msg"),
    subscription_id: line.id,
    state: "waiting",
    reason: null,
    place,
    split_from: null,
    file_name: null,
    sha256: null,
    attempts: 0,
    intervals_used: 0,
    next_at: now,
    not_before: 0,
    created_at: now,
  });
}
