import type { Carrier } from "../carriers/carrier.ts";
import { followedNumber } from "../carriers/detection.ts";
import { carriers, findCarrier } from "../carriers/registry.ts";
import { sandbox } from "../carriers/sandbox/index.ts";
import type { Context } from "../context.ts";
import type { Tenant } from "../domain/tenant.ts";
import { takeUp } from "../flow/read-again.ts";
import { type NewShipment, registerShipments } from "../storage/registration.ts";
import { detectCarrier } from "./detect-carrier.ts";
import { invalid, Problem } from "./problem.ts";
import type { ShipmentInput } from "./schemas/shipment.ts";
import type { Sessions } from "./sessions.ts";
import { connectSimulator, scenarioFault, startSimulations } from "./simulations.ts";

/** Registration as the API has it: which carrier is meant, whether this key may use it, and one outcome for each item. */

export type Outcome =
  | { kind: "registered"; shipment_id: string; created: boolean }
  | { kind: "refused"; problem: Problem };

/** One outcome for each input, in order; a refused one spoils no other. */
export async function register(
  ctx: Context,
  { control, shard }: Sessions,
  tenant: Tenant,
  inputs: readonly (ShipmentInput | Problem)[],
): Promise<Outcome[]> {
  const items = inputs.map((input) => (input instanceof Problem ? input : newShipment(input, tenant)));
  const good = items.filter((item): item is NewShipment => !(item instanceof Problem));
  const played = inputs.flatMap((input, at) =>
    input instanceof Problem || items[at] instanceof Problem || input.scenario === undefined
      ? []
      : [{ input, at }],
  );
  const simulator = await connectSimulator(
    ctx,
    tenant,
    played.map(({ input }) => input),
  );
  const registered = await registerShipments(
    { ...ctx, control, shard, takeUp: async (ids) => ctx.afterwards(takeUp(ctx, ids)) },
    tenant,
    good,
  );
  let next = 0;
  const outcomes = items.map((item): Outcome => {
    if (item instanceof Problem) return { kind: "refused", problem: item };
    const result = registered[next++];
    if (result?.kind === "registered") return result;
    return { kind: "refused", problem: noConnection(item.carrier_id, tenant) };
  });
  const walking = played.flatMap(({ input, at }) => {
    const outcome = outcomes[at];
    return outcome?.kind === "registered" ? [{ input, shipment_id: outcome.shipment_id }] : [];
  });
  await startSimulations(ctx, tenant, shard, simulator, walking);
  return outcomes;
}

function noConnection(carrier_id: string, { account_number }: Tenant): Problem {
  return invalid(
    "carrier_id",
    `carrier_id: no connection to ${carrier_id} is set up for account ${account_number}. Ask the operator to create one.`,
  );
}

/** The registration with its carrier and its numbers as they are followed, or why it can't be. */
function newShipment(input: ShipmentInput, tenant: Tenant): NewShipment | Problem {
  const fault = scenarioFault(input, tenant);
  if (fault !== null) return fault;
  const carrier = input.scenario === undefined ? carrierOf(input, tenant) : sandbox;
  if (carrier instanceof Problem) return carrier;
  const followed = (number: string) => followedNumber(carrier, number);
  return {
    carrier_id: carrier.id,
    carrier_tracking_id: followed(input.carrier_tracking_id),
    carrier_tracking_ids: input.carrier_tracking_ids.map(followed),
    uuid_ref: input.uuid_ref ?? null,
    tracking_level: input.tracking_level ?? (input.parcels.length > 0 ? "parcel" : "shipment"),
    references: input.references ?? null,
    meta_data: input.meta_data,
    destination: input.destination ?? null,
    direction: input.direction,
    parcels: input.parcels.map((parcel) => ({
      carrier_tracking_id: followed(parcel.carrier_tracking_id),
      uuid_ref: parcel.uuid_ref ?? null,
      meta_data: parcel.meta_data,
    })),
  };
}

function carrierOf(
  { carrier_id, carrier_tracking_id, destination }: ShipmentInput,
  { mode }: Tenant,
): Carrier | Problem {
  if (carrier_id === undefined) return detected(carrier_tracking_id, mode, destination?.iso_country ?? null);
  const carrier = findCarrier(carrier_id);
  if (carrier === null)
    return invalid("carrier_id", `carrier_id must be one of ${carriers.map(({ id }) => id).join(", ")}.`);
  if (carrier.test_only && mode === "live")
    return invalid(
      "carrier_id",
      `carrier_id: ${carrier.id} works with test keys only. Use a key that begins with gl-test-.`,
    );
  return carrier;
}

function detected(number: string, mode: Tenant["mode"], destination: string | null): Carrier | Problem {
  const found = detectCarrier(
    carriers.filter((carrier) => mode === "test" || !carrier.test_only),
    number,
    destination,
  );
  switch (found.kind) {
    case "one":
      return found.carrier;
    case "none":
      return invalid(
        "carrier_id",
        "carrier_id is missing, and the number's format is no carrier's that we know. Name the carrier.",
      );
    case "several":
      return invalid(
        "carrier_id",
        `carrier_id is missing, and the number's format fits several carriers: ${found.carrier_ids.join(", ")}. Name the one you mean.`,
      );
  }
}
