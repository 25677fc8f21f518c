import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "../stack.ts";
import { type Cast, type CastOptions, embeddedHost, engage } from "./cast.ts";
import type { Path } from "./ledger.ts";
import { progressOf } from "./show.ts";
import { Walk } from "./walk.ts";

export interface Performance {
  ok: boolean;
  paths: Path[];
  /** Why it is not ok, in sentences. */
  faults: string[];
  cast: Cast;
  /** The first file of each format that a person may want to look at. */
  samples: { name: string; text: string }[];
  close(): Promise<void>;
}

export interface PerformanceOptions {
  /** Where the embedded sFTP servers keep their files. */
  folder: string;
  shipments_per_way?: number;
  /** Other sFTP servers than the embedded ones. */
  hosts?: Pick<CastOptions, "carrierHost" | "customerHost">;
  /** Pause between two moments of the story. */
  pause_ms?: number;
  /** Given up after this. */
  within_ms: number;
  say(line: string): void;
}

const SHIPMENTS_PER_WAY = 4;
const PAUSE_MS = 1_500;
const LOOK_EVERY_MS = 200;
const SAY_EVERY_MS = 3_000;
const POLL_EVERY_MS = 500;
/** After all has arrived: a duplicate would come now. */
const SETTLE_MS = 3_000;

/** Engages the cast, tells the story, waits until everything has arrived, and judges. */
export async function perform(stack: Stack, options: PerformanceOptions): Promise<Performance> {
  const deadline = Date.now() + options.within_ms;
  let walk: Walk | null = null;
  const hosts = options.hosts ?? {
    carrierHost: await embeddedHost(join(options.folder, "carrier")),
    customerHost: await embeddedHost(join(options.folder, "customer")),
  };
  const cast = await engage(stack, {
    shipments_per_way: options.shipments_per_way ?? SHIPMENTS_PER_WAY,
    ...hosts,
    onWebhook: (webhook) => walk?.hear(webhook),
  });
  options.say(
    `Account ${cast.account_number}: three connections with the sandbox carrier, four subscriptions, ${Object.values(cast.shipments).flat().length} shipments.`,
  );
  const walked = new Walk(cast, POLL_EVERY_MS);
  walk = walked;
  const close = async () => {
    await walked.close();
    await cast.close();
  };
  try {
    for (let index = 0; index < walked.moments; index++) {
      if (index > 0) await sleep(options.pause_ms ?? PAUSE_MS);
      options.say(`The carrier tells: ${await walked.tell(index)}.`);
    }
    await untilArrived(walked, deadline, options.say);
    await sleep(SETTLE_MS);
  } catch (cause) {
    await close();
    throw cause;
  }
  const paths = walked.ledger.paths();
  const faults = faultsOf(walked, cast);
  const samples = [walked.shown.iftsta, walked.shown.csv].flatMap(({ files }) => files.slice(0, 1));
  return {
    ok: walked.ledger.isGood(walked.facts) && faults.length === 0,
    paths,
    faults,
    cast,
    samples,
    close,
  };
}

async function untilArrived(walk: Walk, deadline: number, say: (line: string) => void): Promise<void> {
  let said = 0;
  while (!walk.ledger.isComplete(walk.facts) && Date.now() < deadline) {
    if (Date.now() - said > SAY_EVERY_MS) {
      said = Date.now();
      say(`  ${progressOf(walk.ledger.paths())}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  say(`  ${progressOf(walk.ledger.paths())}`);
}

function faultsOf(walk: Walk, cast: Cast): string[] {
  return [
    ...walk.faults,
    ...walk.ledger.unexpected.map((fact) => `Arrived, but nobody sent it: ${fact}`),
    ...(cast.receiver.forged > 0 ? [`${cast.receiver.forged} webhooks could not be verified.`] : []),
    ...(walk.shown.iftsta.files.length === 0 ? ["No IFTSTA file arrived."] : []),
    ...(walk.shown.csv.files.length === 0 ? ["No CSV file arrived."] : []),
  ];
}
