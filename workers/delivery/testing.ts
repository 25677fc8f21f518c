import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import type { OpenedSubscription } from "../channels/channel.ts";
import { Receiver } from "../channels/webhook/receiver.ts";
import { sampleElement } from "../channels/webhook/sample.ts";
import type { Context } from "../context.ts";
import { NO_FILTER, type SftpSettings, type WebhookSettings } from "../domain/subscription.ts";
import { parseTenant } from "../domain/tenant.ts";
import type { CustomerDelivery } from "../durable/customer-delivery.ts";
import { seedAccount, testContext } from "../testing/seed.ts";

/** A customer to deliver to: its feed and subscriptions as rows, its object with ports that a test can steer. */

export const SECRET = `whsec_${btoa("0123456789abcdef0123456789abcdef")}`;
export const OLD_SECRET = `whsec_${btoa("fedcba9876543210fedcba9876543210")}`;

let customers = 0;

export class Customer {
  readonly tenant_id: string;
  readonly ctx: Context;
  private position = 0;
  private readonly sequences = new Map<string, number>();
  private overrides: Partial<Context> = {};

  constructor(overrides: Partial<Context> = {}) {
    this.tenant_id = `customer-${++customers}.test`;
    this.ctx = testContext();
    this.overrides = overrides;
  }

  get stub(): DurableObjectStub<CustomerDelivery> {
    return this.ctx.deliveryOf(this.tenant_id);
  }

  /** The object's clock, channels or time scale from now on. */
  async steer(overrides: Partial<Context> = {}): Promise<void> {
    this.overrides = { ...this.overrides, ...overrides };
    const context = testContext(this.overrides);
    await runInDurableObject(this.stub, (object) => {
      Reflect.set(object, "context", () => context);
    });
  }

  async subscribe(
    settings: Partial<WebhookSettings> & { previous?: string; paused?: boolean } = {},
  ): Promise<string> {
    const { previous, paused, ...rest } = settings;
    const secrets = {
      secret: SECRET,
      previous: previous === undefined ? null : { secret: previous, until: Date.now() + 60_000 },
    };
    const full: WebhookSettings = {
      way: "webhook",
      endpoint: Receiver.newest?.endpoint ?? "",
      ...NO_FILTER,
      max_batch: 20,
      ...rest,
    };
    return this.addSubscription(full, secrets, paused ?? false);
  }

  async subscribeFiles(settings: Partial<SftpSettings> = {}): Promise<string> {
    const full: SftpSettings = {
      way: "sftp",
      host: "sftp.example.com",
      port: 22,
      username: "gluey",
      host_key_sha256: "pinned-key",
      directory: "/in",
      format: "json",
      every_minutes: 1,
      file_name: "{account}_{number}",
      ...NO_FILTER,
      ...settings,
    };
    return this.addSubscription(full, { password: "a password of the partner", private_key: null }, false);
  }

  private async addSubscription(
    settings: OpenedSubscription["settings"],
    secrets: OpenedSubscription["secrets"],
    paused: boolean,
  ): Promise<string> {
    const id = this.ctx.newId("sub");
    const sealed = await this.ctx.vault.seal(id, secrets);
    const { account_number } = parseTenant(this.tenant_id);
    await this.ctx.control
      .prepare(
        `INSERT INTO subscriptions (id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, 1)`,
      )
      .bind(
        id,
        this.tenant_id,
        account_number,
        settings.way,
        JSON.stringify(settings),
        sealed.bytes,
        sealed.key_id,
        this.position,
        paused ? 1 : 0,
      )
      .run();
    return id;
  }

  async change(subscription_id: string, set: string, ...values: (string | number)[]): Promise<void> {
    await this.ctx.control
      .prepare(`UPDATE subscriptions SET updated_at = updated_at + 1, ${set} WHERE id = ?`)
      .bind(...values, subscription_id)
      .run();
  }

