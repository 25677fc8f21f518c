import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scenario, Shipment, ShipmentEvent } from "../../client/index.ts";
import { sandboxNumber } from "../../dev/demo/cast.ts";
import { type Receiver, startReceiver } from "../../dev/sandbox-customer.ts";
import { type Account, eventually, openWorld, type World } from "./world.ts";

/** The simulator as a customer uses it: every scenario, from POST /shipments to their own signed webhook. */

let world: World;
let receiver: Receiver;
let account: Account;

beforeAll(async () => {
  world = await openWorld();
  receiver = world.owns(await startReceiver());
  account = await world.newAccount();
  const { secret } = await account.client.createWebhookSubscription(account.account_number, {
    endpoint: `${receiver.url}/webhook/shipment`,
  });
  receiver.setKeys([secret], await account.client.webhookKeys());
});
afterAll(() => world.close());

/** What a scenario comes to: the shipment at its end, and what the customer's webhook was told, in order. */
interface Expected {
  status: string;
  health: string;
  /** The carrier's codes as pushed. */
  told: string[];
  /** Statuses that the shipment was in after each event. */
  statuses: string[];
}

const IN_ORDER = ["CREATED", "PICKED_UP", "DEPARTED", "ARRIVED", "OUT_FOR_DELIVERY", "DELIVERED"];
const STATUSES_IN_ORDER = [
  "info_received",
  "accepted",
  "in_transit",
  "in_transit",
  "out_for_delivery",
  "delivered",
];

const EXPECTED: Record<Scenario, Expected> = {
  delivered: { status: "delivered", health: "on_track", told: IN_ORDER, statuses: STATUSES_IN_ORDER },
  "out-of-order": {
    status: "delivered",
    health: "on_track",
    told: ["CREATED", "DEPARTED", "PICKED_UP", "DELIVERED", "ARRIVED", "OUT_FOR_DELIVERY"],
    // What comes late takes its place in the timeline and moves nothing.
    statuses: ["info_received", "in_transit", "in_transit", "delivered", "delivered", "delivered"],
  },
  duplicates: { status: "delivered", health: "on_track", told: IN_ORDER, statuses: STATUSES_IN_ORDER },
  locker: {
    status: "delivered",
    health: "on_track",
    told: ["PICKED_UP", "ARRIVED", "OUT_FOR_DELIVERY", "AT_LOCKER", "NOTIFIED", "COLLECTED"],
    statuses: [
      "accepted",
      "in_transit",
      "out_for_delivery",
      "ready_for_pickup",
      "ready_for_pickup",
      "delivered",
    ],
  },
  return: {
    status: "returned",
    health: "failed",
    told: ["PICKED_UP", "ARRIVED", "OUT_FOR_DELIVERY", "ATTEMPT", "RETURNING", "RETURNED"],
    statuses: ["accepted", "in_transit", "out_for_delivery", "delivery_attempted", "returning", "returned"],
  },
  "3-of-5-parcels": {
    status: "in_transit",
    health: "delayed",
    told: [
      ...Array.from({ length: 5 }, () => "PICKED_UP"),
      ...Array.from({ length: 5 }, () => "ARRIVED"),
      ...Array.from({ length: 3 }, () => "OUT_FOR_DELIVERY"),
      ...Array.from({ length: 3 }, () => "DELIVERED"),
      ...Array.from({ length: 2 }, () => "DELAYED"),
    ],
    statuses: [],
  },
  "customs-hold": {
    status: "delivered",
    health: "on_track",
    told: ["PICKED_UP", "DEPARTED", "CUSTOMS_HELD", "CUSTOMS_CLEARED", "OUT_FOR_DELIVERY", "DELIVERED"],
    statuses: ["accepted", "in_transit", "customs", "in_transit", "out_for_delivery", "delivered"],
  },
  "carrier-silent": {
    status: "in_transit",
    health: "on_track",
    told: ["CREATED", "PICKED_UP", "DEPARTED"],
    statuses: ["info_received", "accepted", "in_transit"],
  },
  "number-swapped": {
    status: "delivered",
    health: "on_track",
    told: ["CREATED", "PICKED_UP", "ARRIVED", "OUT_FOR_DELIVERY", "DELIVERED"],
    statuses: ["info_received", "accepted", "in_transit", "out_for_delivery", "delivered"],
  },
  "clock-change-night": {
    status: "delivered",
    health: "on_track",
    told: ["ARRIVED", "DEPARTED", "OUT_FOR_DELIVERY", "DELIVERED"],
    statuses: ["in_transit", "in_transit", "out_for_delivery", "delivered"],
  },
  "lost-then-found": {
    status: "delivered",
    health: "on_track",
    told: ["PICKED_UP", "DEPARTED", "DELAYED", "LOST", "FOUND", "OUT_FOR_DELIVERY", "DELIVERED"],
    statuses: [
      "accepted",
      "in_transit",
      "in_transit",
      "failed",
      "in_transit",
      "out_for_delivery",
      "delivered",
    ],
  },
};

/** What the customer's webhook was told of a shipment, in the order of arrival, each delivery once. */
function toldOf(shipment_id: string): ShipmentEvent[] {
  return receiver.received
    .filter(({ status }) => status < 300)
    .flatMap(({ events }) => events)
    .filter((event) => event.shipment_id === shipment_id);
}

