import { createHash } from "node:crypto";
import { sandbox } from "../../workers/carriers/sandbox/index.ts";
import {
  checkPlan,
  dueAfter,
  type Spread,
  slotOf,
  slotSize,
  spreadBits,
} from "../../workers/domain/check-schedule.ts";
import { changedParts } from "../../workers/flow/answers.ts";
import type { CheckedNumber } from "../../workers/storage/checks.ts";
import { KINDS, type Kind } from "./carriers.ts";
import type { LocalD1 } from "./database.ts";
import { drawn, type Lives } from "./lives.ts";

/** A hub in the midst of its work: connections of all sizes, and their numbers where weeks of checks have put them. */

export interface SimulatedConnection {
  id: string;
  kind: Kind;
}

/** The number of a shipment, and back. */
export const numberOf = (index: number): string => `SBX${String(index).padStart(13, "0")}`;
export const indexOf = (number: string): number => Number(number.slice(3));
export const shipmentOf = (index: number): string => `shp_${index}`;

export interface Population {
  connections: SimulatedConnection[];
  /** The connection of each shipment, by its place in `connections`. */
  of: Uint16Array;
}

/** Which shipment goes over which connection: few large customers, many small ones. */
export function populate(count: number, connections_most = Number.POSITIVE_INFINITY): Population {
  const connections: SimulatedConnection[] = [];
  const upTo: number[] = [];
  let sum = 0;
  for (const kind of KINDS) {
    const numbers = count * kind.share;
    const most = kind.numbers_most;
    const wanted =
      most === undefined ? Math.min(kind.connections, Math.ceil(numbers / 50)) : Math.ceil(numbers / most);
    const many = Math.min(wanted, connections_most);
    const weights = Array.from({ length: Math.max(1, many) }, (_, rank) =>
      most === undefined ? 1 / (rank + 1) : 1,
    );
    const all = weights.reduce((a, b) => a + b, 0);
    for (const weight of weights) {
      const name = createHash("sha256").update(`${kind.id} ${connections.length}`).digest("hex").slice(0, 26);
      connections.push({ id: `con_${name}`, kind });
      sum += (kind.share * weight) / all;
      upTo.push(sum);
    }
  }
  const of = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    const draw = drawn(index, 40) * sum;
    let low = 0;
    for (let high = upTo.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) <= draw) low = middle + 1;
      else high = middle;
    }
    of[index] = low;
  }
  return { connections, of };
}

/** The place of a shipment that is not simulated here. */
export const NOBODY = 0xffff;

/** The `nth` (from 0) of so many parts. */
export interface Part {
  nth: number;
  of: number;
}

/**
 * Leaves one of the parts: the connections are dealt out, the largest first, each to the part that has the fewest
 * shipments yet. Connections have nothing to do with each other but the database and the tick, of which each part has
 * its own.
 */
export function split({ connections, of }: Population, part: Part): void {
  const sizes = new Uint32Array(connections.length);
  for (const place of of) sizes[place] = (sizes[place] ?? 0) + 1;
  const sums = new Array<number>(part.of).fill(0);
  const mine = new Set<number>();
  const places = connections.map((_, place) => place).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  for (const place of places) {
    const least = sums.indexOf(Math.min(...sums));
    sums[least] = (sums[least] ?? 0) + (sizes[place] ?? 0);
    if (least === part.nth) mine.add(place);
  }
  for (const [index, place] of of.entries()) if (!mine.has(place)) of[index] = NOBODY;
}

