import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { SIMULATOR_URL } from "../outside/simulated-carrier.ts";
import { makePollsDue, unheardOf } from "../storage/simulated-carrier.ts";
import { recording, tableScans, testEnv } from "../testing/seed.ts";
import { anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** Scenarios by the API: who may ask for one, what is made for it, and that it comes to its end whatever happens on the way. */

const client = testClient();
const { ctx, send } = client;
let acme = { live: "", test: "" };
let globex = { live: "", test: "" };

beforeAll(async () => {
  acme = await anAccount(client, "sim-acme");
  globex = await anAccount(client, "sim-globex");
});

let count = 77_000;
const play = (more: object, key = acme.test) =>
  send("POST", "/shipments", {
    key,
    body: { carrier_tracking_id: sandboxNumber(count++), speed: 0.1, ...more },
  });
const carrierOf = (account: string) => testEnv().SANDBOX_CARRIER.getByName(account);
const connectionsOf = async (account: string) =>
  (
    await ctx.control
      .prepare("SELECT connection_id FROM connection_accounts WHERE account_number = ?1 ORDER BY 1")
      .bind(account)
      .all<{ connection_id: string }>()
  ).results.map((row) => row.connection_id);

async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (satisfies(answer) || tries > 200) return answer;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

const statusOf = async (id: string, key = acme.test) =>
  textOf((await send("GET", `/shipments/${id}`, { key })).body, "status");
const codesOf = async (id: string) => {
  const { body } = await send("GET", `/shipments/${id}/track`, { key: acme.test });
  return listOf(fieldOf(body, "tracking_data"), "events").map((event) =>
    fieldOf(fieldOf(fieldOf(event, "codes"), "carrier"), "code"),
  );
};

describe("a scenario", () => {
  it.each<[string, object, "live" | "test", string]>([
    ["with a live key", { scenario: "delivered" }, "live", "test keys only"],
    ["of another carrier", { scenario: "delivered", carrier_id: "postnord" }, "test", "carrier sandbox only"],
    [
      "that there is not",
      { scenario: "teleported" },
      "test",
      "scenario must be one of delivered, out-of-order",
    ],
    ["by no way", { scenario: "delivered", way: "pigeon" }, "test", "way must be one of webhook, sftp, poll"],
    ["too fast", { scenario: "delivered", speed: 0.01 }, "test", "speed must be at least 0.1"],
    ["too slow", { scenario: "delivered", speed: 4000 }, "test", "speed must be at most 3600"],
  ])("%s is refused with a sentence", async (_, body, mode, why) => {
    expect(problemOf(await play(body, globex[mode]), 422)).toContain(why);
    expect(await connectionsOf("sim-globex")).toEqual([]);
  });

  it("makes the account's connection once, however many ask at the same time", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => play({ scenario: "delivered" })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await connectionsOf("sim-acme")).toHaveLength(1);
    for (const { body } of answers)
      expect(
        await eventually(
          () => statusOf(textOf(body, "id")),
          (is) => is === "delivered",
        ),
      ).toBe("delivered");
    expect(
      await eventually(
        () => carrierOf("sim-acme").walking(),
        (walks) => walks === 0,
      ),
    ).toBe(0);
  });

  it("asked for again starts nothing twice, and plays on from its start with a number that had another life", async () => {
    const carrier_tracking_id = sandboxNumber(count++);
    const first = await play({ carrier_tracking_id, scenario: "delivered" });
    const again = await play({ carrier_tracking_id, scenario: "delivered" });
    expect([first.status, again.status]).toEqual([201, 200]);
    const id = textOf(first.body, "id");
    await eventually(
      () => statusOf(id),
      (is) => is === "delivered",
    );
    await play({ carrier_tracking_id, scenario: "delivered" });
    expect(await codesOf(id)).toEqual([
      "CREATED",
      "PICKED_UP",
      "DEPARTED",
      "ARRIVED",
      "OUT_FOR_DELIVERY",
      "DELIVERED",
    ]);
    await send("DELETE", `/shipments/${id}`, { key: acme.test });
    const next = textOf((await play({ carrier_tracking_id, scenario: "return" })).body, "id");
    expect(next).not.toBe(id);
    expect(
      await eventually(
        () => statusOf(next),
        (is) => is === "returned",
      ),
    ).toBe("returned");
    expect(await codesOf(next)).toHaveLength(6);
  });

  it("comes by each way in, and says so", async () => {
    for (const way of ["sftp", "poll"]) {
      const id = textOf((await play({ scenario: "locker", way })).body, "id");
      expect(
        await eventually(
          () => statusOf(id),
          (is) => is === "delivered",
        ),
      ).toBe("delivered");
      const { body } = await send("GET", `/shipments/${id}/track`, { key: acme.test });
      const events = listOf(fieldOf(body, "tracking_data"), "events");
      expect(events.map((event) => fieldOf(event, "source"))).toEqual(events.map(() => way));
      expect(events.length).toBe(6);
    }
    expect(await connectionsOf("sim-acme")).toHaveLength(2);
  });

  it("goes on where a crash interrupted it, and doubles nothing", async () => {
    const { body } = await play({ scenario: "lost-then-found", speed: 3600 });
    const id = textOf(body, "id");
    await eventually(
      () => codesOf(id),
      (codes) => codes.length === 1,
    );
    const carrier = carrierOf("sim-acme");
    // As if the object had died between telling the first document and writing that down, and the rest were due at once.
    await runInDurableObject(carrier, async (object, state) => {
      state.storage.sql.exec("UPDATE walks SET step = 0, due_at = 0 WHERE shipment_id = ?", id);
      // An alarm of its own may be under way, and then one of these does nothing.
      for (let tries = 0; tries < 30; tries++) {
        await object.alarm();
        const { rowsWritten } = state.storage.sql.exec(
          "UPDATE walks SET due_at = 0, told_id = NULL WHERE shipment_id = ?",
          id,
        );
        if (rowsWritten === 0) break;
      }
    });
    expect(
      await eventually(
        () => statusOf(id),
        (is) => is === "delivered",
      ),
    ).toBe("delivered");
    expect(await codesOf(id)).toEqual([
      "PICKED_UP",
      "DEPARTED",
      "DELAYED",
      "LOST",
      "FOUND",
      "OUT_FOR_DELIVERY",
      "DELIVERED",
    ]);
    expect(await carrier.walking()).toBeLessThanOrEqual(1);
  });

  it("is given up when its connection is gone, and its account is told nothing wrong", async () => {
    await play({ scenario: "delivered", speed: 3600 }, globex.test);
    const [connection] = await connectionsOf("sim-globex");
    const carrier = carrierOf("sim-globex");
    await client.operator("DELETE", `/admin/connections/${connection}`);
    await runInDurableObject(carrier, async (object, state) => {
      for (let tries = 0; tries < 10; tries++) {
        state.storage.sql.exec("UPDATE walks SET due_at = 0, step = 1, told_id = NULL");
        await object.alarm();
      }
    });
    expect(await carrier.walking()).toBe(0);
  });

  it("takes the place of one that was asked for to its end, and of none that is under way", async () => {
    const carrier = carrierOf("sim-full");
    const walks = Array.from({ length: 500 }, (_, at) => ({
      shipment_id: `shp_${at}`,
      connection_id: "con_none",
      scenario: "delivered" as const,
      way: at < 2 ? ("poll" as const) : ("webhook" as const),
      every_ms: 3_600_000,
      number: `SBX${at}`,
      parcels: [],
      seed: at,
      started_at: Date.now() + 3_600_000,
      lasts_ms: null,
    }));
    const [first] = walks;
    if (first === undefined) throw new Error("There is none.");
    const more = (shipment_id: string) => ({ ...first, shipment_id, way: "webhook" as const });
    expect(await carrier.start("key", walks)).toBe(0);
    expect(await carrier.start("key", [more("shp_refused")])).toBe(1);
    // Told and fetched to the end: it is kept for a day.
    await runInDurableObject(carrier, (_object, state) => {
      state.storage.sql.exec("UPDATE walks SET invitations = 200 WHERE shipment_id IN ('shp_0', 'shp_2')");
    });
    expect(await carrier.start("key", [more("shp_new")])).toBe(0);
    expect(await carrier.start("key", [more("shp_another")])).toBe(1);
    expect(await carrier.walking()).toBe(500);
  });

  it("in a batch has its own outcome", async () => {
    const shipments = [
      { carrier_tracking_id: sandboxNumber(count++), scenario: "delivered", speed: 0.1 },
      { carrier_tracking_id: sandboxNumber(count++), scenario: "delivered", carrier_id: "ups" },
    ];
    const { body } = await send("POST", "/shipments/batch", { key: acme.test, body: { shipments } });
    const [good, bad] = listOf(body, "data");
    expect([fieldOf(good, "status"), fieldOf(bad, "status")]).toEqual([201, 422]);
    const id = textOf(fieldOf(good, "shipment"), "id");
    expect(
      await eventually(
        () => statusOf(id),
        (is) => is === "delivered",
      ),
    ).toBe("delivered");
  });
});

