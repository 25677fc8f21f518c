import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { verifyWebhook } from "../domain/signing/verify-webhook.ts";
import { anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** A customer's receiver, good and bad ones, seen through the probe. */

const client = testClient();
let key = "";
let receiver: Receiver;
const hooks = "/accounts/probed/webhooks/tracking/subscriptions";
const hook = (method: string, path = "", body?: unknown) =>
  client.send(method, `${hooks}${path}`, { key, body });

beforeAll(async () => {
  key = (await anAccount(client, "probed")).test;
});
beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

interface Habits {
  verifies?: boolean;
  tolerance_s?: number;
  /** Looks at the first signature alone. */
  firstOnly?: boolean;
  refusesDuplicates?: boolean;
}

/** Subscribes a receiver with these habits; the id. */
async function receiving(habits: Habits): Promise<string> {
  const { body } = await hook("POST", "", { endpoint: receiver.endpoint });
  const secret = textOf(body, "secret");
  const seen = new Set<string>();
  receiver.answer = async (request) => {
    const { id, timestamp, signature } = request;
    const verified = await verifyWebhook({
      id,
      timestamp: String(timestamp),
      signature: habits.firstOnly ? (signature.split(" ")[0] ?? "") : signature,
      body: new TextEncoder().encode(request.body),
      secrets: [secret],
      now_s: Date.now() / 1000,
      tolerance_s: habits.tolerance_s ?? 300,
    });
    if (habits.verifies !== false && !verified.ok) return new Response(null, { status: 401 });
    if (habits.refusesDuplicates && seen.has(id)) return new Response(null, { status: 409 });
    seen.add(id);
    return new Response(null, { status: 204 });
  };
  return textOf(body, "id");
}

async function failedChecks(id: string): Promise<string[]> {
  const { status, body } = await hook("POST", `/${id}/probe`);
  expect(status).toBe(200);
  const failed = listOf(body, "checks").filter((check) => fieldOf(check, "ok") !== true);
  expect(fieldOf(body, "ok")).toBe(failed.length === 0);
  return failed.map((check) => textOf(check, "name"));
}

it("a good receiver passes, and each message is a test that names itself", async () => {
  const id = await receiving({});
  expect(await failedChecks(id)).toEqual([]);
  expect(receiver.received).toHaveLength(7);
  for (const { body, headers } of receiver.received) {
    const [element] = JSON.parse(body);
    expect(element).toMatchObject({
      test: true,
      event: { codes: { gluey: { milestone: "order", code: "created", sub_code: "gluey_test" } } },
    });
    expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "Gluey-Webhooks/1" });
  }
  const ids = receiver.received.map((one) => one.id);
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(6);
  expect(receiver.received[3]?.headers["webhook-signature"]).toBeUndefined();
  // Nothing of it is a delivery.
  const { body } = await client.send("GET", "/accounts/probed/deliveries", { key });
  expect(body).toMatchObject({ data: [] });
});

it.each<[string, Habits, string[]]>([
  [
    "verifies nothing",
    { verifies: false },
    ["unsigned_refused", "wrong_signature_refused", "altered_body_refused", "old_message_refused"],
  ],
  ["takes messages of any age", { tolerance_s: 1e9 }, ["old_message_refused"]],
  ["looks at the first signature alone", { firstOnly: true }, ["second_signature_taken"]],
  ["refuses what it knows", { refusesDuplicates: true }, ["duplicate_taken"]],
])("a receiver that %s is told so", async (_what, habits, failed) => {
  expect(await failedChecks(await receiving(habits))).toEqual(failed);
});

it("where the signed message is not taken, nothing else is sent", async () => {
  const id = await receiving({});
  receiver.answer = () => new Response(null, { status: 302, headers: { location: "https://example.com/" } });
  const failed = await failedChecks(id);
  expect(failed).toContain("signed_message_taken");
  expect(failed).toContain("redirects_nothing");
  expect(failed).toContain("unsigned_refused");
  expect(receiver.received).toHaveLength(1);
});

it("is made once a minute for each subscription, and a paused one too", async () => {
  const id = await receiving({});
  await hook("PATCH", `/${id}`, { paused: true });
  expect(await failedChecks(id)).toEqual([]);
  const sent = receiver.received.length;
  const again = await hook("POST", `/${id}/probe`);
  expect(problemOf(again, 429)).toContain("once a minute");
  const wait = Number(again.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect(receiver.received).toHaveLength(sent);
  expect(await failedChecks(await receiving({}))).toEqual([]);
});

it("is made of no other account's subscription, and of no sFTP server", async () => {
  const id = await receiving({});
  const other = await anAccount(client, "another");
  const path = `/accounts/another/webhooks/tracking/subscriptions/${id}/probe`;
  problemOf(await client.send("POST", path, { key: other.test }), 404);
  problemOf(await hook("POST", "/sub_none/probe"), 404);
  problemOf(
    await client.send("POST", `/accounts/probed/sftp/tracking/subscriptions/${id}/probe`, { key }),
    404,
  );
  expect(receiver.received).toEqual([]);
});

it("while a secret rotates both are sent, and either receiver passes", async () => {
  const id = await receiving({});
  await hook("POST", `/${id}/rotate`);
  expect(await failedChecks(id)).toEqual([]);
});
