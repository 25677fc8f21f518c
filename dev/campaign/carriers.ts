import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Journal } from "./journal.ts";
import type { PlannedPush } from "./plan.ts";
import type { Random } from "./random.ts";

/**
 * The carriers: they push signed news until they are told 202, and then some of it again. They stand still while Gluey
 * is down, so that nothing from outside helps it up. Their signature is written from the sandbox's description.
 */
export interface Line {
  connection_id: string;
  url: string;
  secret: string;
}

export interface Carriers {
  /** Sends all of these at a pace; `onAccepted` after each that was accepted, with the share that is. */
  tell(pushes: readonly PlannedPush[], pace: Pace, onAccepted?: (share: number) => void): Promise<void>;
  /** From now on nothing leaves; resolves at once, whatever is under way. */
  hold(): void;
  /** Goes on. */
  release(): void;
  /** Sends the next pushes all at once, some of them large; resolves when the first of them is accepted. */
  burst(): Promise<void>;
  /** Resolves when all that bursts sent is accepted. */
  settle(): Promise<void>;
  /** Repeats one push, made large, until its connection's inboxes are full; false where they never were. */
  fill(): Promise<boolean>;
  /** One push that must be refused; the status it got. */
  forge(push: PlannedPush, how: Forgery): Promise<void>;
  /** The hash of every body that was sent and not refused for good: no other document may be stored. */
  sent: ReadonlySet<string>;
}

export interface Pace {
  events_per_second: number;
  at_once: number;
}

export const FORGERIES = [
  "another secret",
  "a changed body",
  "no signature",
  "recorded ten minutes ago",
  "signed for tomorrow",
  "another connection's secret",
] as const;
export type Forgery = (typeof FORGERIES)[number];

const TIMEOUT_MS = 30_000;
const TRY_AGAIN_MS = 200;
const TRIES = 500;
const STALE_S = 600;
/** Large enough that a document is processed alone. */
const LARGE_BYTES = 400_000;
const BURST = 12;
/** Large pushes after which a connection has to be full, each of so many times. */
const FILLS = 150;
const FILLED_AT_ONCE = 3;

