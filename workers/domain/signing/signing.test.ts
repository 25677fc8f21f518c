import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { signWebhook } from "./sign-webhook.ts";
import { verifyWebhook } from "./verify-webhook.ts";
import { newWebhookSecret, publicWebhookKeys, signingKeyOf } from "./webhook-keys.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const secret = newWebhookSecret(new Uint8Array(32).fill(7));
const older = newWebhookSecret(new Uint8Array(32).fill(9));
const pkcs8 = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "der", type: "pkcs8" })
  .toString("base64");
const now_s = Math.floor(Date.now() / 1000);
const body = '[{"shipment_id":"shp_1","text":"Grüße, 荷物"}]';

describe("signing", () => {
  it("gives the signature that the Standard Webhooks libraries share as their vector", async () => {
    const signed = await signWebhook({
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp_s: 1614265330,
      body: bytes('{"test": 2432232314}'),
      secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
      signingKey: null,
    });
    expect(signed["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("is verified by the library of standardwebhooks, with either secret while one rotates", async () => {
    const signed = await signWebhook({
      id: "msg_1",
      timestamp_s: now_s,
      body: bytes(body),
      secrets: [secret, older],
      signingKey: await signingKeyOf(pkcs8),
    });
    expect(signed["webhook-signature"].split(" ").map((one) => one.split(",")[0])).toEqual([
      "v1",
      "v1",
      "v1a",
    ]);
    for (const one of [secret, older])
      expect(new Webhook(one).verify(body, { ...signed })).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, { ...signed })).toThrow();
  });

  it("v1a is verified by node:crypto with the key that is published", async () => {
    const signed = await signWebhook({
      id: "msg_1",
      timestamp_s: now_s,
      body: bytes(body),
      secrets: [],
      signingKey: await signingKeyOf(pkcs8),
    });
    const [key] = (await publicWebhookKeys(pkcs8)).keys;
    if (key === undefined) throw new Error("A key is published.");
    const { kty, crv, x } = key;
    const signature = Buffer.from(signed["webhook-signature"].slice("v1a,".length), "base64");
    const content = bytes(`msg_1.${now_s}.${body}`);
    expect(verify(null, content, createPublicKey({ key: { kty, crv, x }, format: "jwk" }), signature)).toBe(
      true,
    );
    const other = {
      id: "msg_1",
      timestamp: String(now_s),
      signature: signed["webhook-signature"],
      body: bytes(body),
      now_s,
    };
    expect(await verifyWebhook({ ...other, publicKeys: [key.whpk] })).toEqual({ ok: true, by: "v1a" });
  });

  it("publishes no key where none is set", async () => {
    expect(await publicWebhookKeys(null)).toEqual({ keys: [] });
  });
});

describe("verifying", () => {
  const signed = (timestamp_s: number) =>
    signWebhook({ id: "msg_1", timestamp_s, body: bytes(body), secrets: [secret], signingKey: null });
  const asked = async (timestamp_s: number) => {
    const headers = await signed(timestamp_s);
    return {
      id: headers["webhook-id"],
      timestamp: headers["webhook-timestamp"],
      signature: headers["webhook-signature"],
      body: bytes(body),
      secrets: [secret],
      now_s,
    };
  };

  it("takes what the library of standardwebhooks signs", async () => {
    const signature = new Webhook(secret).sign("msg_9", new Date(now_s * 1000), body);
    const webhook = {
      id: "msg_9",
      timestamp: String(now_s),
      signature,
      body: bytes(body),
      secrets: [secret],
      now_s,
    };
    expect(await verifyWebhook(webhook)).toEqual({ ok: true, by: "v1" });
  });

  it.each([
    [-300, { ok: true, by: "v1" }],
    [-301, { ok: false, why: "too_old" }],
    [300, { ok: true, by: "v1" }],
    [301, { ok: false, why: "too_new" }],
  ])("allows five minutes either way: %i s", async (offset, expected) => {
    expect(await verifyWebhook(await asked(now_s + offset))).toEqual(expected);
  });

  it("refuses another body, id, time or secret", async () => {
    const good = await asked(now_s);
    const refused = { ok: false, why: "no_match" };
    expect(await verifyWebhook({ ...good, body: bytes(`${body}\n`) })).toEqual(refused);
    expect(await verifyWebhook({ ...good, id: "msg_2" })).toEqual(refused);
    expect(await verifyWebhook({ ...good, timestamp: String(now_s - 1) })).toEqual(refused);
    expect(await verifyWebhook({ ...good, secrets: [older] })).toEqual(refused);
    expect(await verifyWebhook({ ...good, secrets: [] })).toEqual(refused);
  });

  it.each([
    { id: null },
    { timestamp: null },
    { signature: null },
    { timestamp: "soon" },
    { timestamp: "-5" },
  ])("refuses what is not there or no number: %o", async (change) => {
    expect(await verifyWebhook({ ...(await asked(now_s)), ...change })).toEqual({
      ok: false,
      why: "header_missing",
    });
  });

  it("passes over entries that it can't read", async () => {
    const good = await asked(now_s);
    const verified = await verifyWebhook({ ...good, signature: `v2,abc v1,%% v1 ${good.signature}` });
    expect(verified).toEqual({ ok: true, by: "v1" });
    expect(await verifyWebhook({ ...good, signature: "v1,%%" })).toEqual({ ok: false, why: "no_match" });
  });

  it("a secret that is too short is refused, and not repeated", async () => {
    const short = `whsec_${btoa("short")}`;
    const failing = signWebhook({
      id: "m",
      timestamp_s: 1,
      body: bytes(""),
      secrets: [short],
      signingKey: null,
    });
    await expect(failing).rejects.toThrow(/24 bytes/);
    await expect(failing).rejects.not.toThrow(new RegExp(short));
  });
});
