import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadDay, type SandboxCarrier, startSandboxCarrier } from "../../dev/sandbox-carrier.ts";
import { type Account, codesOf, eventually, fact, openWorld, track, type World } from "./world.ts";

describe("a carrier's API on a bad day", () => {
  let world: World;
  let carrier: SandboxCarrier;
  beforeAll(async () => {
    world = await openWorld();
    carrier = world.owns(await startSandboxCarrier());
  });
  afterAll(() => world?.close());

  /** An account with a connection of its own: what fails for one counts against no other. */
  async function connected(api_key: string = carrier.api_key): Promise<{ account: Account; id: string }> {
    const account = await world.newAccount();
    const { id } = await world.operator.createConnection({
      carrier_id: "sandbox",
      account_numbers: [account.account_number],
      ways: { poll: { base_url: carrier.api_url } },
      credentials: { api_key },
    });
    return { account, id };
  }

  const days: [name: string, badDay: BadDay][] = [
    ["429 with Retry-After", () => ({ status: 429, type: "application/json", body: "{}", retry_after: "1" })],
    ["500", () => ({ status: 500, type: "text/plain", body: "oops" })],
    [
      "a web page with status 200",
      () => ({ status: 200, type: "text/html", body: "<!doctype html><title>Maintenance</title>" }),
    ],
    [
      "JSON that stops in the middle",
      () => ({ status: 200, type: "application/json", body: '{"tracking": [{"tracking_nu' }),
    ],
  ];
  it.each(days)("%s: nothing is lost, nothing is made up, and it is asked again", async (_, badDay) => {
    const { account } = await connected();
    const number = await track(account);
    carrier.setBadDay(badDay);
    carrier.publish({ tracking_number: number, events: [fact("CREATED", 5), fact("PICKED_UP", 4)] });
    const before = carrier.calls.length;
    await eventually(
      () => carrier.calls.slice(before).filter(({ numbers }) => numbers.includes(number)).length,
      (asked) => asked >= 1,
    );
    expect(await codesOf(account, number)).toEqual([]);
    carrier.setBadDay(null);
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.length >= 2,
    );
    expect(await codesOf(account, number)).toEqual(["CREATED", "PICKED_UP"]);
  });

  it("a carrier that refuses the key is asked again once the key is right", async () => {
    const { account, id } = await connected("not-the-key");
    const number = await track(account);
    carrier.publish({ tracking_number: number, events: [fact("CREATED", 5)] });
    const tried = await world.operator.call("POST", `/connections/${id}/test`);
    expect(JSON.stringify(tried)).toContain("401");
    await world.operator.call("PATCH", `/connections/${id}`, { credentials: { api_key: carrier.api_key } });
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
  });

  it("what has ended is not asked for any more", async () => {
    const { account } = await connected();
    const number = await track(account);
    carrier.publish({ tracking_number: number, events: [fact("CREATED", 5), fact("DELIVERED", 1)] });
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.length === 2,
    );
    const asked = () => carrier.calls.filter(({ numbers }) => numbers.includes(number)).length;
    const after = await eventually(asked, (calls) => calls >= 1);
    const still = await track(account);
    // Two further rounds for a number that goes on: none for the one that ended.
    await eventually(
      () => carrier.calls.filter(({ numbers }) => numbers.includes(still)).length,
      (calls) => calls >= 2,
    );
    expect(asked()).toBeLessThanOrEqual(after + 1);
  });
});