async function play(scenario: Scenario, way: "webhook" | "sftp" | "poll"): Promise<Shipment> {
  return account.client.createShipment({
    carrier_tracking_id: sandboxNumber(),
    scenario,
    way,
    speed: 0.5,
  });
}

const codeOf = ({ event }: ShipmentEvent) => event.codes.carrier.code;

async function walked(
  scenario: Scenario,
  way: "webhook" | "sftp" | "poll",
): Promise<[Shipment, ShipmentEvent[]]> {
  const { id } = await play(scenario, way);
  const { told } = EXPECTED[scenario];
  const heard = await eventually(
    () => toldOf(id),
    (all) => all.length >= told.length,
  );
  return [await account.client.getShipment(id), heard];
}

describe("every scenario, by webhook, at the customer's webhook", () => {
  const shipments = new Map<Scenario, Shipment>();
  const scenarios = Object.keys(EXPECTED).filter((name): name is Scenario => name in EXPECTED);

  // All at once, as a customer's own test would: each takes seconds, and none waits for another.
  beforeAll(async () => {
    for (const scenario of scenarios) shipments.set(scenario, await play(scenario, "webhook"));
  });

  it.each(scenarios)("%s", async (scenario) => {
    const { id } = shipments.get(scenario) ?? { id: "" };
    const { told, statuses, status, health } = EXPECTED[scenario];
    const heard = await eventually(
      () => toldOf(id),
      (all) => all.length >= told.length,
    );
    expect(heard.map(codeOf)).toEqual(told);
    expect(heard.map(({ sequence }) => sequence)).toEqual(told.map((_, at) => at + 1));
    expect(new Set(heard.map(({ event }) => event.id)).size).toBe(told.length);
    expect(heard.every(({ test, event }) => test && event.source === "webhook")).toBe(true);
    if (statuses.length > 0) expect(heard.map(({ shipment_status }) => shipment_status)).toEqual(statuses);
    const shipment = await account.client.getShipment(id);
    expect({ status: shipment.status, health: shipment.health }).toEqual({ status, health });
  });

  it("tells what each of them is there to show", async () => {
    const stand = async (scenario: Scenario) => {
      const { id } = shipments.get(scenario) ?? { id: "" };
      return { heard: toldOf(id), shipment: await account.client.getShipment(id) };
    };
    const parcels = await stand("3-of-5-parcels");
    expect(parcels.shipment.pieces).toEqual({ total: 5, delivered: 3, in_transit: 2 });
    expect(new Set(parcels.heard.map(({ parcel }) => parcel?.parcel_id)).size).toBe(5);

    const held = (await stand("customs-hold")).heard.find((one) => codeOf(one) === "CUSTOMS_HELD");
    expect(held).toMatchObject({ health: "action_required", action_required_by: "recipient" });

    const swapped = await stand("number-swapped");
    const renewed = swapped.shipment.carrier_tracking_update?.new_carrier_tracking_id;
    expect(renewed).toMatch(/^SBX\d{13}$/u);
    expect(swapped.heard.at(-1)?.carrier_tracking_update?.new_carrier_tracking_id).toBe(renewed);

    const night = (await stand("clock-change-night")).heard.map(({ event }) => event.event_time.carrier_utc);
    expect(night[0]).toMatch(/T02:30:00\+02:00$/u);
    expect(night[1]).toMatch(/T02:30:00\+01:00$/u);

    const silent = await stand("carrier-silent");
    expect(silent.shipment.ended_at).toBeNull();
    expect(silent.shipment.eta?.current).toMatch(/^\d{4}-\d{2}-\d{2}$/u);

    const locker = (await stand("locker")).heard.find((one) => codeOf(one) === "AT_LOCKER");
    expect(locker?.event.location?.address?.type).toBe("parcel_locker");
  });
});

describe("by the other ways in", () => {
  it.each<[Scenario, "sftp" | "poll"]>([
    ["delivered", "sftp"],
    ["duplicates", "sftp"],
    ["delivered", "poll"],
    ["customs-hold", "poll"],
  ])("%s, by %s", async (scenario, way) => {
    const [shipment, heard] = await walked(scenario, way);
    const { told, statuses, status, health } = EXPECTED[scenario];
    expect(heard.map(codeOf)).toEqual(told);
    expect(heard.map(({ shipment_status }) => shipment_status)).toEqual(statuses);
    expect(heard.every(({ event }) => event.source === way)).toBe(true);
    expect({ status: shipment.status, health: shipment.health }).toEqual({ status, health });
  });
});

it("goes on where the power was cut in the middle of a walk", async () => {
  const { id } = await account.client.createShipment({
    carrier_tracking_id: sandboxNumber(),
    scenario: "lost-then-found",
    speed: 1.5,
  });
  await eventually(
    () => toldOf(id),
    (all) => all.length >= 2,
  );
  await world.stack.crash();
  await world.stack.restart();
  const { told } = EXPECTED["lost-then-found"];
  const heard = await eventually(
    () => [...new Map(toldOf(id).map((one) => [one.event.id, one])).values()],
    (all) => all.length >= told.length,
  );
  expect(heard.map(codeOf)).toEqual(told);
});
