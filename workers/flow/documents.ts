import type { InboxCalls } from "../context.ts";
import { documentPlace } from "../domain/document-id.ts";
import type {
  DocumentRow,
  DocumentState,
  DocumentsHour,
  DocumentsQuery,
  StoredDocument,
} from "../inbox/views.ts";
import { type Lane, lanesOf, latestLanes } from "../storage/lanes.ts";
import type { Queryable } from "../storage/queryable.ts";
import { log, reasonOf } from "./log.ts";

/** Documents as their inboxes have them: one, some, or the newest of all connections. */

interface Ports {
  control: Queryable;
  inboxOf(connection_id: string, lane: number): InboxCalls;
}

/** A document without its body; null where there is none (any more). */
export async function describeDocument(ctx: Pick<Ports, "inboxOf">, id: string): Promise<DocumentRow | null> {
  return (await describeDocuments(ctx, [id])).get(id) ?? null;
}

/** Several, by id: one call for each inbox. Those that are gone are left out. */
export async function describeDocuments(
  ctx: Pick<Ports, "inboxOf">,
  ids: readonly string[],
): Promise<Map<string, DocumentRow>> {
  const places = ids.flatMap((id) => documentPlace(id) ?? []);
  const byInbox = Map.groupBy(places, ({ connection_id, lane }) => `${connection_id}/${lane}`);
  const found = await Promise.all(
    [...byInbox.values()].map(async (own) => {
      const [first] = own;
      if (first === undefined) return [];
      return ctx.inboxOf(first.connection_id, first.lane).describeAll(own.map(({ key }) => key));
    }),
  );
  return new Map(found.flat().map((row) => [row.id, row]));
}

export async function documentState(ctx: Pick<Ports, "inboxOf">, id: string): Promise<DocumentState | null> {
  return (await describeDocument(ctx, id))?.state ?? null;
}

/** A document with its whole body, or null where there is none (its 30 days are over). */
export async function loadDocument(ctx: Pick<Ports, "inboxOf">, id: string): Promise<StoredDocument | null> {
  const place = documentPlace(id);
  return place === null ? null : ctx.inboxOf(place.connection_id, place.lane).load(place.key);
}

/** A page asks so many lanes at most: an invocation has ten thousand subrequests, and somebody waits for the page. */
const LANES_ASKED = 200;

/** The newest documents of all connections, and the id to go on before; null at the end. */
export async function listDocuments(
  ctx: Ports,
  query: DocumentsQuery,
): Promise<{ documents: DocumentRow[]; next: string | null }> {
  const lanes = await latestLanes(ctx.control, query.state, LANES_ASKED);
  const pages = await ofLanes(ctx, lanes, (inbox) => inbox.list(query));
  // A lane that has more answers from before its own mark: nothing older than the latest of these is known for sure.
  const known = pages.map(({ next }) => next ?? "").reduce((a, b) => (a > b ? a : b), "");
  const rows = pages
    .flatMap(({ documents }) => documents)
    .filter(({ id }) => id >= known)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const documents = rows.slice(0, query.limit);
  const next = rows.length > query.limit ? (documents.at(-1)?.id ?? null) : known === "" ? null : known;
  return { documents, next };
}

export interface ConnectionHour extends DocumentsHour {
  connection_id: string;
}

/** What a connection's carrier sent, hour by hour since a time. */
export async function documentsByHour(
  ctx: Ports,
  connection_ids: readonly string[],
  since: number,
): Promise<ConnectionHour[]> {
  const lanes = await lanesOf(ctx.control, connection_ids);
  return (await hoursOf(ctx, lanes, since)).sort((a, b) => a.hour - b.hour);
}

/** The same for the connections with the latest documents. */
export async function latestHours(ctx: Ports, since: number): Promise<ConnectionHour[]> {
  return hoursOf(ctx, await latestLanes(ctx.control, null, LANES_ASKED), since);
}

async function hoursOf(ctx: Ports, lanes: readonly Lane[], since: number): Promise<ConnectionHour[]> {
  const hours = await ofLanes(ctx, lanes, async (inbox, { connection_id, lane }) => {
    try {
      return (await inbox.hours(since)).map((hour) => ({ ...hour, connection_id }));
    } catch (error) {
      // One that does not answer spoils no page.
      log("lane.not_asked", { connection_id, lane, why: reasonOf(error) });
      return [];
    }
  });
  const merged = new Map<string, ConnectionHour>();
  for (const one of hours.flat()) {
    const key = `${one.connection_id} ${one.hour} ${one.way}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? one : together(before, one));
  }
  return [...merged.values()];
}

function together(a: ConnectionHour, b: ConnectionHour): ConnectionHour {
  return {
    ...a,
    documents: a.documents + b.documents,
    unreadable: a.unreadable + b.unreadable,
    waiting: a.waiting + b.waiting,
    oldest_waiting_at:
      a.oldest_waiting_at === null || b.oldest_waiting_at === null
        ? (a.oldest_waiting_at ?? b.oldest_waiting_at)
        : Math.min(a.oldest_waiting_at, b.oldest_waiting_at),
    last_received_at: Math.max(a.last_received_at, b.last_received_at),
  };
}

async function ofLanes<T>(
  ctx: Ports,
  lanes: readonly Lane[],
  ask: (inbox: InboxCalls, lane: Lane) => Promise<T>,
): Promise<T[]> {
  return Promise.all(lanes.map((lane) => ask(ctx.inboxOf(lane.connection_id, lane.lane), lane)));
}