  /** Appends events to the feed: one for each shipment named, in that order. */
  async tell(
    shipments: readonly string[],
    facts: { milestone?: string; body?: string; text?: string; status?: string; carrier?: string } = {},
  ): Promise<void> {
    const { account_number } = parseTenant(this.tenant_id);
    await seedAccount(this.ctx, account_number);
    const { database: shard } = await this.ctx.placements.of(account_number, true);
    const statements: D1PreparedStatement[] = [];
    for (const name of shipments) {
      const id = this.shipmentId(name);
      const sequence = (this.sequences.get(name) ?? 0) + 1;
      this.sequences.set(name, sequence);
      this.position += 1;
      if (sequence === 1)
        statements.push(
          insert(shard, "shipments", shipmentRow(this.tenant_id, account_number, id, facts.carrier)),
        );
      const body = facts.body ?? eventBody(id, sequence, facts);
      const row = eventRow(this.tenant_id, id, sequence, this.position, body);
      statements.push(
        insert(shard, "events", { ...row, shipment_status: facts.status ?? row.shipment_status }),
      );
    }
    for (let at = 0; at < statements.length; at += 50) await shard.batch(statements.slice(at, at + 50));
  }

  shipmentId(name: string): string {
    return `shp_${this.tenant_id.replace(/\W/g, "")}${name}`;
  }

  async wake(): Promise<void> {
    await this.stub.wake();
    await this.quiet();
  }

  /** Runs the alarm now, as the platform would: one that is set is taken away first. */
  async alarm(): Promise<void> {
    if (!(await runDurableObjectAlarm(this.stub)))
      await runInDurableObject(this.stub, (object) => object.alarm());
    await this.quiet();
  }

  /** Until no run is under way and no alarm is due. */
  async quiet(): Promise<void> {
    for (let calm = 0; calm < 2; ) {
      const busy = await runInDurableObject(this.stub, async (object, state) => {
        const alarm = await state.storage.getAlarm();
        return Reflect.get(object, "running") === true || (alarm !== null && alarm <= Date.now());
      });
      calm = busy ? 0 : calm + 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  rows<Row extends Record<string, SqlStorageValue>>(sql: string): Promise<Row[]> {
    return runInDurableObject(this.stub, (_object, state) => state.storage.sql.exec<Row>(sql).toArray());
  }

  /** The object is cut off in the middle of whatever it does; the next call starts a new instance, which is steered again. */
  async crash(): Promise<void> {
    await runInDurableObject(this.stub, (_object, state) => state.abort("cut off by the test")).catch(
      () => undefined,
    );
  }
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function insert(
  db: D1Database,
  table: string,
  row: Record<string, string | number | null>,
): D1PreparedStatement {
  const names = Object.keys(row);
  return db
    .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`)
    .bind(...Object.values(row));
}

function shipmentRow(tenant_id: string, account_number: string, id: string, carrier_id = "sandbox") {
  return {
    id,
    tenant_id,
    account_number,
    carrier_id,
    carrier_tracking_id: `NUMBER${id}`,
    registration: JSON.stringify({ uuid_ref: null, tracking_level: "shipment", meta_data: [] }),
    status: "in_transit",
    health: "on_track",
    action_required_by: "none",
    tracking_state: "active",
    pieces: "{}",
    last_sequence: 1,
    timeline_version: 1,
    updated_position: 1,
    created_at: 1,
    updated_at: 1,
  };
}

function eventRow(tenant_id: string, shipment_id: string, sequence: number, position: number, body: string) {
  return {
    shipment_id,
    event_id: `evt_${sequence}`,
    tenant_id,
    sequence,
    position,
    parcel_number: "",
    precision: "second",
    code_path: "in_transit",
    status: "in_transit",
    withdrawn: 0,
    source: "poll",
    shipment_status: "in_transit",
    health: "on_track",
    action_required_by: "none",
    document_id: "doc_1",
    created_at: 1,
    body,
  };
}

function eventBody(
  shipment_id: string,
  sequence: number,
  facts: { milestone?: string; text?: string },
): string {
  const { event } = sampleElement(0);
  const gluey = {
    milestone: facts.milestone ?? "in_transit",
    code: "arrived_at_carrier_facility",
    sub_code: null,
    freetext_detail: facts.text ?? null,
  };
  const id = `evt_${"0".repeat(26 - String(sequence).length)}${sequence}`;
  return JSON.stringify({
    ...event,
    id,
    status: "in_transit",
    codes: { ...event.codes, gluey },
    carrier_meta_data: [{ key: "shipment", value: shipment_id }],
  });
}
