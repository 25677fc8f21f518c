import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Carrier } from "../../workers/carriers/carrier.ts";
import type { Context, InboxCalls } from "../../workers/context.ts";
import { checkPlan } from "../../workers/domain/check-schedule.ts";
import { documentId, keyAt } from "../../workers/domain/document-id.ts";
import { timePart } from "../../workers/domain/ids.ts";
import { blockedUntil, endTurn, NEW_PACE, takeTurn } from "../../workers/domain/pace.ts";
import { isStatus, type Status } from "../../workers/domain/statuses.ts";
import { runCheck } from "../../workers/flow/check.ts";
import { CheckMessage } from "../../workers/flow/messages.ts";
import { enqueueChecks } from "../../workers/flow/tick.ts";
import { rescheduleChecks } from "../../workers/storage/checks.ts";
import { connectionsFeeding } from "../../workers/storage/connections.ts";
import { followStatements } from "../../workers/storage/follow.ts";
import { carrierOf, KINDS, SimulatedCarrier, type Window } from "./carriers.ts";
import { TestClock } from "./clock.ts";
import { LocalD1 } from "./database.ts";
import { Lane } from "./lanes.ts";
import { Lives } from "./lives.ts";
import { Seconds } from "./measures.ts";
import type { Outcome } from "./outcome.ts";
import { fill, indexOf, NOBODY, numberOf, type Part, populate, shipmentOf, split } from "./population.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const T0 = Date.parse("2026-03-14T00:00:00Z");
/** Of all shipments, those that come under tracking while it runs. */
const NEWCOMERS = 0.08;
/** What a fault made late is caught up with after so long. */
const RECOVERY_MS = 15 * MINUTE_MS;
const CONSUMERS = 250;
/** Of so many messages one is lost with its consumer. */
const ONE_LOST_OF = 5000;

export interface Plan {
  shipments: number;
  hours: number;
  /** Connections of a carrier at most; as many as a hub of this size has where absent. */
  connections_most?: number;
  /** Only some of the connections, with their shipments: see `split`. */
  part?: Part;
  /** Another control database than Node's own SQLite, and how it gets what was filled in there. */
  through?: { control: D1Database; clock: TestClock; filled: (local: LocalD1) => Promise<void> };
  progress?: (text: string) => void;
}

/** The hour of a day without ticks, in the hours that are simulated. */
export function missedIn(hours: number): Window {
  return { from: T0 + (15 / 24) * hours * HOUR_MS, to: T0 + (16 / 24) * hours * HOUR_MS };
}

/** Node hashes on another thread, which the test clock would not wait for: here it is done at once. */
function hashAtOnce(): void {
  Object.defineProperty(crypto.subtle, "digest", {
    value: async (_sha256: unknown, bytes: Uint8Array) =>
      new Uint8Array(createHash("sha256").update(bytes).digest()).buffer,
    configurable: true,
  });
}

