import { NO_FILTER } from "../domain/subscription.ts";
import { log, reasonOf } from "../flow/log.ts";
import { type FeedEntry, feedHead, readFeed } from "../storage/feed.ts";
import { takeFile } from "./files.ts";
import { wantsEntry } from "./filter.ts";
import type { Line } from "./line.ts";
import type { MessageRow } from "./outbox-schema.ts";
import { type BuiltElement, LONGEST_BODY, pack } from "./packing.ts";
import type { DeliveryParts } from "./parts.ts";
import { setAside } from "./set-aside.ts";

/** From the feed into the outbox: messages and the line's new position in one transaction. */

const FEWEST_ENTRIES = 50;
const MOST_ENTRIES = 200;
/** The more are read at once, the fuller are the messages of shipments that come again and again. */
const BATCHES_AHEAD = 10;
/** An event whose building throws is tried so often, then set aside (delivery contract C15). */
const BUILD_TRIES = 3;
const FAULT_WAIT_MS = 5000;

/**
 * Reads the feed for all lines that want news; lines at the same position share the reading. A fault stops its line for a
 * while and no other. Returns how many entries the webhooks' readings found.
 */
export async function takeNews(parts: DeliveryParts): Promise<number> {
  let found = 0;
  const { now, timeScale } = parts.ctx;
  const wanting = [...parts.lines.values()].filter((line) => line.wantsNews(now(), timeScale));
  const webhooks = Map.groupBy(
    wanting.filter((line) => line.way === "webhook"),
    (line) => line.position,
  );
  for (const [position, lines] of webhooks)
    await guarded(parts, lines, async () => {
      found += await takeMessages(parts, lines, position);
    });
  for (const line of wanting.filter((one) => one.way === "sftp")) {
    await guarded(parts, [line], () =>
      line.health.state === "gone" ? skipGone(line) : takeFile(parts, line),
    );
  }
  return found;
}

async function guarded(parts: DeliveryParts, lines: Line[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const now = parts.ctx.now();
    for (const line of lines) line.holdIntakeUntil = now + FAULT_WAIT_MS * parts.ctx.timeScale;
    log("feed.not_taken", { tenant_id: parts.tenant.id, why: reasonOf(error) });
  }
}

/** A file line can't be gone: 410 is an HTTP status. */
async function skipGone(line: Line): Promise<void> {
  line.behind = false;
}

async function takeMessages(parts: DeliveryParts, lines: Line[], position: number): Promise<number> {
  const shard = parts.ctx.shardFor(parts.tenant.account_number);
  const fresh = lines.filter((line) => line.health.state === "gone" && line.health.gone_until === null);
  if (fresh.length > 0) {
    const head = await feedHead(shard, parts.tenant.id);
    for (const line of fresh) {
      line.health = { ...line.health, gone_until: head };
      parts.outbox.saveLine(line.id, line.position, line.health);
    }
  }
  const batch = Math.max(
    ...lines.map((line) => (line.subscription?.way === "webhook" ? line.subscription.settings.max_batch : 1)),
  );
  const limit = Math.min(MOST_ENTRIES, Math.max(FEWEST_ENTRIES, batch * BATCHES_AHEAD));
  const statuses = lines.some((line) => line.subscription?.settings.first_time_in_status);
  const entries = await readFeed(shard, parts.tenant.id, position, limit, { statuses });
  for (const line of lines) {
    // It may have been paused, dropped or given another filter while the feed was read.
    const current = parts.lines.get(line.id) === line && line.wantsNews(parts.ctx.now(), parts.ctx.timeScale);
    const readFully = statuses || !line.subscription?.settings.first_time_in_status;
    if (current && readFully && line.position === position)
      accept(parts, line, entries, entries.length >= limit);
  }
  return entries.length;
}

