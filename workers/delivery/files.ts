import { envelopeIds } from "../domain/edi-agreement.ts";
import { type FileRemark, fileName, type LeftOut } from "../domain/tracking-file/index.ts";
import type { WebhookElement } from "../domain/webhook-element.ts";
import { log, reasonOf } from "../flow/log.ts";
import { type FeedEntry, readFeed } from "../storage/feed.ts";
import {
  addLeftOut,
  type LeftOutEvents,
  leftOutFact,
  NOTHING_LEFT_OUT,
  readLeftOut,
} from "./file-manifest.ts";
import { wantsEntry } from "./filter.ts";
import type { Line } from "./line.ts";
import type { PackedMessage } from "./packing.ts";
import type { DeliveryParts } from "./parts.ts";
import { setAside } from "./set-aside.ts";
import type { MessageShipment } from "./views.ts";

/** From the feed into a file: its bytes, its name, its number, its manifest row and the line's new position in one transaction. */

const MOST_EVENTS = 1000;
const MOST_BYTES = 5_000_000;
const ENTRIES_A_READING = 100;
const FAULT_WAIT_MS = 60_000;

type Wanted = { entry: FeedEntry; element: WebhookElement };

/** Writes the next file of a line that is due; none where the feed holds nothing for it. */
export async function takeFile(parts: DeliveryParts, line: Line): Promise<void> {
  const { subscription } = line;
  if (subscription?.way !== "sftp") return;
  const from = line.position;
  const read = await readAhead(parts, from, subscription.settings.first_time_in_status);
  if (read.entries.length === 0) {
    line.behind = false;
    return;
  }
  const wanted = read.entries.flatMap((entry) =>
    entry.element !== null && wantsEntry(subscription.settings, entry, entry.element)
      ? [{ entry, element: entry.element }]
      : [],
  );
  const file = write(parts, line, wanted);
  if (file === null) return;
  const taken =
    file.carried.length < wanted.length
      ? (file.carried.at(-1)?.entry.position ?? 0)
      : (read.entries.at(-1)?.position ?? 0);
  const sha256 = file.events === 0 ? null : await hexDigest(file.bytes);
  if (parts.lines.get(line.id) !== line || !line.wantsNews(parts.ctx.now(), parts.ctx.timeScale)) return;
  // It was set to another position while the feed was read.
  if (line.position !== from) return;
  const now = parts.ctx.now();
  const full = read.more || file.carried.length < wanted.length;
  const number = line.health.last_number + 1;
  // A full file says that more is waiting: the next one need not wait for its hour.
  const health =
    file.events === 0 ? line.health : { ...line.health, last_number: number, last_file_at: full ? 0 : now };
  const row = parts.storage.transactionSync(() => {
    for (const entry of read.entries) {
      if (entry.element === null && entry.position <= taken)
        setAside(parts, line, entry, entry.fault ?? "The stored event can't be read.");
    }
    for (const entry of file.without_place)
      setAside(parts, line, entry, `The format ${subscription.settings.format} has no place for this event.`);
    parts.outbox.saveLine(line.id, taken, health);
    const left_out = keepLeftOut(parts, line, file);
    if (file.events === 0) return null;
    const { file_name, format } = subscription.settings;
    const { extension } = file;
    const name = fileName(file_name, {
      account: subscription.account_number,
      number,
      created_at_ms: now,
      format,
      extension,
    });
    const told = file.carried.filter((one) => !file.untold.has(one));
    const added = addFile(parts, line, { ...describe(told), body: file.bytes }, name, sha256);
    parts.outbox.files.add(added, { format, control_number: number, left_out, remarks: file.remarks });
    return added;
  });
  line.position = taken;
  line.behind = full;
  line.health = health;
  if (row !== null) line.hold(row);
}

/** As many entries as a file may hold, or as are worth holding in memory: photos make events large. */
/** All that was left out since the file before: kept for the next one where there is no file now. */
function keepLeftOut(parts: DeliveryParts, line: Line, file: Draft): LeftOutEvents {
  const pending = readLeftOut(parts.outbox.fact(leftOutFact(line.id)));
  const left_out = addLeftOut(pending, file.left_out);
  const kept = file.events === 0 ? left_out : NOTHING_LEFT_OUT;
  if (kept.named.length !== pending.named.length || kept.more !== pending.more)
    parts.outbox.setFact(leftOutFact(line.id), JSON.stringify(kept));
  return left_out;
}

async function readAhead(
  parts: DeliveryParts,
  after: number,
  statuses: boolean,
): Promise<{ entries: FeedEntry[]; more: boolean }> {
  const shard = parts.ctx.shardFor(parts.tenant.account_number);
  const entries: FeedEntry[] = [];
  let photos = 0;
  while (entries.length < MOST_EVENTS && photos < MOST_BYTES) {
    const from = entries.at(-1)?.position ?? after;
    const next = await readFeed(shard, parts.tenant.id, from, ENTRIES_A_READING, { statuses });
    entries.push(...next);
    for (const { element } of next)
      photos += element?.event.other.delivery_confirmation?.base64_photo?.length ?? 0;
    if (next.length < ENTRIES_A_READING) return { entries, more: false };
  }
  return { entries, more: true };
}