/** Runs the hours; everything but the peers, the clock and the queues is the Worker's own code. */
export async function simulate(plan: Plan): Promise<Outcome> {
  const { shipments, hours, progress = () => {} } = plan;
  const scale = hours / 24;
  const end = T0 + hours * HOUR_MS;
  const known = Math.floor(shipments * (1 - NEWCOMERS));
  const clock = plan.through?.clock ?? new TestClock(T0);
  hashAtOnce();
  const local = new LocalD1();
  const control: D1Database = plan.through?.control ?? local;
  const lives = new Lives(shipments, known, T0, hours * 60);
  const population = populate(shipments, plan.connections_most);
  if (plan.part !== undefined) split(population, plan.part);
  local.migrate(join(import.meta.dirname, "../../migrations"));
  fill(local, population, { lives, known, t0: T0 });
  await plan.through?.filled(local);
  const filled = population.of.subarray(0, known).reduce((sum, place) => sum + (place === NOBODY ? 0 : 1), 0);
  progress(`${filled} shipments over ${population.connections.length} connections are there.`);

  const places = new Map(population.connections.map(({ id }, place) => [id, place]));
  const world = { clock, lives, indexOf, t0: T0, scale };
  const peers = new Map(KINDS.map((kind) => [kind.id, new SimulatedCarrier(kind, world)]));
  const carriers = new Map<string, Carrier>(KINDS.map((kind) => [kind.id, carrierOf(kind)]));
  const paces = new Map<string, SimulatedPace>();
  const missed = missedIn(hours);

  const late = { all: new Seconds(), recovered: new Seconds() };
  const asked_at = new Float64Array(shipments).fill(T0);
  const told = new Uint8Array(shipments);
  for (let index = 0; index < known; index++) told[index] = lives.eventsAt(index, T0);
  const minutes = new Uint32Array(hours * 60 + 10);
  const at_work = new Map<string, CheckMessage>();
  let done = 0;
  let claimed_twice = 0;
  let with_news = 0;
  let documents = 0;

  const inTrouble = (peer: SimulatedCarrier, turn_at: number) =>
    isWithin(turn_at, peer.trouble, RECOVERY_MS) || isWithin(turn_at, missed, RECOVERY_MS);

  /** One check's way out: who asks whom for what, and how late. */
  const outOf = (message: CheckMessage): Context["http"] => ({
    check: async () => null,
    send: async (request) => {
      const place = places.get(message.connection_id) ?? 0;
      const peer = peers.get(population.connections[place]?.kind.id ?? "");
      if (peer === undefined) throw new Error(`Nobody knows ${message.connection_id}.`);
      const key = `${message.connection_id} ${message.interval_s} ${message.slot}`;
      const other = at_work.get(key);
      if (other !== undefined && other.claim !== message.claim) claimed_twice += 1;
      at_work.set(key, message);
      const now = clock.now();
      const numbers = String(request.body).split(",");
      const minute_end = Math.ceil(message.turn_at / MINUTE_MS) * MINUTE_MS;
      const trouble = inTrouble(peer, message.turn_at);
      late.all.add((now - minute_end) / 1000, numbers.length);
      if (!trouble) late.recovered.add((now - minute_end) / 1000, numbers.length);
      const minute = Math.floor((now - T0) / MINUTE_MS);
      minutes[minute] = (minutes[minute] ?? 0) + numbers.length;
      const answer = await peer.answer(message.connection_id, request);
      at_work.delete(key);
      if (answer.kind === "answered" && answer.status === 200) {
        done += numbers.length;
        for (const number of numbers) asked_at[indexOf(number)] = clock.now();
      }
      return answer;
    },
  });

  const paceOf = (connection_id: string) => {
    const made = paces.get(connection_id) ?? new SimulatedPace();
    paces.set(connection_id, made);
    return made;
  };
  const work = async (message: CheckMessage) => {
    await runCheck({ ...ctx, http: outOf(message) }, message, (id) => carriers.get(id) ?? null);
  };
  const loses = (nth: number) => nth % ONE_LOST_OF === ONE_LOST_OF - 1;
  const lanes = {
    checks: new Lane(clock, CONSUMERS, work, loses),
    slow: new Lane(clock, CONSUMERS, work, loses),
    /** The numbers that a document was asked for: the inboxes' side, as far as checks notice it. */
    documents: new Lane<readonly string[]>(clock, CONSUMERS, async (asked) => {
      documents += 1;
      with_news += await takeIn(asked);
    }),
  };
  const toCheck = (body: unknown) => CheckMessage.parse(body);
  const [checks, slowChecks] = [lanes.checks.queue(toCheck), lanes.slow.queue(toCheck)];
  let ids = 0;
  const ctx = complete({
    control,
    queues: { checks, slowChecks, fileChecks: slowChecks },
    inboxOf: (connection_id, lane) =>
      acceptingInbox(async (_version, { asked }) => {
        lanes.documents.put(asked, 0);
        return { kind: "accepted", id: documentId({ connection_id, lane, key: keyAt(clock.now()) }) };
      }),
    paceOf,
    vault: undefined,
    timeScale: 1,
    now: () => clock.now(),
    wait: (ms) => clock.wait(ms),
    newId: (prefix) => `${prefix}_${timePart(clock.now())}${String(ids++).padStart(16, "0")}`,
  });

  /** The timeline's side of a document: which shipments have another status now. */
  const takeIn = async (asked: readonly string[]): Promise<number> => {
    const changed = asked
      .map(indexOf)
      .filter((index) => lives.eventsAt(index, clock.now()) > (told[index] ?? 0));
    await tell(changed);
    return changed.length;
  };
  const tell = async (changed: readonly number[]) => {
    const statuses = changed.map((index): { shipment_id: string; status: Status } => {
      told[index] = lives.eventsAt(index, clock.now());
      return { shipment_id: shipmentOf(index), status: lives.statusAfter(index, told[index] ?? 0) };
    });
    await rescheduleChecks(control, statuses, { now: clock.now(), timeScale: 1 });
  };

  // What carriers push, and who comes under tracking: by the minute.
  const pushed = new Map<number, number[]>();
  const newcomers = new Map<number, number[]>();
  for (let index = 0; index < shipments; index++) {
    if (population.of[index] === NOBODY) continue;
    if (index >= known) put(newcomers, Math.floor((lives.since(index) - T0) / MINUTE_MS), index);
    if (population.connections[population.of[index] ?? 0]?.kind.pushes !== true) continue;
    for (const minute of lives.eventsOf(index)) if (minute > 0) put(pushed, minute, index);
  }
  let registered = 0;
  const register = async (indexes: readonly number[]) => {
    for (const [place, own] of Map.groupBy(indexes, (index) => population.of[index] ?? 0)) {
      const connection = population.connections[place];
      if (connection === undefined) continue;
      const feeding = await connectionsFeeding(control, connection.id, [connection.kind.id]);
      const numbers = own.map((index) => ({
        number: numberOf(index),
        shipment_id: shipmentOf(index),
        parcel_id: "",
      }));
      await control.batch(
        followStatements(
          control,
          "acme.live",
          [{ connections: feeding.get(connection.kind.id) ?? [], numbers }],
          { now: clock.now(), timeScale: 1 },
        ),
      );
      for (const index of own) asked_at[index] = clock.now();
      registered += own.length;
    }
  };

  let peak_rss = 0;
  const statements = new Uint32Array(hours * 60);
  let failed: string | null = null;
  const guarded = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
  };
  for (let minute = 0; minute < hours * 60; minute++) {
    const at = T0 + minute * MINUTE_MS;
    const before = local.runs;
    clock.at(at, () => {
      guarded(register(newcomers.get(minute) ?? []));
      guarded(tell(pushed.get(minute) ?? []));
      if (isWithin(at, missed, 0)) return;
      // A cron may fire twice.
      guarded(enqueueChecks(ctx));
      guarded(enqueueChecks(ctx));
    });
    await clock.run(at);
    peak_rss = Math.max(peak_rss, process.memoryUsage.rss());
    statements[minute] = local.runs - before;
    if (minute > 0 && minute % 60 === 0) progress(`${minute / 60} h: ${done} checks`);
  }
  await clock.run(end);

  const rows = async (sql: string) =>
    plan.through === undefined ? local.rows(sql) : (await control.prepare(sql).all()).results;
  const judge = judgeEnd({
    slots: await rows("SELECT connection_id, interval_s, slot, due_at, turn_at FROM check_slots"),
    checks: await rows(
      "SELECT connection_id, carrier_number, interval_s, slot, status, changed_at FROM checks",
    ),
    end,
    asked_at,
    population,
    peers,
    missed,
  });
  local.close();
  return {
    due: done + judge.owed,
    done,
    late,
    judged: new Map([...peers].map(([id, peer]) => [id, peer.judged])),
    claimed_twice,
    forgotten: judge.forgotten,
    with_news,
    documents,
    registered,
    lost: lanes.checks.lost + lanes.slow.lost,
    slots: judge.slots,
    minutes,
    statements,
    peak_rss,
    failed: failed ?? lanes.checks.failed ?? lanes.slow.failed ?? lanes.documents.failed,
  };
}

