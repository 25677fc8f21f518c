import { beforeEach, describe, expect, it } from "vitest";
import { readShipments } from "../storage/shipments.ts";
import { answered, seedShipment } from "../testing/seed.ts";
import {
  aLaterHour,
  aStage,
  DONE,
  feed,
  MINUTES,
  news,
  OUT,
  PICKED,
  pollStage,
  push,
  type Stage,
  scansSoFar,
  settle,
  tickAfter,
  webhookStage,
} from "../testing/stage.ts";

/** A carrier gives goods another number: who follows the old one follows the new one from then on, and is told. */

beforeEach(aLaterHour);

const shipmentOf = async (stage: Stage, id: string) =>
  (
    await readShipments(
      { control: stage.ctx.control, shard: stage.ctx.shardFor(stage.account) },
      stage.tenant,
      [id],
    )
  ).get(id);
const tell = async (stage: Stage & { connection: string }, ...documents: object[]) => {
  for (const document of documents) {
    await push(stage, stage.connection, JSON.stringify(document));
    await settle(stage);
  }
};
/** What is told of each event: the shipment's new number, the parcel, the parcel's new number, the status. */
const told = async (stage: Stage) =>
  (await feed(stage)).map((element) => [
    element?.carrier_tracking_update?.new_carrier_tracking_id ?? null,
    element?.parcel?.carrier_tracking_id ?? null,
    element?.parcel?.carrier_tracking_update?.new_carrier_tracking_id ?? null,
    element?.event.status,
  ]);
const byNumber = (a: { carrier_tracking_id: string }, b: { carrier_tracking_id: string }) =>
  a.carrier_tracking_id < b.carrier_tracking_id ? -1 : 1;
const url = "https://sandbox.example/new";

describe("a shipment whose number was swapped", () => {
  it("is followed under the new one, and told with it", async () => {
    const stage = await webhookStage();
    const swap = news(stage.number, [PICKED], { new_tracking_number: "SBX-N1", new_tracking_url: url });
    await tell(stage, swap, news("SBX-N1", [OUT]));
    expect(await told(stage)).toEqual([
      ["SBX-N1", null, null, "accepted"],
      ["SBX-N1", null, null, "out_for_delivery"],
    ]);
    expect((await shipmentOf(stage, stage.shipment))?.carrier_tracking_update).toEqual({
      new_carrier_tracking_id: "SBX-N1",
      new_carrier_tracking_url: url,
    });
    expect((await shipmentOf(stage, stage.shipment))?.parcels).toEqual([]);
  });

  it("is asked for by both numbers, for as long as it is under way", async () => {
    let swapped = false;
    const asked: string[] = [];
    const stage = await pollStage((request) => {
      const numbers = decodeURIComponent(request.url.split("numbers=")[1] ?? "").split(",");
      asked.push(...numbers);
      const tracking = numbers.flatMap((number) =>
        number === "SBX-N2"
          ? news(number, [PICKED, OUT, DONE]).tracking
          : news(number, [PICKED], swapped ? { new_tracking_number: "SBX-N2" } : {}).tracking,
      );
      return answered(200, JSON.stringify({ tracking }));
    });
    await tickAfter(stage, 16 * MINUTES);
    expect(asked).toEqual([stage.number]);
    swapped = true;
    await tickAfter(stage, 16 * MINUTES);
    await tickAfter(stage, 16 * MINUTES);
    expect(asked).toContain("SBX-N2");
    expect((await feed(stage)).map((element) => element?.event.status)).toEqual([
      "accepted",
      "out_for_delivery",
      "delivered",
    ]);
  });

  it("is told the last of several swaps, whichever was told first", async () => {
    const first = (number: string) => news(number, [PICKED], { new_tracking_number: "SBX-A2" });
    const second = news("SBX-A2", [OUT], { new_tracking_number: "SBX-A3" });
    for (const turned of [false, true]) {
      const stage = await webhookStage();
      const documents = turned
        ? [second, first(stage.number)]
        : [first(stage.number), second, first(stage.number)];
      await tell(stage, ...documents, news("SBX-A3", [DONE]));
      expect((await told(stage)).map(([update, , , status]) => [update, status])).toEqual([
        ["SBX-A3", "accepted"],
        ["SBX-A3", "out_for_delivery"],
        ["SBX-A3", "delivered"],
      ]);
    }
  });
});

