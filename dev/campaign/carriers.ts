import { createHmac, randomBytes } from "node:crypto";
import type { Journal } from "./journal.ts";
import type { PlannedPush } from "./plan.ts";
import type { Random } from "./random.ts";

/**
 * The carriers: they push signed news until they are told 202, and then some of it again. They stand still while Gluey
 * is down, so that nothing from outside helps it up. Their signature is written from the sandbox's description.
 */
export interface Line {
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
  /** One push that must be refused; the status it got. */
  forge(push: PlannedPush, how: Forgery): Promise<void>;
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

export function startCarriers(
  lines: readonly Line[],
  journal: Journal,
  random: Random,
  giveUp: AbortSignal,
): Carriers {
  let gate = Promise.withResolvers<void>();
  gate.resolve();

  const lineOf = (connection: number): Line => {
    const line = lines[connection];
    if (line === undefined) throw new Error(`There is no connection ${connection}.`);
    return line;
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
  const push = async ({ connection, facts, again }: PlannedPush): Promise<void> => {
    const { url, secret } = lineOf(connection);
    const body = bodyOf(facts);
    for (let repeats = 0, tries = 0; repeats <= again; tries++) {
      await gate.promise;
      if (giveUp.aborted) return;
      const status = await post(url, body, sign(secret, nowS(), body));
      if (status === 202) {
        if (repeats === 0)
          await journal.write({ kind: "accepted", at: Date.now(), facts: facts.map(({ key }) => key) });
        repeats++;
      } else if (tries >= TRIES) throw new Error(`A push was not accepted; the last answer was ${status}.`);
      else await sleep(TRY_AGAIN_MS);
    }
  };

  return {
    hold: () => {
      gate = Promise.withResolvers<void>();
    },
    release: () => gate.resolve(),
    tell: async (pushes, pace, onAccepted = () => {}) => {
      const all = pushes.reduce((sum, { facts }) => sum + facts.length, 0);
      let next = 0;
      let accepted = 0;
      let left = 0;
      const began = Date.now();
      let stood = 0;
      const one = async () => {
        while (next < pushes.length && !giveUp.aborted) {
          const current = pushes[next++];
          if (current === undefined) return;
          const due = began + stood + (left * 1000) / pace.events_per_second;
          left += current.facts.length;
          await sleep(due - Date.now());
          const stopped = Date.now();
          await gate.promise;
          stood += Math.max(0, Date.now() - stopped - 5);
          await push(current);
          accepted += current.facts.length;
          onAccepted(accepted / all);
        }
      };
      await Promise.all(Array.from({ length: pace.at_once }, one));
    },
    forge: async (push, how) => {
      const { url, secret } = lineOf(push.connection);
      // A code that no accepted push ever holds: should it get through, it is seen at the other end as well.
      const body = bodyOf(push.facts.map((fact) => ({ ...fact, code: "LOST" })));
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

/** A push of the sandbox carrier: one entry a number. */
function bodyOf(facts: readonly Told[]): string {
  const tracking = [...Map.groupBy(facts, ({ number }) => number)].map(([tracking_number, of]) => ({
    tracking_number,
    events: of.map(({ code, time }) => ({
      code,
      time,
      text: "As the scanner told it",
      place: { city: "Malmö", country: "SE" },
    })),
  }));
  return JSON.stringify({ tracking });
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
