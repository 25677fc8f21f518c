import type { Carrier, HarmonizedShipment } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import { tenantOf } from "../domain/tenant.ts";
import { registerShipments } from "../storage/registration.ts";
import { stoppedNumbers } from "../storage/shipments.ts";
import { log } from "./log.ts";

/** A connection of one account with `auto_register`: what the carrier speaks of is put under tracking by itself. */

/** Registers the shipments on the account's live side (its test side for a carrier that exists only for tests). False where the connection does not ask for it. */
export async function autoRegister(
  ctx: Context,
  carrier: Carrier,
  connection_id: string,
  shipments: readonly HarmonizedShipment[],
): Promise<boolean> {
  const { results } = await ctx.control
    .prepare(
      `SELECT a.account_number FROM connections c CROSS JOIN connection_accounts a ON a.connection_id = c.id
       WHERE c.id = ?1 AND c.auto_register = 1 LIMIT 2`,
    )
    .bind(connection_id)
    .all<{ account_number: string }>();
  const account_number = results[0]?.account_number;
  if (account_number === undefined || results.length > 1) return false;
  const tenant = tenantOf(account_number, carrier.test_only === true ? "test" : "live");
  const spoken = [...new Set(shipments.map((shipment) => shipment.carrier_tracking_id))];
  const stopped = await stoppedNumbers(ctx.shardFor(account_number), tenant.id, carrier.id, spoken);
  // What the customer stopped stays stopped, whatever the carrier goes on telling.
  const numbers = spoken.filter((number) => !stopped.has(number));
  if (numbers.length === 0) return false;
  const registered = await registerShipments(
    {
      control: ctx.control,
      shard: ctx.shardFor(account_number),
      // The document at hand is what they would be read from; what came before is handed over by the tick.
      takeUp: async () => {},
      now: ctx.now,
      newId: ctx.newId,
      timeScale: ctx.timeScale,
    },
    tenant,
    numbers.map((carrier_tracking_id) => ({
      carrier_id: carrier.id,
      carrier_tracking_id,
      carrier_tracking_ids: [],
      uuid_ref: null,
      tracking_level: "shipment",
      references: null,
      meta_data: [],
      destination: null,
      direction: "outbound",
      parcels: [],
    })),
  );
  log("shipments.auto_registered", { connection_id, account_number, shipments: registered.length });
  return true;
}
