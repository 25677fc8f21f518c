import type { CarriedEvent, Line, RequestLine } from "./records.ts";

/**
 * Compares what the carriers were told is accepted with what the customers' receivers wrote down and what Gluey lists as
 * dead. Pure, and no part of Gluey: it reads the campaign's own files and the answers of the public API.
 */
export interface Case {
  lines: readonly Line[];
  subscriptions: readonly JudgedSubscription[];
  /** Every fact of the plan: whose it is, and its milestone. */
  facts: ReadonlyMap<string, { account_number: string; milestone: string }>;
  /** Each account's feed, in its order. */
  feed: readonly { account_number: string; shipment: string; sequence: number; fact: string }[];
  dead: readonly {
    subscription_id: string;
    died_at: number;
    shipments: readonly { shipment_id: string; first_sequence: number; last_sequence: number }[];
  }[];
  /** Attempts that Gluey itself says were cut off: `subscription_id` and `message_id` of each. */
  unknown: readonly { subscription_id: string; message_id: string }[];
}

export interface JudgedSubscription {
  id: string;
  endpoint: string;
  account_number: string;
  milestones: readonly string[] | null;
  /** The customer ended it: what was not delivered is cancelled. */
  cancelled: boolean;
}

export interface Verdict {
  accepted: number;
  /** Facts times the subscriptions that want them: what has to end somehow. */
  owed: number;
  delivered: number;
  dead: number;
  cancelled: number;
  /** Accepted, in the feed or not, and none of the three. */
  lost: number;
  /** Of those: not even in the account's feed. */
  not_in_feed: number;
  /** In the feed or delivered, and never accepted. */
  made_up: number;
  /** Messages that came again after a well-formed 2xx, or after a kill. */
  duplicates: number;
  /** Of those: without any cut between the answer and the repetition. */
  duplicates_without_a_cut: number;
  /** Messages that came again, without a cut, after a 2xx that the receiver broke off. */
  repeated_after_a_broken_answer: Record<string, number>;
  /** What Gluey says was under way when it was cut off. */
  in_flight_at_cuts: number;
  /** The most messages that came again after one cut: of one endpoint, of one customer. */
  most_duplicates_of_an_endpoint: number;
  most_duplicates_of_a_customer: number;
  /** One event under two webhook-ids although it was acknowledged under the first. */
  renamed: number;
  order_violations: number;
  /** Two messages of one shipment in flight at once. */
  overlaps: number;
  /** The feed's sequences have a gap or stand in the wrong order. */
  feed_gaps: number;
  forgeries: number;
  forgeries_accepted: number;
  /** Requests at the receiver that no secret verifies. */
  unverified: number;
  redirects_followed: number;
  attempts: number;
  /** A sentence each, the first few of every kind. */
  findings: string[];
}

/** A connection that the sender gave up is seen as closed a little after the next request, where both come at once. */
const CLOSED_LATE_MS = 250;
const FINDINGS_A_KIND = 5;

export function judge(given: Case): Verdict {
  const findings = new Findings();
  const journal = readJournal(given.lines);
  const outcome = ledger(given, journal, findings);
  const repeated = repetitions(given, journal, findings);
  return {
    ...outcome,
    ...repeated,
    ...order(given, journal, findings),
    feed_gaps: feedGaps(given, findings),
    in_flight_at_cuts: given.unknown.length,
    forgeries: journal.forgeries.length,
    forgeries_accepted: journal.forgeries.filter(({ status }) => status >= 200 && status < 300).length,
    unverified: journal.requests.filter(({ line }) => line.signature !== "ok").length,
    redirects_followed: journal.strayed,
    attempts: journal.requests.length,
    findings: findings.all(),
  };
}

class Findings {
  readonly #said = new Map<string, string[]>();

  say(kind: string, sentence: string): void {
    const said = this.#said.get(kind) ?? [];
    this.#said.set(kind, said);
    if (said.length < FINDINGS_A_KIND) said.push(`${kind}: ${sentence}`);
  }

