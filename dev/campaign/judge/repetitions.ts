import type { Case } from "../judge.ts";
import type { Findings } from "./findings.ts";
import type { JournalRead, Request } from "./journal.ts";

/** What came again although it was acknowledged, and whether a cut explains it. */
export function repetitions(given: Case, journal: JournalRead, findings: Findings) {
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
    if (request.ack === "no") {
      // Who refuses what it had, asks for it again: whole, or by shipment, as anything that is refused.
      acked.delete(key);
      for (const { event } of line.events)
        if (eventAcked.get(`${line.endpoint} ${event}`) === line.id)
          eventAcked.delete(`${line.endpoint} ${event}`);
      continue;
    }
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
