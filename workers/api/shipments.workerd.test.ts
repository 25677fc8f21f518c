import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { acceptFetched } from "../flow/accept.ts";
import { handOverLeft } from "../flow/read-again.ts";
import { forgetOldAnswers } from "../storage/idempotency.ts";
import { Inboxes } from "../testing/inboxes.ts";
import { shardDb } from "../testing/seed.ts";
import { news, PICKED } from "../testing/stage.ts";
import { aConnection, anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** Registration, reading, listing and the end of tracking. */

const DAY_MS = 86_400_000;
const inboxes = new Inboxes(() => client.ctx);
/** Work that answers did not wait for. */
const later: Promise<void>[] = [];
const client = testClient({ inboxOf: inboxes.of, afterwards: (work) => void later.push(work) });
const { send } = client;
const db = client.ctx.control;
const shard = shardDb();
let acme = { live: "", test: "" };
let globex = { live: "", test: "" };
let connection = "";

beforeAll(async () => {
  acme = await anAccount(client, "acme");
  globex = await anAccount(client, "globex");
  connection = await aConnection(client, ["acme", "globex"]);
});

let count = 1000;
const newNumber = () => sandboxNumber(count++);
interface Minimal {
  carrier_id: string;
  carrier_tracking_id: string;
}
function aShipment(): Minimal;
function aShipment<More extends object>(more: More): Minimal & More;
function aShipment(more: object = {}) {
  return { carrier_id: "sandbox", carrier_tracking_id: newNumber(), ...more };
}
const create = (body: unknown, key = acme.test) => send("POST", "/shipments", { key, body });
const followersOf = async (id: string) =>
  (
    await db
      .prepare(
        "SELECT carrier_number, parcel_id, tenant_id FROM followers WHERE shipment_id = ?1 ORDER BY 1, 2",
      )
      .bind(id)
      .all()
  ).results;
const checkOf = (number: string) =>
  db
    .prepare("SELECT * FROM checks WHERE connection_id = ?1 AND carrier_number = ?2")
    .bind(connection, number)
    .first();

describe("POST /shipments", () => {
  it("puts a shipment under tracking and gives its parcels ids", async () => {
    const body = aShipment({
      uuid_ref: "order-1",
      references: { shipper: "S1", receiver: null },
      meta_data: [{ key: "shop", value: "north" }],
      parcels: [{ carrier_tracking_id: newNumber(), uuid_ref: "box-1" }],
      carrier_tracking_ids: [newNumber()],
      destination: { iso_country: "SE", postal_code: "11122" },
    });
    const answer = await create(body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...body,
      status: "registered",
      tracking_state: "active",
      health: "on_track",
      action_required_by: "none",
      tracking_level: "parcel",
      pieces: { total: 1, registered: 1 },
      eta: null,
      destination: { iso_country: "SWE", postal_code: "11122" },
      parcels: [
        {
          ...body.parcels[0],
          id: expect.stringMatching(/^prc_/u),
          status: "registered",
          condition: "unknown",
        },
      ],
      last_checked_at: null,
      next_check_at: expect.stringMatching(/\+00:00$/u),
      test: true,
    });
    const id = textOf(answer.body, "id");
    expect(id).toMatch(/^shp_[0-9a-z]{26}$/u);
    expect(answer.headers.get("x-bookmark")).not.toBeNull();
    const parcel_id = textOf(listOf(answer.body, "parcels")[0], "id");
    expect(await followersOf(id)).toEqual(
      [
        { carrier_number: body.carrier_tracking_id, parcel_id: "", tenant_id: "acme.test" },
        { carrier_number: body.carrier_tracking_ids[0], parcel_id: "", tenant_id: "acme.test" },
        { carrier_number: body.parcels[0]?.carrier_tracking_id, parcel_id, tenant_id: "acme.test" },
      ].sort((a, b) => String(a.carrier_number).localeCompare(String(b.carrier_number))),
    );
    expect(await checkOf(body.carrier_tracking_id)).toMatchObject({
      interval_s: 900,
      status: "registered",
      answer_hash: null,
    });
    const { body: read } = await send("GET", `/shipments/${id}`, { key: acme.test });
    expect(read).toEqual(answer.body);
  });

  it("answers 200 with the same id while the shipment is live, by any of its numbers", async () => {
    const parcels = [{ carrier_tracking_id: newNumber() }];
    const body = aShipment({ parcels });
    const { body: first } = await create(body);
    for (const again of [body, { ...body, uuid_ref: "other" }, { carrier_id: "sandbox", ...parcels[0] }]) {
      const answer = await create(again);
      expect([answer.status, fieldOf(answer.body, "id")]).toEqual([200, fieldOf(first, "id")]);
    }
    expect((await create(body, globex.test)).status).toBe(201);
  });

  it("gives one id to two requests at once, and keeps no follower of the other", async () => {
    const body = aShipment();
    const further = [1, 2, 3, 4].map(newNumber);
    const answers = await Promise.all(
      further.map((number) => create({ ...body, carrier_tracking_ids: [number] })),
    );
    const ids = new Set(answers.map((answer) => textOf(answer.body, "id")));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const { results } = await db
      .prepare("SELECT DISTINCT shipment_id FROM followers WHERE connection_id = ?1 AND carrier_number = ?2")
      .bind(connection, body.carrier_tracking_id)
      .all();
    expect(results).toEqual([{ shipment_id: [...ids][0] }]);
    const numbers = await shard
      .prepare(
        "SELECT shipment_id FROM shipment_numbers WHERE carrier_number IN (SELECT value FROM json_each(?1))",
      )
      .bind(JSON.stringify(further))
      .all();
    expect(numbers.results).toEqual([{ shipment_id: [...ids][0] }]);
    expect(await checkOf(body.carrier_tracking_id)).not.toBeNull();
  });

  it("starts a new shipment 90 days after the end, not before", async () => {
    const body = aShipment();
    const { body: first } = await create(body);
    const ended = Date.now();
    await shard
      .prepare(
        "UPDATE shipments SET ended_at = ?2, status = 'delivered', tracking_state = 'completed' WHERE id = ?1",
      )
      .bind(textOf(first, "id"), ended)
      .run();
    const daysLater = (days: number) => testClient({ now: () => ended + days * DAY_MS });
    const early = await daysLater(89).send("POST", "/shipments", { key: acme.test, body });
    expect([early.status, fieldOf(early.body, "id")]).toEqual([200, fieldOf(first, "id")]);
    const late = await daysLater(91).send("POST", "/shipments", { key: acme.test, body });
    expect(late.status).toBe(201);
    const row = await shard
      .prepare("SELECT not_before FROM shipments WHERE id = ?1")
      .bind(textOf(late.body, "id"))
      .first();
    expect(row).toEqual({ not_before: ended + 91 * DAY_MS });
  });

  it("detects the carrier from the number, and says so when none fits", async () => {
    const number = newNumber();
    const spaced = `${number.slice(0, 3).toLowerCase()} ${number.slice(3)}`;
    const answer = await create({ carrier_tracking_id: spaced });
    expect(answer.body).toMatchObject({ carrier_id: "sandbox", carrier_tracking_id: number });
    expect(problemOf(await create({ carrier_tracking_id: "?!" }), 422)).toContain("Name the carrier");
  });

  it("refuses an unknown carrier, one without a connection, and the sandbox with a live key", async () => {
    expect(problemOf(await create(aShipment({ carrier_id: "no-such" })), 422)).toContain("sandbox");
    const lone = await anAccount(client, "lone");
    expect(problemOf(await create(aShipment(), lone.test), 422)).toContain("no connection to sandbox");
    expect(problemOf(await create(aShipment(), acme.live), 422)).toContain("gl-test-");
  });

  describe("of a number that documents named before anybody followed it", () => {
    /** A shipment's body, of which a document came in already. */
    async function anEarlyDocument() {
      const body = aShipment();
      const document = {
        carrier_id: "sandbox",
        source: "webhook" as const,
        body: new TextEncoder().encode(JSON.stringify(news(body.carrier_tracking_id, [PICKED]))),
        content_type: "application/json",
        http_status: null,
        asked: [],
        file_name: null,
        received_at: Date.now(),
      };
      await acceptFetched(client.ctx, { connection_id: connection, lanes: 1 }, document);
      await inboxes.settle();
      return body;
    }
    const statusOf = async (answer: { body: unknown }) => {
      const { body } = await send("GET", `/shipments/${textOf(answer.body, "id")}`, { key: acme.test });
      return textOf(body, "status");
    };

    it("has their events", async () => {
      const answer = await create(await anEarlyDocument());
      await Promise.all(later.splice(0));
      await inboxes.settle();
      expect(await statusOf(answer)).toBe("accepted");
    });

    it("has them also where the process ended before their inbox knew, once the tick or another try tells it", async () => {
      const { inboxOf } = client.ctx;
      for (const again of [(_: unknown) => handOverLeft(client.ctx), (body: unknown) => create(body)]) {
        const body = await anEarlyDocument();
        client.ctx.inboxOf = (...name) => ({
          ...inboxes.of(...name),
          readAgain: async () => {
            throw new Error("Network connection lost.");
          },
        });
        const answer = await create(body);
        await Promise.all(later.splice(0));
        client.ctx.inboxOf = inboxOf;
        await inboxes.settle();
        expect(await statusOf(answer)).toBe("registered");
        await again(body);
        await Promise.all(later.splice(0));
        await inboxes.settle();
        expect(await statusOf(answer)).toBe("accepted");
      }
    });
  });

  it("makes the carrier's next answer count for a second follower", async () => {
    const body = aShipment();
    await create(body);
    await db
      .prepare("UPDATE checks SET answer_hash = 'seen' WHERE carrier_number = ?1")
      .bind(body.carrier_tracking_id)
      .run();
    await create(body, globex.test);
    expect(await checkOf(body.carrier_tracking_id)).toMatchObject({ answer_hash: null });
  });
});