describe("a parcel whose number was swapped", () => {
  const parcelStage = async () => {
    const stage = await webhookStage();
    const number = `C-${stage.account}`;
    const [first, second] = [`${number}-P1`, `${number}-P2`];
    const shipment = await seedShipment(stage.ctx, stage.account, {
      carrier_id: "sandbox",
      carrier_tracking_id: number,
      parcels: [first, second],
    });
    return { ...stage, number, shipment, first, second };
  };
  const of = (shipment_number: string) => ({ shipment_number });

  it("stays the parcel that the customer knows, and is told with its new number", async () => {
    const stage = await parcelStage();
    const new_tracking_number = `${stage.first}N`;
    await tell(
      stage,
      news(stage.first, [PICKED], { ...of(stage.number), new_tracking_number }),
      news(new_tracking_number, [OUT], of(stage.number)),
    );
    expect(await told(stage)).toEqual([
      [null, stage.first, new_tracking_number, "accepted"],
      [null, stage.first, new_tracking_number, "out_for_delivery"],
    ]);
    const shipment = await shipmentOf(stage, stage.shipment);
    expect(shipment?.carrier_tracking_update).toBeNull();
    expect(
      shipment?.parcels
        .toSorted(byNumber)
        .map((parcel) => [parcel.carrier_tracking_id, parcel.status, parcel.carrier_tracking_update]),
    ).toEqual([
      [
        stage.first,
        "out_for_delivery",
        { new_carrier_tracking_id: new_tracking_number, new_carrier_tracking_url: null },
      ],
      [stage.second, "registered", null],
    ]);
  });

  it("is one piece, whichever of its numbers the carrier told first", async () => {
    const stage = await parcelStage();
    const renewed = `${stage.first}N`;
    await tell(
      stage,
      news(renewed, [OUT, DONE], of(stage.number)),
      news(stage.second, [PICKED, DONE], of(stage.number)),
      news(stage.first, [PICKED], { ...of(stage.number), new_tracking_number: renewed }),
    );
    const shipment = await shipmentOf(stage, stage.shipment);
    expect(shipment).toMatchObject({ status: "delivered", pieces: { total: 2, delivered: 2 } });
    expect((await feed(stage)).length).toBe(5);
    // Told again, nothing is told again.
    await tell(
      stage,
      news(renewed, [OUT, DONE], of(stage.number)),
      news(stage.first, [PICKED], { ...of(stage.number), new_tracking_number: renewed }),
    );
    expect((await feed(stage)).length).toBe(5);
  });
});

it("news of a parcel that came before anybody could know whose it is are taken up once the carrier says so", async () => {
  const stage = await webhookStage();
  const parcel = `P-${stage.account}`;
  await tell(stage, news(parcel, [PICKED]));
  expect(await feed(stage)).toEqual([]);
  await tell(stage, news(parcel, [OUT], { shipment_number: stage.number }));
  expect((await told(stage)).map(([, number, , status]) => [number, status])).toEqual([
    [parcel, "out_for_delivery"],
    [parcel, "accepted"],
  ]);
});

it("a swap of a number that nobody follows changes nothing", async () => {
  const stage = await webhookStage();
  await tell(stage, news("SBX-nobody", [PICKED], { new_tracking_number: "SBX-nobody2" }));
  await tell(stage, news(stage.number, [PICKED], { new_tracking_number: stage.number }));
  expect(await told(stage)).toEqual([[null, null, null, "accepted"]]);
});

it("no statement of these steps reads a whole table", async () => {
  await aStage();
  expect(await scansSoFar()).toEqual({});
});
