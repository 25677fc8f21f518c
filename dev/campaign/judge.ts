import { Findings } from "./judge/findings.ts";
import { readJournal } from "./judge/journal.ts";
import { ledger } from "./judge/ledger.ts";
import { feedGaps, order } from "./judge/order.ts";
import { repetitions } from "./judge/repetitions.ts";
import type { Line } from "./records.ts";

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
