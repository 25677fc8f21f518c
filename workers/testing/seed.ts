import { env } from "cloudflare:workers";
import { getTableName, is, Table } from "drizzle-orm";
import { type Context, createContext } from "../context.ts";
import type { Ways } from "../domain/connection.ts";
import { tenantOf } from "../domain/tenant.ts";
import type { Env } from "../env.ts";
import { takeUp } from "../flow/read-again.ts";
import type { Outgoing, OutgoingRequest, OutgoingResult } from "../outside/http.ts";
import type { RemoteFile, Sftp, SftpSession } from "../outside/sftp.ts";
import { SftpFault } from "../outside/sftp.ts";
import { createAccount } from "../storage/accounts.ts";
import * as controlSchema from "../storage/control-schema.ts";
import { markLanesOutdated } from "../storage/lanes.ts";
import { registerShipments } from "../storage/registration.ts";
import * as shardSchema from "../storage/shard-schema.ts";

/** Rows to test against, made the way the product makes them, and peers that a test can steer. */

/** The context of the test's Worker; `overrides` replaces single ports, `bindings` what it is made from. */
export function testContext(overrides: Partial<Context> = {}, bindings: Env = testEnv()): Context {
  return createContext(bindings, overrides);
}

/** The database that the tests' accounts live in: another than the control database. */
export function shardDb(): D1Database {
  const { SHARD_1 } = testEnv();
  if (SHARD_1 === undefined) throw new Error("The tests' configuration lacks SHARD_1.");
  return SHARD_1;
}

/** The bindings with every database seen through `watch`. */
export function watchedEnv(watch: (db: D1Database) => D1Database): Env {
  const env = testEnv();
  const seen = { ...env, DB: watch(env.DB), SHARD_1: watch(shardDb()) };
  return env.SHARD_2 === undefined ? seen : { ...seen, SHARD_2: watch(env.SHARD_2) };
}

export function testEnv(): Env {
  // The pool's own type of `env` knows only what the test files declare; the bindings are those of wrangler.toml.
  const bindings: unknown = env;
  if (!isEnv(bindings)) throw new Error("The test Worker lacks the bindings of wrangler.toml.");
  return bindings;
}

function isEnv(bindings: unknown): bindings is Env {
  return (
    typeof bindings === "object" && bindings !== null && "DB" in bindings && "CUSTOMER_DELIVERY" in bindings
  );
}

/** Queues that only remember what was sent, so that a test decides when it is delivered, or whether. */
export class HeldQueue {
  readonly sent: unknown[] = [];
  send = async (body: unknown): Promise<QueueSendResponse> => {
    this.sent.push(body);
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  };
  sendBatch = async (messages: Iterable<MessageSendRequest>): Promise<QueueSendBatchResponse> => {
    for (const { body } of messages) this.sent.push(body);
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  };
  metrics = async (): Promise<QueueMetrics> => ({ backlogCount: this.sent.length, backlogBytes: 0 });
  /** Takes out what was sent so far. */
  take(): unknown[] {
    return this.sent.splice(0);
  }
}