describe("POST /shipments/batch", () => {
  it("registers 1,000 at once, one result each, in order", async () => {
    const shipments = Array.from({ length: 1000 }, () => aShipment());
    const { status, body } = await send("POST", "/shipments/batch", { key: acme.test, body: { shipments } });
    expect(status).toBe(200);
    const results = listOf(body, "data");
    expect(results).toHaveLength(1000);
    expect(results.map((result) => fieldOf(result, "status"))).toEqual(shipments.map(() => 201));
    expect(results.map((result) => textOf(fieldOf(result, "shipment"), "carrier_tracking_id"))).toEqual(
      shipments.map(({ carrier_tracking_id }) => carrier_tracking_id),
    );
    const again = await send("POST", "/shipments/batch", { key: acme.test, body: shipments });
    expect(listOf(again.body, "data").map((result) => fieldOf(result, "status"))).toEqual(
      shipments.map(() => 200),
    );
    expect(listOf(again.body, "data").map((result) => fieldOf(fieldOf(result, "shipment"), "id"))).toEqual(
      results.map((result) => fieldOf(fieldOf(result, "shipment"), "id")),
    );
  });

  it("lets one bad item spoil no other, and gives a number said twice one shipment", async () => {
    const twice = aShipment({ parcels: [{ carrier_tracking_id: newNumber() }] });
    const shipments = [
      twice,
      { carrier_id: "sandbox" },
      7,
      aShipment({ carrier_id: "bring" }),
      twice,
      twice.parcels[0],
      aShipment(),
    ];
    const { body } = await send("POST", "/shipments/batch", { key: acme.test, body: { shipments } });
    const results = listOf(body, "data");
    expect(results.map((result) => fieldOf(result, "status"))).toEqual([201, 422, 422, 422, 200, 200, 201]);
    expect(fieldOf(results[1], "error")).toMatchObject({
      status: 422,
      errors: [{ field: "carrier_tracking_id" }],
    });
    expect(fieldOf(fieldOf(results[4], "shipment"), "id")).toBe(
      fieldOf(fieldOf(results[0], "shipment"), "id"),
    );
  });

  it.each([[[]], [Array.from({ length: 1001 }, () => ({}))]])(
    "refuses a batch that is empty or too long",
    async (shipments) => {
      expect(
        problemOf(await send("POST", "/shipments/batch", { key: acme.test, body: { shipments } }), 422),
      ).toContain("shipments must have");
    },
  );
});

