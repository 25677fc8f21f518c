import { generateKeyPairSync, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { verifyWebhook } from "./verify-webhook.ts";

const secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = JSON.stringify([{ shipment_id: "shp_1", event: { id: "evt_1" }, text: "Zürich" }]);
const now = Date.parse("2026-03-14T08:13:05Z");

/** Signed by the Standard Webhooks project's own library, not by ours. */
function signed(by: string = secret, at: number = now): Record<string, string> {
  const id = "msg_2f6";
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(by).sign(id, new Date(at), body),
  };
}

it("takes what the Standard Webhooks library signed, and reads it", async () => {
  const verified = await verifyWebhook({ body, headers: signed(), secrets: secret, now });
  expect(verified).toMatchObject({ ok: true, id: "msg_2f6", signed_at: now });
  expect(verified.ok && verified.events.map((one) => one.shipment_id)).toEqual(["shp_1"]);
});

it("takes bytes, a Headers object and the header spelling of Node alike", async () => {
  const bytes = new TextEncoder().encode(body);
  expect(
    await verifyWebhook({ body: bytes, headers: new Headers(signed()), secrets: [secret], now }),
  ).toMatchObject({
    ok: true,
  });
  const capitals = Object.fromEntries(
    Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]),
  );
  expect(await verifyWebhook({ body, headers: capitals, secrets: secret, now })).toMatchObject({ ok: true });
});

it("agrees with the vector that the libraries share", async () => {
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const vector = { body: '{"test": 2432232314}', headers, secrets: other, now: 1_614_265_330_000 };
  // The signature fits; an object is just no array of events.
  expect(await verifyWebhook(vector)).toMatchObject({ ok: false, reason: "body" });
  expect(await verifyWebhook({ ...vector, body: '{"test": 2432232315}' })).toMatchObject({
    reason: "signature",
  });
});

it("takes either secret while one rotates", async () => {
  const both = signed();
  both["webhook-signature"] = `${signed(other)["webhook-signature"]} ${both["webhook-signature"]}`;
  expect(await verifyWebhook({ body, headers: both, secrets: secret, now })).toMatchObject({ ok: true });
  expect(await verifyWebhook({ body, headers: signed(), secrets: [other, secret], now })).toMatchObject({
    ok: true,
  });
});

it("verifies v1a with the public key alone", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
  const headers = signed();
  const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  headers["webhook-signature"] =
    `v1,AAAA v1a,${sign(null, Buffer.from(text), privateKey).toString("base64")}`;
  expect(await verifyWebhook({ body, headers, public_keys: [`whpk_${raw}`], now })).toMatchObject({
    ok: true,
  });
  expect(await verifyWebhook({ body: `${body} `, headers, public_keys: [raw], now })).toMatchObject({
    reason: "signature",
  });
  // A signature of one scheme is never taken for one of the other.
  headers["webhook-signature"] = headers["webhook-signature"].replace("v1a,", "v1,");
  expect(await verifyWebhook({ body, headers, public_keys: [raw], now })).toMatchObject({
    reason: "signature",
  });
});

it.each([
  ["another body", { body: body.replace("shp_1", "shp_2") }, "signature"],
  ["another secret", { secrets: other }, "signature"],
  ["a call recorded ten minutes ago", { now: now + 600_000 }, "too_old"],
  ["a clock ten minutes ahead", { now: now - 600_000 }, "too_new"],
  ["no headers", { headers: {} }, "headers"],
  ["a time that is no number", { headers: { ...signed(), "webhook-timestamp": "2026-03-14" } }, "headers"],
  ["another id", { headers: { ...signed(), "webhook-id": "msg_other" } }, "signature"],
  [
    "a signature that is no base64",
    { headers: { ...signed(), "webhook-signature": "v1,%%% v2,x v1" } },
    "signature",
  ],
])("refuses %s", async (_, change, reason) => {
  expect(await verifyWebhook({ body, headers: signed(), secrets: secret, now, ...change })).toMatchObject({
    ok: false,
    reason,
  });
});

it("says so when it is given no key, or one that is none", async () => {
  await expect(verifyWebhook({ body, headers: signed(), now })).rejects.toThrow("secret");
  await expect(verifyWebhook({ body, headers: signed(), secrets: "whsec_%%", now })).rejects.toThrow(
    "base64",
  );
});
