/** Carriers' tokens, kept in this isolate's memory until shortly before they end and fetched once, however many pollers want one. */

/** A token is not used in its last minute, or half of a shorter life: a call under way must not outlive it. */
const SPARE_MS = 60_000;
/** No token is believed longer than a day, whatever its carrier says. */
const LIFE_MAX_MS = 86_400_000;
/** Tokens kept at a time; beyond it the one used longest ago goes. */
const KEPT_MAX = 500;
/** Longer than any fetch runs. Whoever fetches may be gone: a Worker that ends leaves those who wait for it waiting for ever. */
const WAIT_MAX_MS = 45_000;

/** What asking for a token gave: one, or whatever the asker wants to say instead. */
export type Fetched<Refusal> =
  | { kind: "token"; token: string; expires_in_s: number }
  | { kind: "refused"; why: Refusal };

export type Taken<Refusal> = { kind: "token"; token: string } | { kind: "refused"; why: Refusal };

export interface TokenWanted<Refusal> {
  /**
   * What the token is for. Two askers with the same key share a token, so the key must tell apart whatever the carrier
   * tells apart: its address and the credentials. A hash of the request for the token does.
   */
  key: string;
  /** Epoch milliseconds. */
  now: number;
  /** A token the carrier would not take: never handed out again. Null at first. */
  refused: string | null;
  fetch(): Promise<Fetched<Refusal>>;
}

export interface Tokens<Refusal> {
  take(wanted: TokenWanted<Refusal>): Promise<Taken<Refusal>>;
  /** How many are kept. */
  size(): number;
}

/** An empty store of tokens. `gaveUp` resolves when waiting for somebody else's fetch has lasted too long. */
export function keptTokens<Refusal>(
  gaveUp: () => { passed: Promise<null>; stop(): void } = afterWait,
): Tokens<Refusal> {
  const kept = new Map<string, { token: string; until: number }>();
  const underWay = new Map<string, Promise<Fetched<Refusal>>>();

  function keep(key: string, now: number, token: string, expires_in_s: number): void {
    const life = Math.min(LIFE_MAX_MS, expires_in_s * 1000);
    const until = now + life - Math.min(SPARE_MS, life / 2);
    kept.delete(key);
    if (!(until > now)) return;
    for (const [other, { until: end }] of kept) if (end <= now) kept.delete(other);
    for (const [oldest] of kept) {
      if (kept.size < KEPT_MAX) break;
      kept.delete(oldest);
    }
    kept.set(key, { token, until });
  }

  /** What somebody else's fetch gives; null where it failed or lasts too long. */
  async function joined(key: string, fetching: Promise<Fetched<Refusal>>): Promise<Fetched<Refusal> | null> {
    const patience = gaveUp();
    try {
      return await Promise.race([fetching, patience.passed]);
    } catch {
      return null; // the one who fetched hears of it
    } finally {
      patience.stop();
      over(key, fetching);
    }
  }

  function over(key: string, fetching: Promise<Fetched<Refusal>>): void {
    if (underWay.get(key) === fetching) underWay.delete(key);
  }

  return {
    size: () => kept.size,
    async take({ key, now, refused, fetch }) {
      for (;;) {
        const known = kept.get(key);
        if (known !== undefined && known.until > now && known.token !== refused) {
          kept.delete(key); // to the end: used last
          kept.set(key, known);
          return { kind: "token", token: known.token };
        }
        const fetching = underWay.get(key);
        if (fetching === undefined) break;
        const shared = await joined(key, fetching);
        if (shared !== null && !(shared.kind === "token" && shared.token === refused)) return shared;
      }
      const fetching = fetch();
      underWay.set(key, fetching);
      try {
        const fetched = await fetching;
        if (fetched.kind === "token") keep(key, now, fetched.token, fetched.expires_in_s);
        else kept.delete(key);
        return fetched;
      } finally {
        over(key, fetching);
      }
    },
  };
}

function afterWait(): { passed: Promise<null>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), WAIT_MAX_MS);
  return { passed: promise, stop: () => clearTimeout(timer) };
}