describe("DELETE /shipments/{id}", () => {
  it("stops tracking; the shipment stays readable and its number starts anew", async () => {
    const body = aShipment();
    const { body: first } = await create(body);
    const id = textOf(first, "id");
    const version = await shard
      .prepare("SELECT timeline_version AS v FROM shipments WHERE id = ?1")
      .bind(id)
      .first<{ v: number }>();
    expect((await send("DELETE", `/shipments/${id}`, { key: acme.test })).status).toBe(204);
    expect((await send("DELETE", `/shipments/${id}`, { key: acme.test })).status).toBe(204);
    const { body: read } = await send("GET", `/shipments/${id}`, { key: acme.test });
    expect(read).toMatchObject({ id, tracking_state: "stopped", next_check_at: null });
    expect(await followersOf(id)).toEqual([]);
    expect(await checkOf(body.carrier_tracking_id)).toBeNull();
    const stopped = await shard
      .prepare("SELECT timeline_version AS v FROM shipments WHERE id = ?1")
      .bind(id)
      .first<{ v: number }>();
    expect(stopped?.v).toBe((version?.v ?? 0) + 1);
    const { status, body: second } = await create(body);
    expect(status).toBe(201);
    expect(textOf(second, "id")).not.toBe(id);
    const row = await shard
      .prepare("SELECT not_before FROM shipments WHERE id = ?1")
      .bind(textOf(second, "id"))
      .first<{ not_before: number }>();
    expect(row?.not_before).toBeGreaterThan(0);
  });

  it("keeps asking for a number that somebody else follows", async () => {
    const body = aShipment();
    const { body: ours } = await create(body);
    await create(body, globex.test);
    await send("DELETE", `/shipments/${textOf(ours, "id")}`, { key: acme.test });
    expect(await checkOf(body.carrier_tracking_id)).not.toBeNull();
  });
});

