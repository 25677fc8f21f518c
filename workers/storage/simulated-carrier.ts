import { z } from "zod";
import { base32, timePart } from "../domain/ids.ts";
import { SIMULATOR_URL } from "../outside/simulated-carrier.ts";
import { findAccount } from "./accounts.ts";
import { putConnection } from "./connections.ts";
import { openConnection } from "./open-connection.ts";
import type { Vault } from "./vault.ts";

/** The simulator's own connections: one an account and way, made when the first scenario asks for it. */

export interface SimulatorConnection {
  id: string;
  api_key: string;
}

/** By which the carrier pushes (files come by it too), and by which it is asked: a number that is pushed is not asked for. */
export type SimulatorWay = "webhook" | "poll";

/** The account's connection to its simulated carrier. Its id follows from the account and the way, so that two requests at once make one. */
export async function simulatorConnection(
  control: D1Database,
  vault: Vault,
  account_number: string,
  way: SimulatorWay,
  now: number,
): Promise<SimulatorConnection> {
  const id = await connectionId(control, account_number, way);
  const there = await openConnection(control, vault, id);
  const key = there?.credentials.api_key;
  if (key !== undefined) return { id, api_key: key };
  const credentials = { webhook_secret: drawn(), api_key: drawn() };
  const connection = {
    id,
    carrier_id: "sandbox",
    account_numbers: [account_number],
    ways: way === "poll" ? { poll: { base_url: `${SIMULATOR_URL}/${account_number}` } } : { webhook: {} },
    auto_register: false,
    paused: false,
    created_at: now,
    updated_at: now,
  };
  await putConnection(control, connection, await vault.seal(id, credentials));
  // Whoever was faster at the same time has written other credentials, or read these: what is there now counts.
  const made = await openConnection(control, vault, id);
  return { id, api_key: made?.credentials.api_key ?? credentials.api_key };
}

async function connectionId(control: D1Database, account_number: string, way: SimulatorWay): Promise<string> {
  const account = await findAccount(control, account_number);
  if (account === null) throw new Error(`There is no account ${account_number} to simulate for.`);
  const name = new TextEncoder().encode(`simulator ${account_number} ${way}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", name));
  return `con_${timePart(account.created_at)}${base32(digest, 16)}`;
}

function drawn(): string {
  return base32(crypto.getRandomValues(new Uint8Array(20)), 32);
}

/** The numbers of a connection are asked for at the next claim; a check that is under way goes on. */
export async function makePollsDue(control: D1Database, connection_id: string, now: number): Promise<void> {
  await control
    .prepare(
      "UPDATE check_slots SET due_at = ?2 WHERE connection_id = ?1 AND way = 'poll' AND claim IS NULL AND due_at > ?2",
    )
    .bind(connection_id, now)
    .run();
}

const Fresh = z.object({ id: z.string(), not_before: z.number().nullable() });

/** Those of some shipments that nothing has been heard of yet; and since when news counts, where their numbers are used again. */
export async function unheardOf(
  shard: Pick<D1Database, "prepare">,
  tenant_id: string,
  shipment_ids: readonly string[],
): Promise<z.infer<typeof Fresh>[]> {
  const { results } = await shard
    .prepare(
      `SELECT s.id, s.not_before FROM json_each(?2) j CROSS JOIN shipments s ON s.id = j.value
       WHERE s.tenant_id = ?1 AND s.last_sequence = 0 AND s.tracking_state <> 'stopped'`,
    )
    .bind(tenant_id, JSON.stringify(shipment_ids))
    .all();
  return results.map((row: unknown) => Fresh.parse(row));
}
