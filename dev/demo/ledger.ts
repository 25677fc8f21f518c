import { WAYS_IN, type WayIn } from "./story.ts";

/** Who was told what, and what came of it: judges the nine paths. Knows nothing of how anything travels. */

export const WAYS_OUT = ["webhook", "sftp", "api"] as const;
export type WayOut = (typeof WAYS_OUT)[number];

export interface Path {
  in: WayIn;
  out: WayOut;
  /** Distinct facts that the carrier told by this way in. */
  sent: number;
  /** Of those, how many the customer has by this way out. */
  arrived: number;
  /** Arrivals of a fact that was there already. */
  duplicates: number;
  out_of_order: number;
  /** From the telling to the arrival, milliseconds; null while nothing arrived. */
  p50_ms: number | null;
  max_ms: number | null;
}

export interface Arrival {
  fact: string;
  shipment_id: string;
  /** Null where the way tells none: then `in_order` says whether it stood where it belongs. */
  sequence: number | null;
  in_order: boolean;
  at: number;
}

export class Ledger {
  readonly #sent = new Map<string, { way: WayIn; at: number }>();
  readonly #arrived = new Map<WayOut, Map<string, number>>(WAYS_OUT.map((way) => [way, new Map()]));
  readonly #last = new Map<string, number>();
  readonly #duplicates = new Map<string, number>();
  readonly #disorder = new Map<string, number>();
  /** Arrivals that nobody sent: something was made up, or garbled on the way. */
  readonly unexpected: string[] = [];

  /** The carrier tells a fact. Told again, its first time counts. */
  told(way: WayIn, fact: string, at: number): void {
    if (!this.#sent.has(fact)) this.#sent.set(fact, { way, at });
  }

  arrived(out: WayOut, { fact, shipment_id, sequence, in_order, at }: Arrival): void {
    const sent = this.#sent.get(fact);
    if (sent === undefined) {
      this.unexpected.push(`${out}: ${fact}`);
      return;
    }
    const path = `${sent.way} ${out}`;
    const arrivals = this.#arrived.get(out);
    if (arrivals?.has(fact)) count(this.#duplicates, path);
    else arrivals?.set(fact, at);
    if (sequence !== null) {
      const line = `${out} ${shipment_id}`;
      const last = this.#last.get(line) ?? 0;
      // No gaps: what comes after 3 is 4.
      if (sequence !== last + 1) count(this.#disorder, path);
      this.#last.set(line, Math.max(last, sequence));
    } else if (!in_order) count(this.#disorder, path);
  }

  paths(): Path[] {
    return WAYS_IN.flatMap((way) => WAYS_OUT.map((out) => this.#path(way, out)));
  }

  /** Whether every fact that was to be told has arrived, by all ways out. */
  isComplete(facts: number): boolean {
    return this.#sent.size === facts && this.paths().every((path) => path.arrived === path.sent);
  }

  /** Every fact exactly once and in order, on all nine paths, and nothing else. */
  isGood(facts: number): boolean {
    const flawless = (path: Path) => path.sent > 0 && path.duplicates === 0 && path.out_of_order === 0;
    return this.isComplete(facts) && this.unexpected.length === 0 && this.paths().every(flawless);
  }

  #path(way: WayIn, out: WayOut): Path {
    const facts = [...this.#sent].filter(([, sent]) => sent.way === way);
    const arrivals = this.#arrived.get(out) ?? new Map<string, number>();
    const took = facts
      .flatMap(([fact, { at }]) => {
        const arrival = arrivals.get(fact);
        return arrival === undefined ? [] : [arrival - at];
      })
      .sort((a, b) => a - b);
    return {
      in: way,
      out,
      sent: facts.length,
      arrived: took.length,
      duplicates: this.#duplicates.get(`${way} ${out}`) ?? 0,
      out_of_order: this.#disorder.get(`${way} ${out}`) ?? 0,
      p50_ms: took[Math.floor((took.length - 1) / 2)] ?? null,
      max_ms: took.at(-1) ?? null,
    };
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
