/// <reference path="../observe/async-hooks.d.ts" />
import { AsyncLocalStorage } from "node:async_hooks";
import { type Facts, redactFacts, redactText } from "../observe/redact.ts";

/**
 * One JSON line for each thing that happened: `noun.past`. No secrets and no personal data: see observe/redact.ts, which
 * every line goes through. A batch of small things is one line, because lines are billed.
 */

/** What is under way: facts that every line of it tells too, and the things that are to be told in one line. */
interface Under {
  facts: Facts;
  things: Gathered | null;
}

interface Gathered {
  told: object[];
  length: number;
}

const under = new AsyncLocalStorage<Under>();

/** A line holds so many things at most, and so many characters: what is more begins the next. */
const THINGS_MAX = 50;
const LENGTH_MAX = 60_000;

/**
 * Tells what happened. A thing with a `why` did not go as it should: it stands in a line by itself, at once, and says
 * `level: "warn"`, so that it is found, and is there even if the batch never comes to its end.
 */
export function log(event: string, facts: Facts): void {
  const open = under.getStore();
  const thing = redactFacts(facts);
  if (facts.why !== undefined && facts.why !== null) {
    print({ event, level: "warn", ...redactFacts(open?.facts ?? {}), ...thing });
    return;
  }
  if (open === undefined || open.things === null) {
    print({ event, ...redactFacts(open?.facts ?? {}), ...thing });
    return;
  }
  const { things } = open;
  const told = { event, ...thing };
  things.told.push(told);
  things.length += JSON.stringify(told).length;
  if (things.told.length >= THINGS_MAX || things.length >= LENGTH_MAX) tell(open);
}

/** Every line of `work` tells these facts too: a request's id, say. */
export function withFacts<T>(facts: Facts, work: () => Promise<T>): Promise<T> {
  return under.run({ facts: { ...under.getStore()?.facts, ...facts }, things: null }, work);
}

/** What happens in `work` is told in one line, `batch.done`, when it ends; a single thing as itself; nothing, not at all. */
export async function inOneLine<T>(facts: Facts, work: () => Promise<T>): Promise<T> {
  const gathering: Under = {
    facts: { ...under.getStore()?.facts, ...facts },
    things: { told: [], length: 0 },
  };
  try {
    return await under.run(gathering, work);
  } finally {
    tell(gathering);
  }
}

function tell({ facts, things }: Under): void {
  const told = things?.told.splice(0) ?? [];
  if (things !== null) things.length = 0;
  const [first] = told;
  if (first === undefined) return;
  print(
    told.length === 1
      ? { ...first, ...redactFacts(facts) }
      : { event: "batch.done", ...redactFacts(facts), count: told.length, things: told },
  );
}

function print(line: object): void {
  console.log(JSON.stringify(line));
}

/** Where in the code an error came from: the innermost frames, without paths. */
export function placesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = [...stack.matchAll(/^\s+at (?:async )?(?:([\w.$]+) )?.*?([\w.-]+:\d+:\d+)\)?$/gmu)];
  return frames
    .slice(0, 5)
    .map(([, name = "", place = ""]) => `${name.replaceAll("$", "")}~${place}`)
    .join("|")
    .slice(0, 190);
}

/** What an error says, without what it quotes, short enough for a line. */
export function reasonOf(error: unknown): string {
  return redactText(error instanceof Error ? error.message : String(error)).slice(0, 300);
}