/** Writes the rows of everything that is tracked at `t0`; `known` shipments are. */
export function fill(
  db: LocalD1,
  { connections, of }: Population,
  { lives, known, t0 }: { lives: Lives; known: number; t0: number },
): void {
  const intervals = new Map<number, Map<number, number>>();
  const placed = new Int32Array(known);
  for (let index = 0; index < known; index++) {
    const place = of[index] ?? 0;
    const kind = connections[place]?.kind;
    if (kind === undefined) continue;
    const events = lives.eventsAt(index, t0);
    const { interval_s } = checkPlan({
      status: lives.statusAfter(index, events),
      quiet_s: (t0 - lives.lastOf(index, events)) / 1000,
      pushes: kind.pushes === true,
      min_minutes: kind.min_minutes ?? null,
    });
    placed[index] = interval_s;
    const counts = intervals.get(place) ?? new Map<number, number>();
    counts.set(interval_s, (counts.get(interval_s) ?? 0) + 1);
    intervals.set(place, counts);
  }
  const spreads = connections.map((connection, place) =>
    settled(connection.kind, intervals.get(place) ?? new Map(), t0),
  );
  db.fill(
    `INSERT INTO connections (id, carrier_id, ways, credentials_sealed, key_id, auto_register, paused, spread, created_at, updated_at)
     VALUES (?1, ?2, ?3, NULL, NULL, 0, 0, ?4, ?5, ?5)`,
    connections.map(({ id, kind }, place) => [
      id,
      kind.id,
      JSON.stringify({
        ...(kind.pushes === true ? { webhook: {} } : {}),
        poll: kind.min_minutes === undefined ? {} : { min_minutes: kind.min_minutes },
      }),
      JSON.stringify(spreads[place] ?? {}),
      t0,
    ]),
  );
  db.fill(
    "INSERT INTO connection_accounts (account_number, carrier_id, connection_id) VALUES (?1, ?2, ?1)",
    connections.map(({ id, kind }) => [id, kind.id]),
  );
  const indexes = Array.from({ length: known }, (_, index) => index).filter((index) => of[index] !== NOBODY);
  // In the order of the key, so that a million rows are appended rather than sorted in.
  indexes.sort((a, b) => (of[a] ?? 0) - (of[b] ?? 0) || a - b);
  const idOf = (index: number) => connections[of[index] ?? 0]?.id ?? "";
  db.fill(
    `INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, ended, created_at)
     VALUES (?1, ?2, ?3, '', 'acme.live', ?4, ?5)`,
    indexes.values().map((index) => {
      const ended = lives.statusAfter(index, lives.eventsAt(index, t0)) === "delivered";
      return [idOf(index), numberOf(index), shipmentOf(index), ended ? 1 : 0, lives.since(index)];
    }),
  );
  const slots = new Map<string, [string, number, number]>();
  db.fill(
    `INSERT INTO checks (connection_id, carrier_number, interval_s, slot, answer_hash, status, changed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
    answersOf(indexes, lives, t0).map(([index, hash]) => {
      const place = of[index] ?? 0;
      const interval_s = placed[index] ?? 900;
      const slot = slotOf(numberOf(index), spreadBits(spreads[place] ?? {}, interval_s));
      const id = idOf(index);
      slots.set(`${id} ${interval_s} ${slot}`, [id, interval_s, slot]);
      const events = lives.eventsAt(index, t0);
      const status = lives.statusAfter(index, events);
      return [id, numberOf(index), interval_s, slot, hash, status, lives.lastOf(index, events)];
    }),
  );
  db.fill(
    "INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures) VALUES (?1, 'poll', ?2, ?3, ?4, 0)",
    slots
      .values()
      .map(([connection_id, interval_s, slot]) => [
        connection_id,
        interval_s,
        slot,
        dueAfter({ connection_id, interval_s, slot }, t0, 1),
      ]),
  );
}

/** The spread to which a connection has come with so many numbers in each interval. */
function settled(kind: Kind, counts: ReadonlyMap<number, number>, t0: number): Spread {
  const size = slotSize(kind.numbers_per_call);
  return Object.fromEntries(
    [...counts].map(([interval_s, count]) => [
      interval_s,
      { bits: Math.max(0, Math.ceil(Math.log2(count / (size * 0.75)))), since: t0 - 86_400_000 },
    ]),
  );
}

/** What each number's last answer was, as the poller would have kept it. */
function* answersOf(
  indexes: readonly number[],
  lives: Lives,
  t0: number,
): Generator<[index: number, hash: string | null]> {
  const { poll } = sandbox;
  if (poll === undefined) throw new Error("The sandbox is asked over its API.");
  for (let at = 0; at < indexes.length; at += 100) {
    const group = indexes.slice(at, at + 100);
    const told = group.map((index) => lives.tell(index, numberOf(index), lives.eventsAt(index, t0)));
    const body = new TextEncoder().encode(`{"tracking":[${told.join(",")}]}`);
    const asked = group.map(
      (index): CheckedNumber => ({
        carrier_number: numberOf(index),
        answer_hash: null,
        status: "registered",
        changed_at: 0,
      }),
    );
    const hashes = new Map(changedParts(poll, body, asked)?.map(({ number, hash }) => [number, hash]));
    for (const index of group) yield [index, hashes.get(numberOf(index)) ?? null];
  }
}