  all(): string[] {
    return [...this.#said.values()].flat();
  }
}

interface Request {
  line: RequestLine;
  ack: "clean" | "broken" | "no";
  answered_at: number | null;
  closed_at: number | null;
}

interface JournalRead {
  requests: Request[];
  accepted: Map<string, number>;
  cuts: { spawned_at: number }[];
  forgeries: Extract<Line, { kind: "forgery" }>[];
  strayed: number;
}

function readJournal(lines: readonly Line[]): JournalRead {
  const byNumber = new Map<number, Request>();
  const read: JournalRead = { requests: [], accepted: new Map(), cuts: [], forgeries: [], strayed: 0 };
  for (const line of lines) {
    if (line.kind === "request") {
      const request: Request = { line, ack: "no", answered_at: null, closed_at: null };
      byNumber.set(line.n, request);
      read.requests.push(request);
      if (line.signature !== "ok") continue;
    } else if (line.kind === "answered") {
      const request = byNumber.get(line.n);
      if (request !== undefined) Object.assign(request, { ack: line.ack, answered_at: line.at });
    } else if (line.kind === "closed") {
      const request = byNumber.get(line.n);
      if (request !== undefined) request.closed_at = line.at;
    } else if (line.kind === "accepted") for (const fact of line.facts) read.accepted.set(fact, line.at);
    else if (line.kind === "cut") read.cuts.push(line);
    else if (line.kind === "forgery") read.forgeries.push(line);
    else if (line.kind === "strayed") read.strayed++;
  }
  read.requests.sort((a, b) => a.line.at - b.line.at);
  return read;
}

/** Every accepted fact, for every subscription that wants it: delivered, dead, cancelled, or lost. */
function ledger(given: Case, journal: JournalRead, findings: Findings) {
  const inFeed = new Map(given.feed.map((entry) => [`${entry.account_number} ${entry.fact}`, entry]));
  const deadBySubscription = Map.groupBy(given.dead, ({ subscription_id }) => subscription_id);
  const accepted = [...journal.accepted.keys()];
  const totals = { owed: 0, delivered: 0, dead: 0, cancelled: 0, lost: 0, not_in_feed: 0, made_up: 0 };
  const deliveredBy = Map.groupBy(
    journal.requests.filter(({ ack }) => ack !== "no"),
    ({ line }) => line.endpoint,
  );
  for (const subscription of given.subscriptions) {
    const arrived = new Set(
      (deliveredBy.get(subscription.endpoint) ?? []).flatMap(({ line }) =>
        line.events.map(({ fact }) => fact),
      ),
    );
    const dead = deadSequences(deadBySubscription.get(subscription.id) ?? []);
    for (const fact of accepted) {
      const known = given.facts.get(fact);
      if (known?.account_number !== subscription.account_number) continue;
      if (subscription.milestones !== null && !subscription.milestones.includes(known.milestone)) continue;
      totals.owed++;
      const entry = inFeed.get(`${subscription.account_number} ${fact}`);
      if (entry === undefined) totals.not_in_feed++;
      if (arrived.has(fact)) totals.delivered++;
      else if (entry !== undefined && dead.has(`${entry.shipment} ${entry.sequence}`)) totals.dead++;
      else if (subscription.cancelled && entry !== undefined) totals.cancelled++;
      else {
        totals.lost++;
        findings.say(
          "lost",
          `${fact} for ${subscription.endpoint}${entry ? "" : ", not in the feed either"}`,
        );
      }
    }
    for (const fact of arrived) {
      if (journal.accepted.has(fact)) continue;
      totals.made_up++;
      findings.say("made up", `${fact} at ${subscription.endpoint}`);
    }
  }
  for (const { fact, account_number } of given.feed) {
    if (journal.accepted.has(fact)) continue;
    totals.made_up++;
    findings.say("made up", `${fact} in the feed of ${account_number}`);
  }
  return { accepted: accepted.length, ...totals };
}

function deadSequences(dead: Case["dead"]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { died_at, shipments } of dead) {
    for (const { shipment_id, first_sequence, last_sequence } of shipments) {
      for (let sequence = first_sequence; sequence <= last_sequence; sequence++)
        found.set(`${shipment_id} ${sequence}`, died_at);
    }
  }
  return found;
}