/** One transaction: the messages and the position. The alarm is set already, by the lease that every run begins with. */
function accept(parts: DeliveryParts, line: Line, entries: readonly FeedEntry[], more: boolean): void {
  const { subscription } = line;
  if (subscription?.way !== "webhook") return;
  if (entries.length === 0) {
    line.behind = false;
    return;
  }
  const before = line.fullness;
  const until = line.health.state === "gone" ? (line.health.gone_until ?? 0) : Number.POSITIVE_INFINITY;
  const taken = parts.storage.transactionSync(() => {
    const built = build(
      parts,
      line,
      entries.filter((entry) => entry.position <= until),
    );
    const limits = { max_batch: subscription.settings.max_batch, max_bytes: LONGEST_BODY };
    const packed = pack(built.elements, (shipment) => line.order.waitsFor(shipment), limits);
    const written = packed.map((message) => addMessage(parts, line, message));
    // A backlog that ends in a gap of the feed still ends.
    const ended =
      !built.stopped && (!more || entries.some((entry) => entry.position > until)) && Number.isFinite(until);
    const position = ended ? Math.max(built.position, until) : built.position;
    parts.outbox.saveLine(line.id, position, line.health);
    return { rows: written, position, stopped: built.stopped };
  });
  line.position = taken.position;
  line.behind = more || taken.stopped;
  if (line.health.state === "active") for (const row of taken.rows) line.hold(row);
  warnOfFullness(line, before);
}

function addMessage(parts: DeliveryParts, line: Line, message: ReturnType<typeof pack>[number]): MessageRow {
  const now = parts.ctx.now();
  const gone = line.health.state === "gone";
  return parts.outbox.add({
    ...message,
    id: parts.ctx.newId("msg"),
    subscription_id: line.id,
    state: gone ? "dead" : "waiting",
    reason: gone ? "The endpoint answered 410 Gone before this was sent." : null,
    place: null,
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

/** Events as bytes, up to the first that has to be tried again; what can't be built at all is set aside. */
function build(
  parts: DeliveryParts,
  line: Line,
  entries: readonly FeedEntry[],
): { elements: BuiltElement[]; position: number; stopped: boolean } {
  const elements: BuiltElement[] = [];
  const settings = line.subscription?.settings ?? NO_FILTER;
  let position = line.position;
  for (const entry of entries) {
    const { element, shipment_id, sequence } = entry;
    if (element === null) {
      setAside(parts, line, entry, entry.fault ?? "The stored event can't be read.");
    } else if (wantsEntry(settings, entry, element)) {
      try {
        const bytes = parts.serialise(element);
        if (bytes.byteLength + 2 <= LONGEST_BODY)
          elements.push({ position: entry.position, shipment_id, sequence, bytes });
        else setAside(parts, line, entry, "The event alone is longer than a body may be (1 MiB).");
      } catch (error) {
        const reason = `The event can't be built: ${reasonOf(error)}`;
        const row = {
          subscription_id: line.id,
          position: entry.position,
          shipment_id,
          sequence,
          at: parts.ctx.now(),
          reason,
        };
        if (parts.outbox.aside.count(row) < BUILD_TRIES) {
          line.holdIntakeUntil = parts.ctx.now() + FAULT_WAIT_MS * parts.ctx.timeScale;
          return { elements, position, stopped: true };
        }
        setAside(parts, line, entry, reason);
      }
    }
    position = entry.position;
  }
  return { elements, position, stopped: false };
}

const WARNED_FULLNESS = [
  { at: 0.5, code: "backlog_50" },
  { at: 0.8, code: "backlog_80" },
  { at: 1, code: "backlog_full" },
] as const;

function warnOfFullness(line: Line, before: number): void {
  for (const { at, code } of WARNED_FULLNESS) {
    if (before < at && line.fullness >= at)
      log("backlog.filled", { subscription: line.id, code, messages: line.order.size });
  }
}

/** The warning that fits how full a line is; null below half. */
export function fullnessWarning(line: Line): (typeof WARNED_FULLNESS)[number]["code"] | null {
  return WARNED_FULLNESS.findLast(({ at }) => line.fullness >= at)?.code ?? null;
}
