import type { Judged, Window } from "./carriers.ts";
import { type Counted, summed, together } from "./measures.ts";

/** What was seen in a simulation: plain data, so that parts of one can be made on several threads and put together. */
export interface Outcome {
  due: number;
  done: number;
  late: { all: Counted; recovered: Counted };
  /** Carriers by id, as they judge it. */
  judged: Map<string, Judged>;
  claimed_twice: number;
  forgotten: number;
  with_news: number;
  documents: number;
  registered: number;
  lost: number;
  slots: number;
  /** Checks in each minute. */
  minutes: Uint32Array;
  /** Statements in each minute. */
  statements: Uint32Array;
  /** Bytes, of the whole process. */
  peak_rss: number;
  failed: string | null;
}

/** The parts of a simulation as one: they ran side by side, over the same minutes. */
export function merged(parts: readonly Outcome[]): Outcome {
  const total = (of: (part: Outcome) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  const judged = new Map<string, Judged>();
  for (const part of parts) {
    for (const [id, { calls, numbers, broken }] of part.judged) {
      const before = judged.get(id) ?? {
        calls: 0,
        numbers: 0,
        broken: { second: 0, day: 0, retry_after: 0 },
      };
      judged.set(id, {
        calls: before.calls + calls,
        numbers: before.numbers + numbers,
        broken: {
          second: before.broken.second + broken.second,
          day: before.broken.day + broken.day,
          retry_after: before.broken.retry_after + broken.retry_after,
        },
      });
    }
  }
  return {
    due: total(({ due }) => due),
    done: total(({ done }) => done),
    late: {
      all: together(parts.map(({ late }) => late.all)),
      recovered: together(parts.map(({ late }) => late.recovered)),
    },
    judged,
    claimed_twice: total(({ claimed_twice }) => claimed_twice),
    forgotten: total(({ forgotten }) => forgotten),
    with_news: total(({ with_news }) => with_news),
    documents: total(({ documents }) => documents),
    registered: total(({ registered }) => registered),
    lost: total(({ lost }) => lost),
    slots: total(({ slots }) => slots),
    minutes: summed(parts.map(({ minutes }) => minutes)),
    statements: summed(parts.map(({ statements }) => statements)),
    peak_rss: Math.max(...parts.map(({ peak_rss }) => peak_rss)),
    failed: parts.find(({ failed }) => failed !== null)?.failed ?? null,
  };
}

/** Checks a minute: the busiest, the median, and the busiest of the quarter of an hour after the missed ticks. */
export function busiest(
  minutes: Uint32Array,
  missed: Window,
  t0: number,
): { checks: number; usual: number; catching_up: number } {
  const sorted = [...minutes].filter((checks) => checks > 0).sort((a, b) => a - b);
  const from = Math.floor((missed.to - t0) / 60_000);
  return {
    checks: sorted.at(-1) ?? 0,
    usual: sorted[Math.floor(sorted.length / 2)] ?? 0,
    catching_up: Math.max(...minutes.slice(from, from + 15)),
  };
}