/** What came again although it was acknowledged, and whether a cut explains it. */
function repetitions(given: Case, journal: JournalRead, findings: Findings) {
  const accountOf = new Map(given.subscriptions.map((one) => [one.endpoint, one.account_number]));
  const acked = new Map<string, Request>();
  const eventAcked = new Map<string, string>();
  const broken: Record<string, number> = {};
  const after = new Map<string, number>();
  const totals = { duplicates: 0, duplicates_without_a_cut: 0, renamed: 0 };
  for (const request of journal.requests) {
    const { line } = request;
    if (line.signature !== "ok") continue;
    const key = `${line.endpoint} ${line.id}`;
    const before = acked.get(key);
    if (before !== undefined) {
      // By its next start the killed one is surely gone: what came before then, it sent.
      const cut = journal.cuts.findIndex(({ spawned_at }) => spawned_at >= before.line.at);
      const between = cut >= 0 && (journal.cuts[cut]?.spawned_at ?? 0) <= line.at;
      if (between || before.ack === "clean") totals.duplicates++;
      else broken[before.line.fault] = (broken[before.line.fault] ?? 0) + 1;
      if (between) {
        for (const whose of [`endpoint ${line.endpoint}`, `customer ${accountOf.get(line.endpoint)}`])
          after.set(`${cut} ${whose}`, (after.get(`${cut} ${whose}`) ?? 0) + 1);
      } else if (before.ack === "clean") {
        totals.duplicates_without_a_cut++;
        findings.say("duplicate without a cut", `${line.id} at ${line.endpoint}`);
      }
    }
    for (const { event } of line.events) {
      const first = eventAcked.get(`${line.endpoint} ${event}`);
      if (first === undefined || first === line.id) continue;
      totals.renamed++;
      findings.say("renamed", `${event} came as ${first} and as ${line.id} at ${line.endpoint}`);
    }
    if (request.ack === "no") continue;
    acked.set(key, request);
    if (request.ack === "clean")
      for (const { event } of line.events) eventAcked.set(`${line.endpoint} ${event}`, line.id);
  }
  const most = (word: string) =>
    Math.max(0, ...[...after].filter(([key]) => key.includes(` ${word} `)).map(([, times]) => times));
  return {
    ...totals,
    repeated_after_a_broken_answer: broken,
    most_duplicates_of_an_endpoint: most("endpoint"),
    most_duplicates_of_a_customer: most("customer"),
  };
}

/** A shipment's events at one endpoint: none before all earlier ones are acknowledged or dead, and one message at a time. */
function order(given: Case, journal: JournalRead, findings: Findings) {
  const totals = { order_violations: 0, overlaps: 0 };
  const milestoneOf = (fact: string) => given.facts.get(fact)?.milestone ?? "";
  const timelines = Map.groupBy(given.feed, ({ shipment }) => shipment);
  const byEndpoint = Map.groupBy(
    journal.requests.filter(({ line }) => line.signature === "ok"),
    ({ line }) => line.endpoint,
  );
  for (const subscription of given.subscriptions) {
    const dead = deadSequences(given.dead.filter((one) => one.subscription_id === subscription.id));
    const settled = new Map<string, number>();
    const open = new Map<string, Request>();
    for (const request of byEndpoint.get(subscription.endpoint) ?? []) {
      const { line } = request;
      for (const [shipment, events] of Map.groupBy(line.events, (event) => event.shipment)) {
        const earlier = open.get(shipment);
        if (earlier !== undefined && overlaps(earlier, request)) {
          totals.overlaps++;
          findings.say("overlap", `${shipment}: ${earlier.line.id} and ${line.id} at ${line.endpoint}`);
        }
        open.set(shipment, request);
        const [first] = events;
        if (first === undefined) continue;
        if (!isAscending(events)) {
          totals.order_violations++;
          findings.say("order", `${shipment} within ${line.id} at ${line.endpoint}`);
        }
        for (const { sequence, fact } of timelines.get(shipment) ?? []) {
          if (sequence >= first.sequence) continue;
          if (subscription.milestones !== null && !subscription.milestones.includes(milestoneOf(fact)))
            continue;
          const key = `${shipment} ${sequence}`;
          const done = (settled.get(key) ?? Infinity) <= line.at || (dead.get(key) ?? Infinity) <= line.at;
          if (done) continue;
          totals.order_violations++;
          findings.say("order", `${shipment} ${first.sequence} before ${sequence} at ${line.endpoint}`);
        }
      }
      if (request.ack === "no") continue;
      for (const { shipment, sequence } of line.events) {
        const key = `${shipment} ${sequence}`;
        settled.set(key, Math.min(settled.get(key) ?? Infinity, request.answered_at ?? Infinity));
      }
    }
  }
  return totals;
}

function overlaps(earlier: Request, later: Request): boolean {
  const ended = earlier.answered_at ?? (earlier.closed_at ?? Infinity) - CLOSED_LATE_MS;
  return ended > later.line.at;
}

function isAscending(events: readonly CarriedEvent[]): boolean {
  return events.every((event, at) => at === 0 || event.sequence > (events[at - 1]?.sequence ?? 0));
}

/** The feed tells a shipment's events as 1, 2, 3 … */
function feedGaps(given: Case, findings: Findings): number {
  let gaps = 0;
  const last = new Map<string, number>();
  for (const { shipment, sequence } of given.feed) {
    if (sequence !== (last.get(shipment) ?? 0) + 1) {
      gaps++;
      findings.say("feed", `${shipment}: ${sequence} after ${last.get(shipment) ?? 0}`);
    }
    last.set(shipment, sequence);
  }
  return gaps;
}
