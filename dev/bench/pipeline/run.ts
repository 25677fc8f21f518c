import { countCosts } from "./count.ts";
import { type Figures, type Measured, pacedOf, rateOf } from "./figures.ts";
import { LANES, setLanes } from "./hooks.ts";
import {
  type Contestant,
  conflictsOf,
  type Latency,
  LOADS,
  type Load,
  latency,
  type Throughput,
  throughput,
} from "./measure.ts";
import { News, numbersOf } from "./news.ts";
import { profiled } from "./profile.ts";
import type { Receiver } from "./receiver.ts";
import { type Bundles, type Gluey, type Pipeline, type Population, populate } from "./stage.ts";

/** Everything that is measured, in its order. */

export interface Sizes {
  /** The first is measured in all, the others without lanes, costs and profiles. */
  populations: readonly { shipments: number; rounds: number; paces: readonly number[] }[];
  /** How long a turn of throughput lasts, by the rate of the turn before. */
  turn_s: number;
  pace_s: number;
}

/** What a part of the figures comes from, and what is said meanwhile. */
export interface Stage {
  home: string;
  bundles: Bundles;
  receiver: Receiver;
  bare: Pipeline;
  say(line: string): void;
}

export type Found = Pick<Figures, "populations" | "lanes" | "conflicts" | "costs" | "profiles">;

/** In the warm-up, whose rates size the turns. */
const FIRST_EVENTS = { single: 200, fifty: 800 };

/** Measures one population after the other. */
export async function run(stage: Stage, sizes: Sizes): Promise<Found> {
  const found: Found = { populations: [], lanes: [], conflicts: null, costs: [], profiles: [] };
  let first = 0;
  for (const [index, { shipments, rounds, paces }] of sizes.populations.entries()) {
    stage.say(`Registering ${shipments} shipments …`);
    const numbers = numbersOf(shipments, first);
    first += shipments;
    const { home, bundles, receiver } = stage;
    const population = await populate(home, `state-${shipments}`, bundles, numbers, receiver.url);
    const gluey = await population.start(bundles.plain, true);
    const contestants = {
      gluey: { pipeline: gluey, news: new News(numbers, 1) },
      bare: { pipeline: stage.bare, news: new News(numbers, 2) },
    };
    const turns = new Turns(stage, sizes.turn_s);
    try {
      found.populations.push(
        await measure(stage, turns, contestants, { shipments, rounds, paces, pace_s: sizes.pace_s }),
      );
      if (index > 0) continue;
      found.conflicts = await conflictsOf(gluey, async () => {
        for (const load of LOADS) await turns.take(contestants.gluey, load);
      });
      found.lanes = await lanes(turns, gluey, contestants.gluey);
      found.profiles = await profiles(turns, gluey, contestants.gluey);
    } finally {
      await gluey.child.end();
    }
    if (index === 0 && bundles.metered !== null)
      found.costs = await costs(stage, population, bundles.metered, contestants.gluey.news);
  }
  return found;
}

/** Turns of throughput, each as long as the last one of the same kind lets expect. */
class Turns {
  private readonly rates = new Map<string, number>();
  private readonly stage: Stage;
  private readonly turn_s: number;

  constructor(stage: Stage, turn_s: number) {
    this.stage = stage;
    this.turn_s = turn_s;
  }

  async take(contestant: Contestant, load: Load): Promise<Throughput> {
    const { name } = contestant.pipeline;
    const key = `${name} ${load.name}`;
    const rate = this.rates.get(key);
    const { least, most } = load;
    const events =
      rate === undefined ? FIRST_EVENTS[load.name] : Math.min(most, Math.max(least, rate * this.turn_s));
    const seen = await throughput(contestant, this.stage.receiver, load, Math.round(events));
    this.rates.set(key, seen.per_second);
    const { per_second, lost, out_of_order } = seen;
    this.stage.say(
      `${load.title}, ${name}: ${per_second.toFixed(0)} events/s of ${seen.events}, lost ${lost}, out of order ${out_of_order}`,
    );
    return seen;
  }
}

async function measure(
  { receiver, say }: Stage,
  turns: Turns,
  { gluey, bare }: { gluey: Contestant; bare: Contestant },
  sizes: { shipments: number; rounds: number; paces: readonly number[]; pace_s: number },
): Promise<Measured> {
  const seen = { single: newTurns(), fifty: newTurns() };
  // Round 0 warms both sides up, and is thrown away.
  for (let round = 0; round <= sizes.rounds; round++) {
    for (const load of LOADS) {
      const told = { gluey: await turns.take(gluey, load), bare: await turns.take(bare, load) };
      if (round === 0) continue;
      seen[load.name].gluey.push(told.gluey);
      seen[load.name].bare.push(told.bare);
    }
  }
  const paces: Measured["paces"] = [];
  for (const per_second of sizes.paces) {
    const of = async (contestant: Contestant) => {
      const turn = await latency(contestant, receiver, per_second, sizes.pace_s);
      say(`${contestant.pipeline.name}: ${lineOf(turn)}`);
      return pacedOf(turn);
    };
    paces.push({ gluey: await of(gluey), bare: await of(bare) });
  }
  const rates = ({ gluey, bare }: ReturnType<typeof newTurns>) => ({
    gluey: rateOf(gluey),
    bare: rateOf(bare),
  });
  const { shipments, rounds } = sizes;
  return { shipments, rounds, single: rates(seen.single), fifty: rates(seen.fifty), paces };
}

function newTurns(): { gluey: Throughput[]; bare: Throughput[] } {
  return { gluey: [], bare: [] };
}

function lineOf({ per_second, keeps_up, p50_ms, p99_ms, lost, out_of_order }: Latency): string {
  const verdict = keeps_up ? "keeps up" : "does not keep up";
  return `${per_second} events/s: ${verdict}, p50 ${p50_ms.toFixed(1)} ms, p99 ${p99_ms.toFixed(1)} ms, lost ${lost}, out of order ${out_of_order}`;
}

async function lanes(turns: Turns, gluey: Gluey, contestant: Contestant): Promise<Figures["lanes"]> {
  const rows: Figures["lanes"] = [];
  for (const count of LANES) {
    await setLanes(gluey, gluey.connection_id, count);
    const rates = { single: 0, fifty: 0 };
    const conflicts = await conflictsOf(gluey, async () => {
      for (const load of LOADS) rates[load.name] = (await turns.take(contestant, load)).per_second;
    });
    rows.push({ lanes: count, ...rates, conflicts });
  }
  return rows;
}

/** In turns of their own: a profiler slows down what it looks at. */
async function profiles(turns: Turns, gluey: Gluey, contestant: Contestant): Promise<Figures["profiles"]> {
  const told: Figures["profiles"] = [];
  for (const load of LOADS) {
    const isolates = await profiled(gluey.inspector_port, () => turns.take(contestant, load));
    told.push({ title: load.title, isolates });
  }
  return told;
}

async function costs({ receiver, say }: Stage, population: Population, script: string, news: News) {
  say("Counting what the databases do …");
  const metered = await population.start(script, false);
  try {
    return await countCosts({ pipeline: metered, news }, receiver);
  } finally {
    await metered.child.end();
  }
}
