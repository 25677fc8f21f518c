import type { Case } from "../judge.ts";
import { deadSequences } from "./dead.ts";
import type { Findings } from "./findings.ts";
import type { JournalRead } from "./journal.ts";

/** Every accepted fact, for every subscription that wants it: delivered, dead, cancelled, or lost. */
export function ledger(given: Case, journal: JournalRead, findings: Findings) {
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
