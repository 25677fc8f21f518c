import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import type { ToldTracking } from "../carriers/sandbox/scenarios.ts";
import { type Context, createContext } from "../context.ts";
import type { Env } from "../env.ts";
import { documentState } from "../flow/documents.ts";
import { log, reasonOf } from "../flow/log.ts";
import { answerOf, haveAsked, lengthOf, SimulatedWalk, tell } from "../flow/simulate.ts";

/** Walks of an account at a time: beyond that, some have to end first. */
const WALKS_MAX = 500;
/** Keys that its API answers to. */
const KEYS_KEPT = 4;
/** Walks that one alarm goes on with. */
const WALKS_PER_ALARM = 20;
/** A document that is not accepted is told again so often, the wait doubling from a second; then the walk is given up. */
const FAILURES_MAX = 8;
/** A story that was to be asked for is kept so long after its end: the carrier still answers. */
const KEPT_AFTER_MS = 24 * 3_600_000;
/** And where nobody comes to ask, it is given up after so many invitations. */
const INVITATIONS_MAX = 200;
const INVITED_AGAIN_MS = 1000;
/** How soon it looks again whether the document before has been read, and how often before it tells the next one anyway. */
const LOOK_AGAIN_MS = 250;
const LOOKS_MAX = 240;

const Row = z.object({
  shipment_id: z.string(),
  walk: z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(SimulatedWalk),
  step: z.number(),
  answered: z.number(),
  /** To come and ask, by a walk that is polled; else, how often it was looked whether the last document has been read. */
  invitations: z.number(),
  failures: z.number(),
  /** The document told last, while it may not have been read yet. */
  told_id: z.string().nullable(),
});
type Row = z.infer<typeof Row>;

/**
 * The sandbox carrier as one account has it (one object an account): plays the scenarios of its test shipments, driven
 * by its alarm. A walk is a row from its start to its end; what a crash interrupts is told again.
 */