describe("GET /shipments", () => {
  const all = async (key: string, query: string) => {
    const ids: string[] = [];
    let cursor: unknown = null;
    let pages = 0;
    do {
      const { body } = await send("GET", `/shipments?${query}${cursor === null ? "" : `&cursor=${cursor}`}`, {
        key,
      });
      ids.push(...listOf(body, "data").map((one) => textOf(one, "id")));
      cursor = fieldOf(body, "next_cursor");
      pages += 1;
    } while (typeof cursor === "string" && pages < 50);
    return ids;
  };

  it("loses none and repeats none over its pages", async () => {
    const lists = await anAccount(client, "lists");
    await aConnection(client, ["lists"]);
    const { body } = await send("POST", "/shipments/batch", {
      key: lists.test,
      body: Array.from({ length: 25 }, () => aShipment()),
    });
    const ids = listOf(body, "data").map((result) => textOf(fieldOf(result, "shipment"), "id"));
    // Some have changed, to one position: there the id decides, and ids of one millisecond are in no order.
    const changed = [ids[3], ids[9]].sort();
    await shard
      .prepare("UPDATE shipments SET updated_position = 7, status = 'in_transit' WHERE id IN (?1, ?2)")
      .bind(ids[3], ids[9])
      .run();
    for (const query of [
      "limit=7",
      "limit=25",
      "limit=1&carrier_id=sandbox",
      "limit=4&updated_since=2020-01-01T00:00:00Z",
    ]) {
      const told = await all(lists.test, query);
      expect(told).toHaveLength(25);
      expect(new Set(told)).toEqual(new Set(ids));
      expect(told.slice(-2)).toEqual(changed);
    }
    expect(await all(lists.test, "status=in_transit&limit=1")).toEqual(changed);
    expect(await all(lists.test, "carrier_id=bring")).toEqual([]);
    expect(await all(lists.test, `updated_since=${new Date(Date.now() + DAY_MS).toISOString()}`)).toEqual([]);
    expect(await all(lists.live, "limit=100")).toEqual([]);
  });

  it.each([
    ["status=lost", "status must be one of registered"],
    ["limit=0", "limit must be at least 1."],
    ["limit=101", "limit must be at most 100."],
    ["limit=ten", "limit must be a number."],
    ["cursor=%21%21", "cursor is not a cursor"],
    ["updated_since=yesterday", "updated_since must be a cursor, or a time"],
  ])("refuses ?%s", async (query, sentence) => {
    expect(problemOf(await send("GET", `/shipments?${query}`, { key: acme.test }), 422)).toContain(sentence);
  });
});

describe("x-bookmark", () => {
  it("is taken back from the client, and refused where it is none of ours", async () => {
    const created = await create(aShipment());
    const bookmark = created.headers.get("x-bookmark") ?? "";
    const headers = { "x-bookmark": bookmark };
    const path = `/shipments/${textOf(created.body, "id")}`;
    expect((await send("GET", path, { key: acme.test, headers })).status).toBe(200);
    problemOf(await send("GET", path, { key: acme.test, headers: { "x-bookmark": "no bookmark!" } }), 400);
  });
});

describe("the sweep of answers", () => {
  it("forgets those older than a day, and no others", async () => {
    await send("POST", "/shipments", {
      key: acme.test,
      body: aShipment(),
      headers: { "idempotency-key": "sweep" },
    });
    expect(await forgetOldAnswers(db, Date.now(), 100)).toBe(0);
    expect(await forgetOldAnswers(db, Date.now() + 2 * DAY_MS, 100)).toBe(1);
  });
});