interface Draft {
  bytes: Uint8Array<ArrayBufferLike>;
  events: number;
  extension: string;
  /** The run of events that was taken; those of it that are `untold` are not in the file. */
  carried: readonly Wanted[];
  untold: ReadonlySet<Wanted>;
  left_out: LeftOut[];
  /** Untold, and not meant so: the format can't hold them, or writing them throws. */
  without_place: FeedEntry[];
  remarks: FileRemark[];
}

/** The file of the longest run of events that fits; null where it can't be written now. */
function write(parts: DeliveryParts, line: Line, wanted: readonly Wanted[]): Draft | null {
  const unwritable = new Set<Wanted>();
  try {
    return writeWithin(parts, line, wanted, unwritable);
  } catch (error) {
    // Which event is it? Where each of them fails alone, it is the agreement and not an event.
    for (const one of wanted) if (!isWritable(parts, line, one)) unwritable.add(one);
    if (unwritable.size > 0 && unwritable.size < wanted.length)
      return writeWithin(parts, line, wanted, unwritable);
    line.holdIntakeUntil = parts.ctx.now() + FAULT_WAIT_MS * parts.ctx.timeScale;
    line.note("internal", parts.ctx.now(), `No file can be written: ${reasonOf(error)}`);
    log("file.not_written", { subscription: line.id, why: reasonOf(error) });
    return null;
  }
}

function writeWithin(
  parts: DeliveryParts,
  line: Line,
  wanted: readonly Wanted[],
  unwritable: ReadonlySet<Wanted>,
): Draft {
  let carried = wanted;
  for (;;) {
    const writable = carried.filter((one) => !unwritable.has(one));
    const written = writeElements(parts, line, writable);
    if (written.bytes.byteLength <= MOST_BYTES || carried.length === 1) {
      line.forgetNote("internal");
      const key = (one: { shipment_id: string; sequence: number }) => `${one.shipment_id} ${one.sequence}`;
      const because = new Map(written.left_out.map((one) => [key(one), one.because]));
      const untold = new Set(carried.filter((one) => unwritable.has(one) || because.has(key(one.entry))));
      const without_place = [...untold]
        .map((one) => one.entry)
        .filter((entry) => because.get(key(entry)) !== "notice");
      const faulty = [...untold]
        .filter((one) => unwritable.has(one))
        .map(({ entry: { shipment_id, sequence } }) => ({
          shipment_id,
          sequence,
          because: "no_place" as const,
        }));
      return { ...written, carried, untold, without_place, left_out: [...written.left_out, ...faulty] };
    }
    carried = carried.slice(0, Math.ceil(carried.length / 2));
  }
}

function isWritable(parts: DeliveryParts, line: Line, one: Wanted): boolean {
  try {
    writeElements(parts, line, [one]);
    return true;
  } catch {
    return false;
  }
}

function writeElements(parts: DeliveryParts, line: Line, wanted: readonly Wanted[]) {
  const { subscription } = line;
  if (subscription?.way !== "sftp") throw new Error("Only an sFTP subscription has files.");
  const { format, edi } = subscription.settings;
  return parts.writeFile({
    format,
    elements: wanted.map((one) => one.element),
    control_number: line.health.last_number + 1,
    created_at_ms: parts.ctx.now(),
    ...envelopeIds(format, subscription.account_number, edi),
    test: parts.tenant.mode === "test",
    include_notices: edi?.include_notices ?? false,
    ...(edi?.qualifiers === undefined ? {} : { qualifiers: edi.qualifiers }),
  });
}

function addFile(
  parts: DeliveryParts,
  line: Line,
  packed: PackedMessage,
  name: string,
  sha256: string | null,
) {
  const now = parts.ctx.now();
  return parts.outbox.add({
    ...packed,
    id: parts.ctx.newId("fil"),
    subscription_id: line.id,
    state: "waiting",
    reason: null,
    place: null,
    split_from: null,
    file_name: name,
    sha256,
    attempts: 0,
    intervals_used: 0,
    next_at: now,
    not_before: 0,
    created_at: now,
  });
}

function describe(carried: readonly Wanted[]): Omit<PackedMessage, "body"> {
  const shipments = new Map<string, MessageShipment>();
  for (const { entry } of carried) {
    const first_sequence = shipments.get(entry.shipment_id)?.first_sequence ?? entry.sequence;
    shipments.set(entry.shipment_id, {
      shipment_id: entry.shipment_id,
      first_sequence,
      last_sequence: entry.sequence,
    });
  }
  return {
    events: carried.length,
    first_position: carried[0]?.entry.position ?? 0,
    last_position: carried.at(-1)?.entry.position ?? 0,
    shipments: [...shipments.values()],
  };
}

async function hexDigest(bytes: Uint8Array<ArrayBufferLike>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