export class SandboxCarrier extends DurableObject<Env> {
  private made: Context | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.ctx.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS walks (shipment_id TEXT PRIMARY KEY, walk TEXT NOT NULL, step INTEGER NOT NULL, answered INTEGER NOT NULL,
         invitations INTEGER NOT NULL, failures INTEGER NOT NULL, told_id TEXT, due_at INTEGER NOT NULL) WITHOUT ROWID`,
    );
  }

  protected context(): Context {
    this.made ??= createContext(this.env);
    return this.made;
  }

  /** Begins walks; those that have begun go on as they are. Returns how many there was no room for. `api_key`: what the carrier is asked with. */
  async start(api_key: string | null, walks: readonly SimulatedWalk[]): Promise<number> {
    if (api_key !== null) this.keepKey(api_key);
    const { sql } = this.ctx.storage;
    let refused = 0;
    for (const walk of walks) {
      const { n } = sql
        .exec<{ n: number }>("SELECT count(*) AS n FROM walks WHERE shipment_id <> ?", walk.shipment_id)
        .one();
      if (n >= WALKS_MAX && !this.forgetKept()) refused += 1;
      else
        sql.exec(
          "INSERT INTO walks VALUES (?, ?, 0, 0, 0, 0, NULL, ?) ON CONFLICT DO NOTHING",
          walk.shipment_id,
          JSON.stringify(walk),
          walk.started_at,
        );
    }
    await this.arm();
    return refused;
  }

  /** What the carrier's API says of some numbers now; null where the key is not its own. */
  async track(api_key: string, numbers: readonly string[]): Promise<ToldTracking[] | null> {
    if (!this.keys().includes(api_key)) return null;
    const asked = new Set(numbers);
    const answers: ToldTracking[] = [];
    for (const { shipment_id, walk, step } of this.rows("SELECT * FROM walks")) {
      if (walk.way !== "poll") continue;
      const told = answerOf(walk, step);
      const about = [walk.number, ...told.flatMap((one) => [one.tracking_number, one.new_tracking_number])];
      if (!about.some((number) => number !== undefined && asked.has(number))) continue;
      answers.push(...told);
      this.ctx.storage.sql.exec("UPDATE walks SET answered = ? WHERE shipment_id = ?", step, shipment_id);
    }
    return answers;
  }

  /** Makes room: a story that is over and only stands there to be read is under way no more. False where there is none. */
  private forgetKept(): boolean {
    const [kept] = this.rows(
      "SELECT * FROM walks WHERE invitations = ? AND walk ->> 'way' = 'poll' ORDER BY due_at LIMIT 1",
      INVITATIONS_MAX,
    );
    if (kept !== undefined) this.end(kept.shipment_id);
    return kept !== undefined;
  }

  /** The latest keys: where two first scenarios come at once, nobody here knows which of their keys the connection got. */
  private keys(): string[] {
    return this.ctx.storage.kv.get<string[]>("api_keys") ?? [];
  }

  private keepKey(api_key: string): void {
    const keys = this.keys();
    if (keys.at(-1) === api_key) return;
    const others = keys.filter((key) => key !== api_key);
    this.ctx.storage.kv.put("api_keys", [...others, api_key].slice(-KEYS_KEPT));
  }

  /** How many walks are under way, those that are only kept among them. */
  async walking(): Promise<number> {
    return this.ctx.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM walks").one().n;
  }

  override async alarm(): Promise<void> {
    const now = this.context().now();
    for (const row of this.rows(
      "SELECT * FROM walks WHERE due_at <= ? ORDER BY due_at LIMIT ?",
      now,
      WALKS_PER_ALARM,
    )) {
      try {
        await this.goOn(row);
      } catch (error) {
        this.failed(row, error);
      }
    }
    await this.arm();
  }

  private rows(sql: string, ...bindings: (string | number)[]): Row[] {
    return this.ctx.storage.sql
      .exec(sql, ...bindings)
      .toArray()
      .map((raw) => Row.parse(raw));
  }

  private goOn(row: Row): Promise<void> {
    return row.walk.way === "poll" ? this.haveFetched(row) : this.send(row);
  }

  /** The carrier sends: one document after the other. */
  private async send(row: Row): Promise<void> {
    const { walk, shipment_id, step, told_id: last } = row;
    // Queues keep no order: what is sent one after the other is read one after the other only if each is waited for.
    if (
      last !== null &&
      row.invitations < LOOKS_MAX &&
      (await documentState(this.context(), last)) === "accepted"
    )
      return this.put(row, { told_id: last, invitations: row.invitations + 1, wait_ms: LOOK_AGAIN_MS });
    const length = lengthOf(walk);
    const told_id = step < length ? await tell(this.context(), walk, step) : null;
    if (step + 1 < length) this.put(row, { step: step + 1, invitations: 0, told_id });
    else this.end(shipment_id);
  }

  /** The carrier is asked: it says one thing more each time, once the last has been fetched. */
  private async haveFetched(row: Row): Promise<void> {
    const { walk, shipment_id, step, answered, invitations } = row;
    if (invitations >= INVITATIONS_MAX) return this.end(shipment_id);
    if (answered < step) {
      this.put(row, { invitations: invitations + 1, wait_ms: Math.max(INVITED_AGAIN_MS, walk.every_ms) });
      return haveAsked(this.context(), walk);
    }
    if (step < lengthOf(walk)) {
      // Written first: whoever is invited finds it.
      this.put(row, { step: step + 1, invitations: 0 });
      await tell(this.context(), walk, step);
      return;
    }
    // Told and fetched to the end; from now on it only stands there to be read.
    this.put(row, { invitations: INVITATIONS_MAX, wait_ms: KEPT_AFTER_MS });
  }

  private put(
    row: Row,
    {
      step = row.step,
      invitations = row.invitations,
      failures = 0,
      told_id = null,
      wait_ms = row.walk.every_ms,
    }: Partial<Row> & { wait_ms?: number },
  ): void {
    this.ctx.storage.sql.exec(
      "UPDATE walks SET step = ?, invitations = ?, failures = ?, told_id = ?, due_at = ? WHERE shipment_id = ?",
      step,
      invitations,
      failures,
      told_id,
      this.context().now() + wait_ms,
      row.shipment_id,
    );
  }

  private failed(row: Row, error: unknown): void {
    const failures = row.failures + 1;
    const given_up = failures > FAILURES_MAX;
    log("simulation.failed", { shipment_id: row.shipment_id, failures, given_up, why: reasonOf(error) });
    if (given_up) this.end(row.shipment_id);
    else this.put(row, { failures, wait_ms: 1000 * 2 ** row.failures });
  }

  private end(shipment_id: string): void {
    this.ctx.storage.sql.exec("DELETE FROM walks WHERE shipment_id = ?", shipment_id);
    log("simulation.ended", { shipment_id });
  }

  private async arm(): Promise<void> {
    const { due } = this.ctx.storage.sql
      .exec<{ due: number | null }>("SELECT min(due_at) AS due FROM walks")
      .one();
    if (due === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.max(due, Date.now()));
  }
}
