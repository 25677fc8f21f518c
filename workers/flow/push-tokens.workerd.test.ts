import { beforeEach, describe, expect, it } from "vitest";
import { createApi } from "../api/app.ts";
import { seedConnection, seedShipment, testEnv } from "../testing/seed.ts";
import { aLaterHour, aStage, documentsOf, feed, settle, time } from "../testing/stage.ts";
import { loadDocument } from "./documents.ts";
import { readAgain } from "./read-again.ts";

/** Carriers that want a token of ours, and headers that say something, by the call that a carrier makes. */

beforeEach(aLaterHour);

const SECRET = "a secret of thirty-two letters 01";

async function carrierStage(carrier_id: string, credentials: Record<string, string>, number: string) {
  const stage = await aStage();
  const { id } = await seedConnection(stage.ctx, {
    carrier_id,
    account_numbers: [stage.account],
    ways: { webhook: {} },
    credentials,
  });
  await seedShipment(stage.ctx, stage.account, { carrier_id, carrier_tracking_id: number });
  const api = createApi(() => stage.ctx);
  const post = async (path: string, headers: Record<string, string>, body: string) =>
    api.request(`https://hub.example/carriers/${path}`, { method: "POST", headers, body }, testEnv());
  const token = (
    headers: Record<string, string>,
    body = "grant_type=client_credentials",
    at = `${carrier_id}/webhook/${id}`,
  ) => post(`${at}/token`, { "content-type": "application/x-www-form-urlencoded", ...headers }, body);
  const push = (headers: Record<string, string>, body: object) =>
    post(
      `${carrier_id}/webhook/${id}`,
      { "content-type": "application/json", ...headers },
      JSON.stringify(body),
    );
  return { ...stage, connection: id, token, push };
}

const basic = (user: string, password: string) => ({ authorization: `Basic ${btoa(`${user}:${password}`)}` });
const alert = {
  trackingNumber: "1Z5R89390357567127",
  localActivityDate: "20260314",
  localActivityTime: "091519",
  gmtActivityDate: "20260314",
  gmtActivityTime: "131519",
  activityLocation: { city: "Charlotte", stateProvince: "NC", country: "US" },
  activityStatus: { type: "I", code: "OT", description: "Out for Delivery", descriptionCode: "021" },
};

describe("UPS Track Alert v2", () => {
  const upsStage = () => carrierStage("ups", { webhook_credential: SECRET }, alert.trackingNumber);

  it("asks us for a token and pushes with it", async () => {
    const stage = await upsStage();
    const answer = await stage.token(basic(stage.connection, SECRET));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { access_token } = await answer.json<{ access_token: string }>();
    const authorization = `Bearer ${access_token}`;
    expect((await stage.push({ authorization, "x-api-key": stage.connection }, alert)).status).toBe(202);
    await settle(stage);
    expect((await feed(stage)).map((element) => element?.event.status)).toEqual(["out_for_delivery"]);
    time.now += 3_600_000;
    expect((await stage.push({ authorization }, alert)).status).toBe(401);
    expect((await stage.push({ credential: SECRET }, alert)).status).toBe(202);
  });

  it("gets none without its secret, for another connection, or where a carrier wants none", async () => {
    const stage = await upsStage();
    const other = await upsStage();
    expect((await stage.token(basic(stage.connection, "wrong"))).status).toBe(401);
    expect((await stage.token({})).status).toBe(401);
    expect((await stage.token(basic(stage.connection, SECRET), "a".repeat(5000))).status).toBe(413);
    expect((await stage.token(basic("con_x", SECRET), undefined, "ups/webhook/con_x")).status).toBe(404);
    for (const carrier of ["fedex", "nobody", "usps"])
      expect(
        (
          await stage.token(
            basic(stage.connection, SECRET),
            undefined,
            `${carrier}/webhook/${stage.connection}`,
          )
        ).status,
      ).toBe(404);
    const { access_token } = await (await stage.token(basic(stage.connection, SECRET))).json<{
      access_token: string;
    }>();
    expect((await other.push({ authorization: `Bearer ${access_token}` }, alert)).status).toBe(401);
  });
});

describe("Budbee's headers", () => {
  const news = {
    event: "DELIVERED_TO_LOCKER",
    packageId: "P1",
    eventData: { budbeeOrderToken: "BUDBEE000007" },
  };

  it("give an event its time, and do so again when the document is read again", async () => {
    const stage = await carrierStage("budbee", { webhook_secret: SECRET }, "BUDBEE000007");
    const { access_token } = await (await stage.token(basic(stage.connection, SECRET))).json<{
      access_token: string;
    }>();
    const headers = {
      authorization: `Bearer ${access_token}`,
      Timestamp: "1773480000000",
      "Budbee-Event-ID": `e-7${"x".repeat(5000)}`,
      "X-Other": "no word of it",
    };
    expect((await stage.push(headers, news)).status).toBe(202);
    await settle(stage);
    const [document] = await documentsOf(stage, stage.connection);
    const id = document?.id ?? "";
    const [element] = await feed(stage);
    expect(element?.event.event_time).toMatchObject({
      carrier_utc: "2026-03-14T09:20:00+00:00",
      precision: "second",
    });
    const kept = await loadDocument(stage.ctx, id);
    expect(Object.keys(kept?.headers ?? {})).toEqual(["timestamp", "budbee-event-id"]);
    expect(kept?.headers?.["budbee-event-id"]).toHaveLength(300);
    // Without the header the event would have another time, and so be another event.
    await readAgain(stage.ctx, [id], true);
    await settle(stage);
    expect(await feed(stage)).toHaveLength(1);
  });
});