export function startCarriers(
  lines: readonly Line[],
  journal: Journal,
  random: Random,
  giveUp: AbortSignal,
): Carriers {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const sent = new Set<string>();
  /** What is still to be sent, and what was accepted. */
  const left: PlannedPush[] = [];
  const done = new Set<PlannedPush>();
  let onDone = (_: PlannedPush): void => {};
  /** Pushes of bursts that are under way. */
  let beside: Promise<void>[] = [];

  const lineOf = (connection: number): Line => {
    const line = lines[connection];
    if (line === undefined) throw new Error(`There is no connection ${connection}.`);
    return line;
  };
  const send = async ({ url, secret }: Line, body: string): Promise<number> => {
    const sha256 = createHash("sha256").update(body).digest("hex");
    sent.add(sha256);
    const status = await post(url, body, sign(secret, nowS(), body));
    if (status === 202) await journal.write({ kind: "stored", at: Date.now(), sha256 });
    if (status === 503) await journal.write({ kind: "full", at: Date.now() });
    return status;
  };
  const post = async (url: string, body: string, signature: string | null): Promise<number> => {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(signature === null ? {} : { "x-sandbox-signature": signature }),
        },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 0;
    }
  };
  /** Until it is accepted: whatever else comes, nobody knows whether it was. */
  const push = async (planned: PlannedPush, note: string, onAccepted = () => {}): Promise<void> => {
    const { connection, facts } = planned;
    const body = bodyOf(facts, note);
    const times = done.has(planned) ? 1 : 1 + planned.again;
    for (let accepted = 0, tries = 0; accepted < times; tries++) {
      await gate.promise;
      if (giveUp.aborted) return;
      const status = await send(lineOf(connection), body);
      if (status === 202) {
        accepted++;
        onAccepted();
        if (done.has(planned)) continue;
        done.add(planned);
        await journal.write({ kind: "accepted", at: Date.now(), facts: facts.map(({ key }) => key) });
        onDone(planned);
      } else if (tries >= TRIES) throw new Error(`A push was not accepted; the last answer was ${status}.`);
      else await sleep(TRY_AGAIN_MS);
    }
  };
  const settle = async () => {
    const under_way = beside;
    beside = [];
    await Promise.all(under_way);
  };

  return {
    sent,
    settle,
    hold: () => {
      gate = Promise.withResolvers<void>();
    },
    release: () => gate.resolve(),
    tell: async (pushes, pace, onAccepted = () => {}) => {
      const all = pushes.reduce((sum, { facts }) => sum + facts.length, 0);
      let told = 0;
      let begun = 0;
      left.push(...pushes);
      onDone = ({ facts }) => {
        told += facts.length;
        onAccepted(told / all);
      };
      const began = Date.now();
      let stood = 0;
      const one = async () => {
        for (let current = left.shift(); current !== undefined && !giveUp.aborted; current = left.shift()) {
          const due = began + stood + (begun * 1000) / pace.events_per_second;
          begun += current.facts.length;
          await sleep(due - Date.now());
          const stopped = Date.now();
          await gate.promise;
          stood += Math.max(0, Date.now() - stopped - 5);
          await push(current, "");
        }
      };
      await Promise.all(Array.from({ length: pace.at_once }, one));
      await settle();
    },
    burst: async () => {
      const next = left.splice(0, BURST);
      const again = [...done].slice(0, BURST - next.length);
      const first = Promise.withResolvers<void>();
      const under_way = [...next, ...again].map((planned, at) =>
        push(planned, at % 2 === 0 ? large() : "", first.resolve),
      );
      beside.push(...under_way);
      await Promise.race([first.promise, ...under_way]);
    },
    fill: async () => {
      const planned = [...done].at(-1);
      if (planned === undefined) throw new Error("Nothing was accepted yet that could be repeated.");
      let full = false;
      const one = async () => {
        for (let times = 0; times < FILLS && !full && !giveUp.aborted; times++) {
          const status = await send(lineOf(planned.connection), bodyOf(planned.facts, large()));
          if (status === 503) full = true;
          else if (status !== 202) await sleep(TRY_AGAIN_MS);
        }
      };
      await Promise.all(Array.from({ length: FILLED_AT_ONCE }, one));
      return full;
    },
    forge: async (push, how) => {
      const { url, secret } = lineOf(push.connection);
      // A code that no accepted push ever holds: should it get through, it is seen at the other end as well.
      const body = bodyOf(
        push.facts.map((fact) => ({ ...fact, code: "LOST" })),
        "",
      );
      const other = lines[(push.connection + 1) % lines.length]?.secret ?? "";
      const signatures: Record<Forgery, () => string | null> = {
        "another secret": () => sign(randomBytes(18).toString("base64url"), nowS(), body),
        "a changed body": () => sign(secret, nowS(), `${body} `),
        "no signature": () => null,
        "recorded ten minutes ago": () => sign(secret, nowS() - STALE_S - random.below(1000), body),
        "signed for tomorrow": () => sign(secret, nowS() + 86_400, body),
        "another connection's secret": () => sign(other, nowS(), body),
      };
      const status = await post(url, body, signatures[how]());
      await journal.write({ kind: "forgery", at: Date.now(), how, status });
    },
  };
}

interface Told {
  number: string;
  code: string;
  time: string;
}

/** What makes a push large, each time another. */
function large(): string {
  return randomBytes(LARGE_BYTES / 2).toString("hex");
}

/** A push of the sandbox carrier: one entry a number. Nobody reads the note. */
function bodyOf(facts: readonly Told[], note: string): string {
  const tracking = [...Map.groupBy(facts, ({ number }) => number)].map(([tracking_number, of]) => ({
    tracking_number,
    events: of.map(({ code, time }) => ({
      code,
      time,
      text: "As the scanner sent it",
      place: { city: "Malmö", country: "SE" },
    })),
  }));
  return JSON.stringify(note === "" ? { tracking } : { tracking, note });
}

function sign(secret: string, at_s: number, body: string): string {
  return `t=${at_s},v1=${createHmac("sha256", secret).update(`${at_s}.${body}`).digest("hex")}`;
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

function sleep(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
