import { drain } from "./drain.ts";
import { judge, type Verdict } from "./judge.ts";
import { type Isolation, measure, NOT_MEASURED } from "./measure.ts";
import type { Size } from "./plan.ts";
import { type Cut, rage } from "./rage.ts";
import { type ReadBack, readBack } from "./read-back.ts";
import { type CampaignOptions, type Stage, setStage } from "./stage.ts";

export interface Report {
  size: Size;
  verdict: Verdict;
  cuts: readonly Cut[];
  isolation: Isolation;
  inboxes: ReadBack;
  /** Whether all accepted facts came to an end in time. */
  complete: boolean;
  took_ms: number;
}

/** Runs a campaign from nothing to the verdict, and ends whatever it started. */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const began = Date.now();
  const closing: (() => Promise<void>)[] = [];
  try {
    options.say(
      "Bundling the Worker, migrating, starting workerd, the container's server and the receiver …",
    );
    const stage = await setStage(options, closing);
    const { failed } = stage.customersSide;
    const report = await Promise.race([
      play(stage),
      failed.then((why): never => {
        throw new Error(why);
      }),
    ]);
    return { ...report, took_ms: Date.now() - began };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function play(stage: Stage): Promise<Omit<Report, "took_ms">> {
  const { options, plan, subscriptions } = stage;
  const pushes = [...plan.quiet.flat(), ...plan.chaos];
  const events = pushes.reduce((sum, { facts }) => sum + facts.length, 0);
  options.say(
    `${plan.customers.length} customers with ${subscriptions.length} subscriptions; ${events} events to tell.`,
  );
  const isolation = options.measures ? await measure(stage) : NOT_MEASURED;
  const cuts = await rage(stage);
  const complete = await drain(stage);
  const { seed, measures, customers, kills } = options;
  const size = { seed, measures, events, customers, kills };
  const verdict = judge(await stage.evidence());
  return { size, verdict, cuts, isolation, complete, inboxes: await readBack(stage) };
}
