import { randomBytes } from "node:crypto";
import { type Connection, type ConnectionRules, connect, type Target } from "./connection.ts";
import { Problem } from "./errors.ts";
import type { Log } from "./log.ts";
import { placeOf, Quarantine, type QuarantineRules, type Visit } from "./quarantine.ts";
import { type SessionRules, SftpSession } from "./sftp-session.ts";

export interface PoolRules extends SessionRules, ConnectionRules, QuarantineRules {
  maxSessions: number;
  maxSessionsPerHost: number;
}

/** All sessions, and the bounds on how many there may be. A session belongs to whom its id was told. */
export class SessionPool {
  readonly #rules: PoolRules;
  readonly #log: Log;
  readonly #sessions = new Map<string, SftpSession>();
  /** Sessions open or being opened: in all, and by host and port. */
  #taken = 0;
  readonly #takenAt = new Map<string, number>();
  /** Files being uploaded: two uploads of one file would meet in its temporary name. */
  readonly #uploading = new Set<string>();
  readonly #quarantine: Quarantine;
  #stopping = false;

  constructor(rules: PoolRules, log: Log) {
    this.#rules = rules;
    this.#log = log;
    this.#quarantine = new Quarantine(rules, () => performance.now());
  }

  /** Sessions open or being opened. */
  get size(): number {
    return this.#taken;
  }

  /** Hosts and logins that are left alone right now. */
  get quarantined(): number {
    return this.#quarantine.size;
  }

  /**
   * Logs in and keeps the session; its id cannot be guessed. With `asked`, a person wants it now: see `Quarantine`.
   * @throws {Problem} `busy` at a bound, `quarantined`, and whatever `connect` throws.
   */
  async open(
    target: Target,
    directory: string | undefined,
    caller: AbortSignal,
    asked = false,
  ): Promise<string> {
    const id = randomBytes(24).toString("base64url");
    const opened = performance.now();
    const { visit, release } = this.#enter(target, asked);
    let connection: Connection;
    try {
      connection = await connect(target, this.#rules, caller);
    } catch (cause) {
      this.#judge(visit, target, cause);
      release();
      throw cause;
    }
    const claimUpload = (path: string) =>
      this.#claimUpload(`${target.username}@${target.host}:${target.port}:${path}`);
    const session = new SftpSession(id, connection, directory, this.#rules, {
      claimUpload,
      // A session that was opened has shown nothing yet: some servers let everybody in and then hang.
      onOutcome: (problem) => this.#judge(visit, target, problem),
      onEnd: (reason) => {
        this.#sessions.delete(id);
        release();
        this.#log("session.closed", {
          session: shortened(id),
          reason,
          open_ms: Math.round(performance.now() - opened),
        });
      },
    });
    this.#sessions.set(id, session);
    const { host, port } = target;
    this.#log("session.opened", {
      session: shortened(id),
      host,
      port,
      took_ms: Math.round(performance.now() - opened),
    });
    if (caller.aborted || this.#stopping) {
      // Nobody would ever hear of it, or have the time to use it.
      await session.end(caller.aborted ? "asked" : "shutdown");
      throw caller.aborted ? caller.reason : shuttingDown();
    }
    return id;
  }

  /** @throws {Problem} `session_unknown` when there is none, or none any more. */
  get(id: string): SftpSession {
    const session = this.#sessions.get(id);
    if (session === undefined)
      throw new Problem("session_unknown", "There is no such session; open a new one.");
    return session;
  }

  /** Closes a session; nothing to do when there is none. */
  async close(id: string): Promise<void> {
    await this.#sessions.get(id)?.end("asked");
  }

  /** Opens no more sessions, lets operations in hand end for at most `graceMs`, then closes everything. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const sessions = [...this.#sessions.values()];
    const grace = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([Promise.all(sessions.map((session) => session.settled())), grace]);
    await Promise.all([...this.#sessions.values()].map((session) => session.end("shutdown")));
  }

  #claimUpload(file: string): () => void {
    if (this.#uploading.has(file))
      throw new Problem("busy", "The same file is being uploaded right now; try again.");
    this.#uploading.add(file);
    return () => this.#uploading.delete(file);
  }

  #enter(target: Target, asked: boolean): { visit: Visit; release: () => void } {
    const give = this.#take(target);
    try {
      const visit = this.#quarantine.enter(target, asked);
      const release = () => {
        visit.left();
        give();
      };
      return { visit, release };
    } catch (cause) {
      give();
      throw cause;
    }
  }

  /** Tells the quarantine how it went; null when it went well. What is no problem of ours or theirs says nothing. */
  #judge(visit: Visit, { host, port }: Target, outcome: unknown): void {
    if (outcome === null) visit.worked();
    if (!(outcome instanceof Problem)) return;
    const before = this.#quarantine.size;
    visit.failed(outcome);
    if (this.#quarantine.size > before) this.#log("host.quarantined", { host, port, kind: outcome.kind });
  }

  #take({ host, port }: Target): () => void {
    const { maxSessions, maxSessionsPerHost } = this.#rules;
    const place = placeOf({ host, port });
    const here = this.#takenAt.get(place) ?? 0;
    if (this.#stopping) throw shuttingDown();
    if (this.#taken >= maxSessions)
      throw new Problem("busy", `All ${maxSessions} sessions are in use; try again later.`);
    if (here >= maxSessionsPerHost) {
      throw new Problem(
        "busy",
        `${here} sessions with ${host} port ${port} are open already; try again later.`,
      );
    }
    this.#taken += 1;
    this.#takenAt.set(place, here + 1);
    return () => {
      this.#taken -= 1;
      const left = (this.#takenAt.get(place) ?? 1) - 1;
      if (left === 0) this.#takenAt.delete(place);
      else this.#takenAt.set(place, left);
    };
  }
}

export function shuttingDown(): Problem {
  return new Problem("busy", "The sFTP service is shutting down; try again.");
}

/** Enough to follow a session through the log, too little to use it. */
export function shortened(id: string): string {
  return id.slice(0, 6);
}