/** The object that holds a connection's pace, without its storage: there is one of each, and it does not die. */
class SimulatedPace {
  #pace = NEW_PACE;

  async take(...[rate, now, max_wait_ms, probe_every_ms]: Parameters<PaceOf["take"]>) {
    const { pace, ...leave } = takeTurn(this.#pace, rate, now, max_wait_ms, probe_every_ms);
    this.#pace = pace;
    return { ...leave, failing: pace.failures > 0 };
  }

  async blocked(now: number): Promise<number | null> {
    return blockedUntil(this.#pace, now);
  }

  async ended(...[end, now, probe_every_ms]: Parameters<PaceOf["ended"]>): Promise<void> {
    this.#pace = endTurn(this.#pace, end, now, probe_every_ms);
  }
}
type PaceOf = ReturnType<Context["paceOf"]>;

/** An inbox that stores what it is given; nothing else of an inbox is reached from a check. */
function acceptingInbox(accept: InboxCalls["accept"]): InboxCalls {
  const missing = async (): Promise<never> => {
    throw new Error("The simulation's inboxes only accept documents.");
  };
  return {
    accept,
    setVersion: missing,
    remove: missing,
    readAgain: missing,
    upkeep: missing,
    report: missing,
    describeAll: missing,
    load: missing,
    list: missing,
    idsAfter: missing,
    hours: missing,
  };
}

/** The ports that checks touch; whatever else they reached for would be missing, and said. */
function complete(ports: Partial<Context>): Context {
  if (!isContext(ports)) throw new Error("The simulation lacks a port that checks need.");
  return ports;
}

function isContext(ports: Partial<Context>): ports is Context {
  return ports.control !== undefined && ports.queues !== undefined && ports.paceOf !== undefined;
}

/** What is left at the end: slots that owe a turn, and numbers that nobody has asked for though it was time. */
function judgeEnd(of: {
  slots: Iterable<Record<string, unknown>>;
  checks: Iterable<Record<string, unknown>>;
  end: number;
  asked_at: Float64Array;
  population: ReturnType<typeof populate>;
  peers: ReadonlyMap<string, SimulatedCarrier>;
  missed: Window;
}): { owed: number; forgotten: number; slots: number } {
  const { end, asked_at } = of;
  let slots = 0;
  const owing = new Set<string>();
  for (const row of of.slots) {
    slots += 1;
    const since = Number(row.turn_at ?? row.due_at);
    if (since < end - 2 * MINUTE_MS) owing.add(`${row.connection_id} ${row.interval_s} ${row.slot}`);
  }
  let owed = 0;
  let forgotten = 0;
  for (const row of of.checks) {
    if (owing.has(`${row.connection_id} ${row.interval_s} ${row.slot}`)) owed += 1;
    const status = String(row.status);
    const index = indexOf(String(row.carrier_number));
    const kind = of.population.connections[of.population.of[index] ?? 0]?.kind;
    if (!isStatus(status) || kind === undefined) throw new Error(`A check stands under "${status}".`);
    const changed_at = Number(row.changed_at);
    const { ask_after_s } = checkPlan({
      status,
      quiet_s: 0,
      pushes: kind.pushes === true,
      min_minutes: null,
    });
    const since = Math.max(asked_at[index] ?? 0, changed_at, T0, changed_at + ask_after_s * 1000);
    const trouble = of.peers.get(kind.id)?.trouble ?? null;
    if (isWithin(end, trouble, RECOVERY_MS) || isWithin(end, of.missed, RECOVERY_MS)) continue;
    // A lost message is made again when its lease ends, ten minutes later.
    if (since + Number(row.interval_s) * 1000 + RECOVERY_MS < end) forgotten += 1;
  }
  return { owed, forgotten, slots };
}

function isWithin(at: number, window: Window | null, after_ms: number): boolean {
  return window !== null && at >= window.from && at < window.to + after_ms;
}

function put(map: Map<number, number[]>, key: number, value: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