describe("the simulated carrier's API", () => {
  const ask = (path: string, key: string) =>
    ctx.http.send({
      method: "GET",
      url: `${SIMULATOR_URL}/${path}`,
      headers: { authorization: `Bearer ${key}` },
      body: null,
      timeout_ms: 1000,
      max_body_bytes: 1000,
    });

  it("answers each of two keys that two first scenarios at once drew: one of them is the connection's", async () => {
    const carrier = carrierOf("sim-keys");
    for (const key of ["faster", "slower", "faster"]) await carrier.start(key, []);
    for (const [key, status] of [
      ["faster", 200],
      ["slower", 200],
      ["", 401],
      ["wrong", 401],
    ] as const)
      expect(await ask("sim-keys/track?numbers=SBX1", key), key).toMatchObject({ status });
    for (let n = 0; n < 9; n++) await carrier.start(`later-${n}`, []);
    expect(await ask("sim-keys/track?numbers=SBX1", "faster")).toMatchObject({ status: 401 });
    expect(await ask("sim-keys/track?numbers=SBX1", "later-8")).toMatchObject({ status: 200 });
  });

  it("answers its account's key and no other, and nobody who posts to it", async () => {
    expect(await ask("sim-acme/track?numbers=SBX1", "wrong")).toMatchObject({
      kind: "answered",
      status: 401,
    });
    expect(await ask("sim-nobody/track?numbers=SBX1", "wrong")).toMatchObject({ status: 401 });
    expect(await ask("sim-acme/other", "wrong")).toMatchObject({ status: 404 });
    const posted = await ctx.http.send({
      method: "POST",
      url: `${SIMULATOR_URL}/sim-acme/track`,
      headers: {},
      body: "{}",
      timeout_ms: 5000,
      max_body_bytes: 1000,
    });
    expect(posted.kind).not.toBe("answered");
  });
});

it("costs an index look-up for each row", async () => {
  const seen = new Set<string>();
  const db = recording(ctx.control, seen);
  await makePollsDue(db, "con_none", 0);
  await unheardOf(db, "sim-acme.test", ["shp_none"]);
  expect(seen.size).toBe(2);
  for (const sql of seen) expect(await tableScans(ctx.control, sql), sql).toEqual([]);
});
