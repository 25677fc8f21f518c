import type { Context } from "../context.ts";
import type { Post } from "../domain/append.ts";
import { meaningOf } from "../domain/codes.ts";
import { type CarrierEvent, NO_OTHER_FACTS } from "../domain/tracking-event.ts";
import { append } from "../flow/append.ts";
import { AccountMoving } from "../storage/residency.ts";
import { stopShipment } from "../storage/shipments.ts";
import { seedAccount, seedConnection, seedShipment, testEnv } from "./seed.ts";

/** An account that is in use while it is moved: what it was told, and what must be there of it in the end. */

let accounts = 0;

export class Resident {
  readonly account_number: string;
  readonly tenant_id: string;
  readonly ctx: Context;
  /** Shipments in the order of their registration; their events by what told them. */
  readonly shipments: {
    id: string;
    number: string;
    told: number;
    telling: Promise<void>[];
    stopped: boolean;
  }[] = [];

  private constructor(ctx: Context, account_number: string) {
    this.ctx = ctx;
    this.account_number = account_number;
    this.tenant_id = `${account_number}.test`;
  }

  static async begin(ctx: Context): Promise<Resident> {
    const resident = new Resident(ctx, `resident-${++accounts}`);
    await seedAccount(ctx, resident.account_number);
    await seedConnection(ctx, {
      carrier_id: "sandbox",
      account_numbers: [resident.account_number],
      ways: { webhook: {} },
      credentials: {},
    });
    return resident;
  }

  /** Registers a shipment, with a parcel of its own number. */
  async register(): Promise<void> {
    const number = `N${this.shipments.length}`;
    const shipment = { id: "", number, told: 0, telling: [], stopped: false };
    this.shipments.push(shipment);
    await this.again(async () => {
      shipment.id = await seedShipment(this.ctx, this.account_number, {
        carrier_id: "sandbox",
        carrier_tracking_id: number,
        parcels: [`${number}-1`],
      });
    });
  }

  /** One more event of a shipment; with `parcel` of one that only the carrier knew until now. */
  async tell(at: number, { parcel = false, text = "x" } = {}): Promise<void> {
    const shipment = this.shipments[at];
    if (shipment === undefined || shipment.id === "" || shipment.stopped) return;
    const turn = shipment.told++;
    const { milestone, code, sub_code, status, reason } = meaningOf("in_transit/arrived_at_carrier_facility");
    const event: CarrierEvent = {
      carrier: { code: "IN_TRANSIT", sub_code: null, freetext_detail: text },
      gluey: { milestone, code, sub_code, freetext_detail: null },
      status,
      reason,
      attempt: null,
      rule: { id: "sandbox:transit", version: 1 },
      time: {
        at: new Date(Date.parse("2026-03-14T08:00:00Z") + turn * 60_000).toISOString(),
        precision: "second",
        offset_source: "carrier",
      },
      location: null,
      carrier_meta_data: [],
      other: NO_OTHER_FACTS,
      order: null,
      revision: 0,
      withdrawn: false,
    };
    const post: Post = {
      shipment_id: shipment.id,
      parcel_number: parcel ? `${shipment.number}-seen-${turn}` : "",
      parcel_id: null,
      source: "webhook",
      document_id: "doc_1",
      reread: false,
      events: [event],
      eta: null,
      carrier_tracking_update: null,
    };
    const telling = this.again(async () => {
      const { waiting } = await append(this.ctx, [{ tenant_id: this.tenant_id, post }]);
      if (waiting.size > 0) throw new AccountMoving(this.account_number);
    });
    shipment.telling.push(telling);
    await telling;
  }

  async stop(at: number): Promise<void> {
    const shipment = this.shipments[at];
    if (shipment === undefined || shipment.id === "") return;
    shipment.stopped = true;
    // What comes after it is told to nobody: what came before is waited for, so that it counts.
    await Promise.all(shipment.telling);
    const db = { control: this.ctx.control, shard: this.ctx.shardFor(this.account_number) };
    await this.again(async () => void (await stopShipment(db, this.tenant_id, shipment.id, this.ctx.now())));
  }

  /** As an inbox and a customer do: what could not be done while the account was switched is tried again. */
  private async again(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof AccountMoving)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** All rows of the account in a shard, by table, as texts in an order of their own. */
  async rowsIn(name: "DB" | "SHARD_1" | "SHARD_2"): Promise<Record<string, string[]>> {
    const shard = testEnv()[name];
    if (shard === undefined) throw new Error(`The tests' configuration lacks ${name}.`);
    const rows: Record<string, string[]> = {};
    for (const [table, where] of [
      ["shipments", "tenant_id LIKE ?1"],
      ["shipment_numbers", "tenant_id LIKE ?1"],
      ["parcels", "tenant_id LIKE ?1"],
      ["events", "tenant_id LIKE ?1"],
      ["move_marks", "account_number || '.' LIKE ?1"],
    ]) {
      const { results } = await shard
        .prepare(`SELECT * FROM ${table} WHERE ${where}`)
        .bind(`${this.account_number}.%`)
        .all();
      rows[String(table)] = results.map((row) => JSON.stringify(row)).sort();
    }
    return rows;
  }
}
