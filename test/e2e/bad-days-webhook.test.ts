import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../../dev/demo/cast.ts";
import { newsOf, type SandboxCarrier, startSandboxCarrier } from "../../dev/sandbox-carrier.ts";
import {
  type Account,
  codesOf,
  eventually,
  fact,
  feedOf,
  openWorld,
  someTicks,
  track,
  type World,
} from "./world.ts";

describe("a carrier's webhook on a bad day", () => {
  let world: World;
  let account: Account;
  let carrier: SandboxCarrier;
  let webhook_url: string;
  beforeAll(async () => {
    world = await openWorld();
    account = await world.newAccount();
    carrier = world.owns(await startSandboxCarrier());
    const connection = await world.operator.createConnection({
      carrier_id: "sandbox",
      account_numbers: [account.account_number],
      ways: { webhook: {} },
      credentials: { webhook_secret: carrier.webhook_secret },
    });
    webhook_url = connection.webhook_url ?? "";
  });
  afterAll(() => world?.close());

  it("the same push five times changes nothing after the first", async () => {
    const number = await track(account);
    const body = newsOf([{ tracking_number: number, events: [fact("CREATED", 5), fact("PICKED_UP", 4)] }]);
    for (let n = 0; n < 5; n++) expect(await carrier.push(webhook_url, body)).toBe(202);
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.length >= 2,
    );
    await someTicks(world);
    expect(await codesOf(account, number)).toEqual(["CREATED", "PICKED_UP"]);
  });

  it("an unverified push is refused, and nothing of it is kept", async () => {
    const number = await track(account);
    const body = newsOf([{ tracking_number: number, events: [fact("DELIVERED", 1)] }]);
    expect(await carrier.push(webhook_url, body, { secret: "somebody else's secret" })).toBe(401);
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    expect(await carrier.push(webhook_url, body, { signedAtS: anHourAgo })).toBe(401);
    const bare = await fetch(webhook_url, { method: "POST", body });
    expect(bare.status).toBe(401);
    expect(bare.headers.get("content-type")).toContain("application/problem+json");
    await someTicks(world);
    expect(await codesOf(account, number)).toEqual([]);
  });

  it("a push of 2 MB, far over a queue message, comes through whole", async () => {
    const first = await track(account);
    const last = await track(account);
    const filler = Array.from({ length: 6_000 }, (_, n) => ({
      tracking_number: `NOBODY-FOLLOWS-${n}`,
      events: [{ ...fact("IN_TRANSIT", 3), text: "x".repeat(120) }],
    }));
    const body = newsOf([
      { tracking_number: first, events: [fact("CREATED", 5)] },
      ...filler,
      { tracking_number: last, events: [fact("CREATED", 5), fact("DELIVERED", 1)] },
    ]);
    expect(Buffer.byteLength(body)).toBeGreaterThan(2_000_000);
    expect(await carrier.push(webhook_url, body)).toBe(202);
    await eventually(
      () => codesOf(account, last),
      (codes) => codes.length === 2,
    );
    await eventually(
      () => codesOf(account, first),
      (codes) => codes.length === 1,
    );
  });

  it("a push of more than 10 MiB is refused before it is read", async () => {
    const status = await carrier.push(webhook_url, " ".repeat(10 * 1024 * 1024 + 1)).catch(() => "cut off");
    expect([413, "cut off"]).toContain(status);
  });

  it("a push that is not even JSON is refused; one that is, but makes no sense, is kept and spoils nothing", async () => {
    expect(await carrier.push(webhook_url, '{"tracking": [')).toBe(422);
    expect(await carrier.push(webhook_url, '{"weather": "fine"}')).toBe(202);
    const number = await track(account);
    const half = JSON.stringify({
      tracking: [{ tracking_number: number, events: [{ nonsense: true }, fact("CREATED", 2)] }, 42],
    });
    expect(await carrier.push(webhook_url, half)).toBe(202);
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
  });

  it("news of a number that nobody tracks yet wait for its registration", async () => {
    const early = sandboxNumber();
    expect(
      await carrier.push(webhook_url, newsOf([{ tracking_number: early, events: [fact("CREATED", 2)] }])),
    ).toBe(202);
    await someTicks(world);
    await account.client.createShipment({ carrier_id: "sandbox", carrier_tracking_id: early });
    await eventually(
      () => codesOf(account, early),
      (codes) => codes.join() === "CREATED",
    );
  });

  it("another account sees none of it", async () => {
    expect(await feedOf(await world.newAccount())).toEqual([]);
  });
});