/** A database that remembers each statement it was asked to prepare. */
export function recording(db: D1Database, seen: Set<string>): D1Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") {
        return (sql: string) => {
          seen.add(sql);
          return target.prepare(sql);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const naming = (tables: object) => {
  const names = Object.values(tables).flatMap((table) => (is(table, Table) ? [getTableName(table)] : []));
  return new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE) (?:${names.join("|")})\\b`, "u");
};
const CONTROL = naming(controlSchema);
// The control database is a shard too, and then says itself who does not live there.
const { residency: _, ...shardTables } = shardSchema;
const SHARD = naming(shardTables);

/**
 * The steps of a statement's plan that read a whole table, and whether it mixes the control database's tables with a
 * shard's: none should. Lists given as JSON and single rows are no tables.
 */
export async function tableScans(db: D1Database, sql: string): Promise<string[]> {
  const parameters = Math.max(0, ...[...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1])));
  const plan = await db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...Array.from({ length: parameters }, () => null))
    .all<{ detail: string }>();
  const mixed = CONTROL.test(sql) && SHARD.test(sql) ? [`MIXES control and shard: ${sql}`] : [];
  const steps = plan.results
    .map((step) => step.detail)
    .filter(
      (detail) =>
        /^SCAN /.test(detail) && !/VIRTUAL TABLE|CONSTANT ROW|^SCAN (fresh|\(subquery)/.test(detail),
    );
  return [...mixed, ...steps];
}

export interface SeededConnection {
  id: string;
  carrier_id: string;
}

export async function seedAccount(ctx: Context, account_number: string): Promise<void> {
  const account = { account_number, name: account_number, created_at: ctx.now() };
  await createAccount(ctx.control, account, "SHARD_1");
}

export async function seedConnection(
  ctx: Context,
  connection: {
    carrier_id: string;
    account_numbers: string[];
    ways: Ways;
    credentials: Record<string, string>;
    auto_register?: boolean;
  },
): Promise<SeededConnection> {
  const id = ctx.newId("con");
  const sealed = await ctx.vault.seal(id, connection.credentials);
  await ctx.control.batch([
    ctx.control
      .prepare(
        `INSERT INTO connections (id, carrier_id, ways, credentials_sealed, key_id, auto_register, paused, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?7)`,
      )
      .bind(
        id,
        connection.carrier_id,
        JSON.stringify(connection.ways),
        sealed.bytes,
        sealed.key_id,
        connection.auto_register ? 1 : 0,
        ctx.now(),
      ),
    ...markLanesOutdated(ctx.control, id, ctx.now()),
    ...connection.account_numbers.map((account) =>
      ctx.control
        .prepare(
          "INSERT INTO connection_accounts (account_number, carrier_id, connection_id) VALUES (?1, ?2, ?3)",
        )
        .bind(account, connection.carrier_id, id),
    ),
  ]);
  if (connection.ways.sftp !== undefined) {
    await ctx.control
      .prepare(
        "INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures) VALUES (?1, 'sftp', 60, 0, ?2, 0)",
      )
      .bind(id, ctx.now())
      .run();
  }
  return { id, carrier_id: connection.carrier_id };
}

/** Registers a shipment on an account's test side; returns its id. */
export async function seedShipment(
  ctx: Context,
  account_number: string,
  shipment: { carrier_id: string; carrier_tracking_id: string; parcels?: string[] },
): Promise<string> {
  const [result] = await registerShipments(
    {
      control: ctx.control,
      shard: ctx.shardFor(account_number),
      takeUp: (ids) => takeUp(ctx, ids),
      now: ctx.now,
      newId: ctx.newId,
      timeScale: ctx.timeScale,
    },
    tenantOf(account_number, "test"),
    [
      {
        carrier_id: shipment.carrier_id,
        carrier_tracking_id: shipment.carrier_tracking_id,
        carrier_tracking_ids: [],
        uuid_ref: null,
        tracking_level: "shipment",
        references: null,
        meta_data: [],
        destination: null,
        direction: "outbound",
        parcels: (shipment.parcels ?? []).map((number) => ({
          carrier_tracking_id: number,
          uuid_ref: null,
          meta_data: [],
        })),
      },
    ],
  );
  if (result?.kind !== "registered") throw new Error("The shipment was not registered.");
  return result.shipment_id;
}

/** An API of a carrier that a test answers for. */
export function answering(answer: (request: OutgoingRequest) => OutgoingResult): Outgoing {
  return { send: async (request) => answer(request), check: async () => null };
}

export function answered(status: number, body: string, headers: Record<string, string> = {}): OutgoingResult {
  return {
    kind: "answered",
    status,
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
    body_cut: false,
    took_ms: 1,
  };
}

/** A folder at a carrier, in memory: what the container would show. Only for steps whose own logic is under test; the container itself is tested against OpenSSH. */
export class Folder implements Sftp {
  readonly files = new Map<string, { bytes: Uint8Array; mtime_ms: number }>();
  /** Set to make the next call of that name fail, or one after so many that work. */
  failing: { call: keyof SftpSession | "run"; fault: SftpFault; after?: number } | null = null;
  /** Done once, just before a file is moved. */
  beforeMove: (() => void) | null = null;
  reads = 0;
  /** The parts of files that were asked for, in order. */
  readonly ranges: { path: string; offset: number; length: number }[] = [];

  put(path: string, text: string | Uint8Array, mtime_ms = 1): void {
    this.files.set(path, {
      bytes: typeof text === "string" ? new TextEncoder().encode(text) : text,
      mtime_ms,
    });
  }

  #mayFail(call: keyof SftpSession | "run"): void {
    if (this.failing?.call === call) {
      const { fault, after = 0 } = this.failing;
      if (after > 0) {
        this.failing.after = after - 1;
        return;
      }
      this.failing = null;
      throw fault;
    }
  }

  #file(path: string): { bytes: Uint8Array; mtime_ms: number } {
    const file = this.files.get(path);
    if (file === undefined) throw new SftpFault("not_found", `${path} is not there.`);
    return file;
  }

  async run<T>(_target: unknown, work: (session: SftpSession) => Promise<T>): Promise<T> {
    this.#mayFail("run");
    return work({
      list: async (directory, limit, keep = "oldest", from) => {
        this.#mayFail("list");
        const prefix = directory === "." ? "" : `${directory}/`;
        const files: RemoteFile[] = [...this.files]
          .filter(([path]) => path.startsWith(prefix) && !path.slice(prefix.length).includes("/"))
          .map(([path, file]) => ({
            name: path.slice(prefix.length),
            size: file.bytes.length,
            mtime_ms: file.mtime_ms,
          }));
        const byAge = (a: typeof from, b: typeof from) =>
          (a?.mtime_ms ?? 0) - (b?.mtime_ms ?? 0) || ((a?.name ?? "") < (b?.name ?? "") ? -1 : 1);
        const sign = keep === "oldest" ? 1 : -1;
        const behind = files.filter((file) => from === undefined || sign * byAge(from, file) < 0);
        behind.sort((a, b) => sign * byAge(a, b));
        return { files: behind.slice(0, limit).sort(byAge), truncated: behind.length > limit };
      },
      read: async (path, range) => {
        this.#mayFail("read");
        this.reads += 1;
        const { bytes } = this.#file(path);
        if (range !== undefined) this.ranges.push({ path, ...range });
        if (range !== undefined && range.offset > bytes.length)
          throw new SftpFault("bad_request", `The file has only ${bytes.length} bytes.`);
        const part = range === undefined ? bytes : bytes.subarray(range.offset, range.offset + range.length);
        const stream = new Response(part).body;
        if (stream === null) throw new Error("A response of bytes has a body.");
        return stream;
      },
      write: async (path, body) => {
        this.#mayFail("write");
        const already = this.files.has(path);
        if (!already) this.put(path, body);
        return { size: body.length, sha256: "", already };
      },
      move: async (from, to, listed) => {
        this.#mayFail("move");
        const meanwhile = this.beforeMove;
        this.beforeMove = null;
        meanwhile?.();
        const file = this.#file(from);
        if (listed !== undefined && (file.bytes.length !== listed.size || file.mtime_ms !== listed.mtime_ms))
          throw new SftpFault("conflict", `${from} has changed.`);
        if (this.files.has(to)) throw new SftpFault("conflict", `${to} is taken.`);
        this.files.delete(from);
        this.files.set(to, file);
      },
      remove: async (path) => {
        this.#mayFail("remove");
        this.files.delete(path);
      },
      close: async () => {},
    });
  }
}
