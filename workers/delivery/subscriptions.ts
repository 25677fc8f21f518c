import { z } from "zod";
import type { OpenedSubscription } from "../channels/channel.ts";
import type { Context } from "../context.ts";
import { SftpSecrets, SubscriptionSettings, WebhookSecrets } from "../domain/subscription.ts";
import { reasonOf } from "../flow/log.ts";

/** A tenant's subscriptions as the control database has them, their secrets opened. */

const Row = z.object({
  id: z.string(),
  tenant_id: z.string(),
  account_number: z.string(),
  way: z.enum(["webhook", "sftp"]),
  settings: z.string(),
  secrets_sealed: z.union([z.instanceof(ArrayBuffer), z.instanceof(Uint8Array), z.array(z.number())]),
  key_id: z.string(),
  start_position: z.number(),
  paused: z.coerce.boolean(),
  updated_at: z.number(),
});
type Row = z.infer<typeof Row>;

/** One that can't be opened (a damaged row, a key that is missing) stops itself and no other. */
export type FoundSubscription =
  | { kind: "opened"; id: string; subscription: OpenedSubscription }
  | { kind: "unusable"; id: string; way: "webhook" | "sftp"; start_position: number; detail: string };

/** Opens each row once: a row that did not change keeps its opened secrets in memory. */
export class Subscriptions {
  private readonly opened = new Map<string, { stamp: string; found: FoundSubscription }>();

  async read(ctx: Context, tenant_id: string): Promise<FoundSubscription[]> {
    const { results } = await ctx.control
      .prepare(
        `SELECT id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, updated_at
         FROM subscriptions WHERE tenant_id = ?1 ORDER BY way, id`,
      )
      .bind(tenant_id)
      .all();
    const rows = results.map((raw) => Row.parse(raw));
    const ids = new Set(rows.map((row) => row.id));
    for (const id of this.opened.keys()) if (!ids.has(id)) this.opened.delete(id);
    return Promise.all(rows.map((row) => this.open(ctx, row)));
  }

  private async open(ctx: Context, row: Row): Promise<FoundSubscription> {
    const stamp = `${row.updated_at} ${row.paused} ${row.key_id} ${row.settings}`;
    const known = this.opened.get(row.id);
    if (known?.stamp === stamp) return known.found;
    const found = await opened(ctx, row);
    if (found.kind === "opened") this.opened.set(row.id, { stamp, found });
    return found;
  }
}

async function opened(ctx: Context, row: Row): Promise<FoundSubscription> {
  const { id, tenant_id, account_number, paused, start_position } = row;
  const about = { id, tenant_id, account_number, paused, start_position };
  const sealed = { bytes: new Uint8Array(row.secrets_sealed), key_id: row.key_id };
  try {
    const settings = SubscriptionSettings.parse(JSON.parse(row.settings));
    const subscription: OpenedSubscription =
      settings.way === "webhook"
        ? { ...about, way: "webhook", settings, secrets: await ctx.vault.open(id, sealed, WebhookSecrets) }
        : { ...about, way: "sftp", settings, secrets: await ctx.vault.open(id, sealed, SftpSecrets) };
    return { kind: "opened", id, subscription };
  } catch (error) {
    return { kind: "unusable", id, way: row.way, start_position, detail: reasonOf(error) };
  }
}
