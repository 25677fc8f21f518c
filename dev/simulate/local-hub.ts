import { join } from "node:path";
import type { Context } from "../../workers/context.ts";
import type { Ways } from "../../workers/domain/connection.ts";
import { newId } from "../../workers/domain/ids.ts";
import { tenantOf } from "../../workers/domain/tenant.ts";
import { takeUp } from "../../workers/flow/read-again.ts";
import { Tally } from "../../workers/observe/tally.ts";
import { BODIES_BYTES, ByteBudget } from "../../workers/outside/byte-budget.ts";
import type { Sftp } from "../../workers/outside/sftp.ts";
import { shardOf } from "../../workers/storage/account-shard.ts";
import { createAccount } from "../../workers/storage/accounts.ts";
import { createKeyDerivation } from "../../workers/storage/derived-key.ts";
import { KeptConnections } from "../../workers/storage/kept-connections.ts";
import { markLanesOutdated } from "../../workers/storage/lanes.ts";
import { Placements } from "../../workers/storage/placement.ts";
import { registerShipments } from "../../workers/storage/registration.ts";
import { createVault } from "../../workers/storage/vault.ts";
import { createTrackingLinks } from "../../workers/tracking-page/token.ts";
import { DistantD1 } from "./distant-database.ts";
import { LocalInboxes } from "./local-inbox.ts";

/** A hub in plain Node, as far as documents go: real inboxes in this process, the control database and a shard outside it. */

const KEYS = JSON.stringify({ k1: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" });
const DAY_MS = 86_400_000;
const INBOX_BYTES = 8_000_000_000;
const REGISTERED_AT_ONCE = 1000;

export interface HubOptions {
  sftp?: Sftp;
  /** Where everything is stored, so that another process can continue with it; in memory if absent. */
  folder?: string;
  /** Called before and after each call of a database. */
  onDatabaseCall?: () => void;
}

export class LocalHub {
  readonly control: DistantD1;
  readonly shard: DistantD1;
  readonly inboxes: LocalInboxes;
  readonly ctx: Context;

  constructor({ sftp = NO_SFTP, folder, onDatabaseCall: onCall }: HubOptions = {}) {
    // Of the directory and not of this file, which may be bundled with others.
    const migrations = join(process.cwd(), "migrations");
    const pathOf = folder === undefined ? undefined : (name: string) => join(folder, `${name}.sqlite`);
    this.control = new DistantD1({ migrations, path: pathOf?.("control"), onCall });
    this.shard = new DistantD1({ migrations, path: pathOf?.("shard"), onCall });
    this.inboxes = new LocalInboxes({
      context: () => this.ctx,
      after: (ms, run) => {
        setTimeout(run, ms).unref();
      },
      pathOf: pathOf && ((name) => pathOf(name.replace("/", "-"))),
    });
    const databases = new Map<string, D1Database>([
      ["DB", this.control],
      ["SHARD_1", this.shard],
    ]);
    const placements = new Placements(this.control, databases);
    this.ctx = {
      control: this.control,
      placements,
      shardFor: (account_number) => shardOf(placements, account_number),
      newAccountShards: ["SHARD_1"],
      shards: () => [...databases.values()],
      archive: null,
      kept: { events_ms: 90 * DAY_MS, documents_ms: 30 * DAY_MS, attempts_ms: 30 * DAY_MS },
      inboxMaxBytes: INBOX_BYTES,
      queues: { checks: NO_QUEUE, slowChecks: NO_QUEUE, fileChecks: NO_QUEUE },
      inboxOf: this.inboxes.of,
      deliveryOf: () => missing("A customer's object"),
      paceOf: () => missing("A connection's pace"),
      checksOf: () => missing("A connection's checks"),
      simulatedCarrierOf: () => missing("The sandbox carrier"),
      sftp,
      http: { send: async () => missing("A call by HTTP"), check: async () => null },
      vault: createVault(KEYS),
      keptConnections: new KeptConnections(),
      bodies: new ByteBudget(BODIES_BYTES),
      trackingLinks: createTrackingLinks(KEYS, "1"),
      tally: new Tally(),
      metrics: { write: () => {} },
      keyRate: NO_RATE,
      signInRate: NO_RATE,
      derivedKey: createKeyDerivation([KEYS]),
      adminToken: "",
      signingKey: null,
      allowPrivate: true,
      timeScale: 1,
      now: Date.now,
      afterwards: (work) => void work,
      wait: (ms) => new Promise((resume) => setTimeout(resume, ms)),
      newId: (prefix) => newId(prefix, Date.now(), crypto.getRandomValues(new Uint8Array(10))),
    };
  }

  async addAccount(account_number: string): Promise<void> {
    await createAccount(
      this.control,
      { account_number, name: account_number, created_at: this.ctx.now() },
      "SHARD_1",
    );
  }

  /** A connection that feeds one account; returns its id. */
  async addConnection(
    carrier_id: string,
    account_number: string,
    ways: Ways,
    credentials: Record<string, string>,
    id = this.ctx.newId("con"),
  ): Promise<string> {
    const { control, ctx } = this;
    const { bytes, key_id } = await ctx.vault.seal(id, credentials);
    await control.batch([
      control
        .prepare(
          `INSERT INTO connections (id, carrier_id, ways, credentials_sealed, key_id, auto_register, paused, created_at, updated_at)
           VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?6)`,
        )
        .bind(id, carrier_id, JSON.stringify(ways), bytes, key_id, ctx.now()),
      ...markLanesOutdated(control, id, ctx.now()),
      control
        .prepare(
          "INSERT INTO connection_accounts (account_number, carrier_id, connection_id) VALUES (?1, ?2, ?3)",
        )
        .bind(account_number, carrier_id, id),
    ]);
    return id;
  }

  /** Puts numbers under tracking on an account's test side. */
  async register(account_number: string, carrier_id: string, numbers: readonly string[]): Promise<void> {
    const { ctx } = this;
    const ports = {
      control: ctx.control,
      shard: ctx.shardFor(account_number),
      takeUp: (ids: readonly string[]) => takeUp(ctx, ids),
      now: ctx.now,
      newId: ctx.newId,
      timeScale: ctx.timeScale,
    };
    for (let at = 0; at < numbers.length; at += REGISTERED_AT_ONCE) {
      const shipments = numbers.slice(at, at + REGISTERED_AT_ONCE).map((carrier_tracking_id) => ({
        carrier_id,
        carrier_tracking_id,
        carrier_tracking_ids: [],
        uuid_ref: null,
        tracking_level: "shipment" as const,
        references: null,
        meta_data: [],
        destination: null,
        direction: "outbound" as const,
        parcels: [],
      }));
      await registerShipments(ports, tenantOf(account_number, "test"), shipments);
    }
  }

  async close(): Promise<void> {
    this.inboxes.close();
    await Promise.all([this.control.close(), this.shard.close()]);
  }
}

function missing(what: string): never {
  throw new Error(`${what} is not simulated.`);
}

const NO_SFTP: Sftp = { run: async () => missing("sFTP") };
const NO_RATE: RateLimit = { limit: async () => ({ success: true }) };
const NO_QUEUE: Queue = {
  send: async () => missing("A queue"),
  sendBatch: async () => missing("A queue"),
  metrics: async () => ({ backlogCount: 0, backlogBytes: 0 }),
};
