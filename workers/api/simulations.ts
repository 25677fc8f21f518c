import { z } from "@hono/zod-openapi";
import { SCENARIOS } from "../carriers/sandbox/scenarios.ts";
import type { Context } from "../context.ts";
import type { Tenant } from "../domain/tenant.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import type { SimulatedWalk } from "../flow/simulate.ts";
import {
  type SimulatorConnection,
  type SimulatorWay,
  simulatorConnection,
  unheardOf,
} from "../storage/simulated-carrier.ts";
import { invalid, Problem } from "./problem.ts";

/** Scenarios as the API has them: which are allowed, and what has to be there before and after the registration. */

const SPEED_MIN_S = 0.1;
const SPEED_MAX_S = 3600;

/** The fields of a registration that ask for a scenario. */
export const scenarioFields = {
  scenario: z
    .enum(SCENARIOS)
    .optional()
    .describe("With a test key and the carrier sandbox: the story that the carrier tells of this shipment."),
  way: z.enum(SOURCES).default("webhook").describe("By which way the carrier tells the scenario."),
  speed: z
    .number()
    .min(SPEED_MIN_S)
    .max(SPEED_MAX_S)
    .default(2)
    .describe("Seconds from one document of the scenario to the next, 0.1 to 3,600."),
};

/** A registration as far as its scenario is concerned. */
export interface Simulated {
  scenario?: (typeof SCENARIOS)[number];
  way: (typeof SOURCES)[number];
  speed: number;
  carrier_id?: string;
  carrier_tracking_id: string;
  parcels: readonly { carrier_tracking_id: string }[];
}

/** Why a scenario can't be played; null where it can, or none is asked for. */
export function scenarioFault({ scenario, carrier_id }: Simulated, { mode }: Tenant): Problem | null {
  if (scenario === undefined) return null;
  if (mode === "live")
    return invalid("scenario", "scenario works with test keys only. Use a key that begins with gl-test-.");
  if (carrier_id !== undefined && carrier_id !== "sandbox")
    return invalid(
      "scenario",
      "scenario is played by the carrier sandbox only: leave carrier_id out, or set it to sandbox.",
    );
  return null;
}

const connectionWay = (way: Simulated["way"]): SimulatorWay => (way === "poll" ? "poll" : "webhook");

/** Makes sure that the account has its simulated carrier, by each way that some registrations ask for. Before they are registered. */
export async function connectSimulator(
  ctx: Context,
  { account_number }: Tenant,
  inputs: readonly Simulated[],
): Promise<Map<SimulatorWay, SimulatorConnection>> {
  const ways = new Set(
    inputs.flatMap((input) => (input.scenario === undefined ? [] : [connectionWay(input.way)])),
  );
  const made = new Map<SimulatorWay, SimulatorConnection>();
  for (const way of ways)
    made.set(way, await simulatorConnection(ctx.control, ctx.vault, account_number, way, ctx.now()));
  return made;
}

/** Starts the walks of shipments that were registered, those that nothing has been heard of yet: a repeated request starts nothing twice. */
export async function startSimulations(
  ctx: Context,
  tenant: Tenant,
  shard: Pick<D1Database, "prepare">,
  connections: ReadonlyMap<SimulatorWay, SimulatorConnection>,
  registered: readonly { input: Simulated; shipment_id: string }[],
): Promise<void> {
  const asked = new Map(registered.map((one) => [one.shipment_id, one.input]));
  if (asked.size === 0) return;
  const fresh = await unheardOf(shard, tenant.id, [...asked.keys()]);
  const walks = fresh.flatMap(({ id, not_before }): SimulatedWalk[] => {
    const input = asked.get(id);
    const connection = input === undefined ? undefined : connections.get(connectionWay(input.way));
    if (input?.scenario === undefined || connection === undefined) return [];
    const every_ms = Math.round(input.speed * 1000);
    return [
      {
        shipment_id: id,
        connection_id: connection.id,
        scenario: input.scenario,
        way: input.way,
        every_ms,
        number: input.carrier_tracking_id,
        parcels: input.parcels.map((parcel) => parcel.carrier_tracking_id),
        seed: seedOf(id),
        started_at: ctx.now(),
        lasts_ms: not_before === null ? null : Math.max(60_000, every_ms * STEPS),
      },
    ];
  });
  if (walks.length === 0) return;
  const refused = await ctx
    .simulatedCarrierOf(tenant.account_number)
    .start(connections.get("poll")?.api_key ?? null, walks);
  if (refused > 0)
    throw new Problem(
      429,
      "There are 500 scenarios under way. Wait until some have ended, then send this again.",
      {
        retryAfter: 60,
      },
    );
}

/** About as many documents as a story has: a number that is used again plays its story while it is told. */
const STEPS = 8;

/** A number of twelve digits that follows from the shipment's id. FNV-1a over its letters, 40 bits of it. */
function seedOf(shipment_id: string): number {
  let hash = 0xcbf29ce484222325n;
  for (const letter of shipment_id)
    hash = BigInt.asUintN(64, (hash ^ BigInt(letter.charCodeAt(0))) * 0x100000001b3n);
  return Number(hash % 999_999_999_990n);
}
