import { createHash } from "node:crypto";
import type { Target } from "./connection.ts";
import { Problem, type ProblemKind } from "./errors.ts";

export interface QuarantineRules {
  /** Failures in a row from which on a host is left alone. */
  quarantineAfter: number;
  /** How long at first; each further failure doubles it. */
  quarantineFirstMs: number;
  /** How long at most. */
  quarantineMostMs: number;
}

/** One session's stay at a host. What it reports, as often as it likes, is what the quarantine knows. */
export interface Visit {
  /** The host did what it was asked, or said properly why it would not. */
  worked(): void;
  /** A problem came up; those that are nobody's failure are passed over. */
  failed(problem: Problem): void;
  /** The stay is over: a probe that found nothing out lets the next one try. */
  left(): void;
}

/** The host itself: it cannot be reached, hangs, or opens no SFTP channel. */
const OF_HOST: ReadonlySet<ProblemKind> = new Set(["unreachable", "timeout"]);
/** One login there. Servers shut out whoever knocks with a wrong password too often, and often the whole address. */
const OF_LOGIN: ReadonlySet<ProblemKind> = new Set(["auth_failed", "host_key_mismatch", "sftp_error"]);

/** Hosts and logins remembered at once; the one whose trouble began first is forgotten for one more. */
const MAX_REMEMBERED = 2_000;

interface Trouble {
  failures: number;
  /** Left alone until then, by the clock given; 0 while there are too few failures. */
  until: number;
  probing: boolean;
  last: Problem;
}

/**
 * Leaves hosts alone that fail time after time, and logins that are refused time after time: for a while that doubles
 * with each failure, then for one probe, which ends it or doubles it again. Kept in memory: all sessions with a host
 * are opened here, and a restart costs a few tries.
 */
export class Quarantine {
  readonly #rules: QuarantineRules;
  readonly #now: () => number;
  readonly #troubles = new Map<string, Trouble>();

  /** `now`: milliseconds, of a clock that only goes forward. */
  constructor(rules: QuarantineRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  /** Hosts and logins that are left alone right now. */
  get size(): number {
    const now = this.#now();
    return [...this.#troubles.values()].filter(({ until }) => until > now).length;
  }

  /**
   * Lets a session try. With `asked`, a person wants to know now: no time has to pass, and still only one tries.
   * @throws {Problem} `quarantined`, with the time until the next probe.
   */
  enter(target: Target, asked: boolean): Visit {
    const place = placeOf(target);
    const login = loginOf(target);
    const words = `${target.host} port ${target.port}`;
    this.#mustBeOpen(place, words, asked);
    this.#mustBeOpen(login, `${target.username} at ${words}`, asked);
    const probes = new Set([place, login].filter((key) => this.#isProbe(key)));
    for (const key of probes) this.#setProbing(key, true);
    const verdict = (key: string) => {
      if (probes.delete(key)) this.#setProbing(key, false);
    };
    return {
      worked: () => {
        for (const key of [place, login]) {
          verdict(key);
          this.#troubles.delete(key);
        }
      },
      failed: (problem) => {
        if (OF_HOST.has(problem.kind)) {
          const probed = probes.has(place);
          verdict(place);
          this.#count(place, problem, probed);
        }
        if (OF_LOGIN.has(problem.kind)) {
          // Whoever refuses a login is there.
          verdict(place);
          this.#troubles.delete(place);
          const probed = probes.has(login);
          verdict(login);
          this.#count(login, problem, probed);
        }
      },
      left: () => {
        for (const key of [...probes]) verdict(key);
      },
    };
  }

  #mustBeOpen(key: string, words: string, asked: boolean): void {
    const trouble = this.#troubles.get(key);
    if (trouble === undefined || trouble.until === 0) return;
    const wait = trouble.until - this.#now();
    if (!trouble.probing && (asked || wait <= 0)) return;
    throw new Problem(
      "quarantined",
      `${words} failed ${trouble.failures} times in a row and is left alone for a while. The last time: ${trouble.last.detail}`,
      Math.max(wait, this.#rules.quarantineFirstMs / 2),
    );
  }

  #isProbe(key: string): boolean {
    return (this.#troubles.get(key)?.until ?? 0) > 0;
  }

  #setProbing(key: string, probing: boolean): void {
    const trouble = this.#troubles.get(key);
    if (trouble !== undefined) trouble.probing = probing;
  }

  #count(key: string, last: Problem, probed: boolean): void {
    const { quarantineAfter, quarantineFirstMs, quarantineMostMs } = this.#rules;
    const before = this.#troubles.get(key);
    // Sessions that were open when the host was shut out say nothing that is not known.
    if (before !== undefined && before.until > 0 && !probed) return;
    const failures = (before?.failures ?? 0) + 1;
    const over = failures - quarantineAfter;
    const wait = Math.min(quarantineMostMs, quarantineFirstMs * 2 ** Math.min(over, 30));
    if (before === undefined) this.#makeRoom();
    this.#troubles.set(key, {
      failures,
      until: over < 0 ? 0 : this.#now() + wait,
      probing: before?.probing ?? false,
      last,
    });
  }

  #makeRoom(): void {
    const [first] = this.#troubles.keys();
    if (this.#troubles.size >= MAX_REMEMBERED && first !== undefined) this.#troubles.delete(first);
  }
}

/** What bounds and quarantine count as one host: a name and a port. */
export function placeOf({ host, port }: Pick<Target, "host" | "port">): string {
  return `${host.toLowerCase().replace(/\.$/, "")}:${port}`;
}

/** One login, by what it logs in with: credentials that were mended are tried at once. */
function loginOf(target: Target): string {
  const { username, password, privateKey, passphrase, hostKey } = target;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([username, password, privateKey, passphrase, hostKey]));
  return `${placeOf(target)} ${hash.digest("base64")}`;
}
