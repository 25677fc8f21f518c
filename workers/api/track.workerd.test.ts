import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { positionBefore } from "../storage/shipments.ts";
import { watchedEnv } from "../testing/seed.ts";
import {
  aConnection,
  anAccount,
  counted,
  fieldOf,
  listOf,
  problemOf,
  testClient,
  textOf,
} from "./test-client.ts";

/** `POST /track`, `GET /shipments/{id}/track` and the feed, over timelines written by SQL as the timeline writes them. */

const client = testClient();
const { send } = client;
const db = env.SHARD_1;
let acme = { live: "", test: "" };

beforeAll(async () => {
  acme = await anAccount(client, "acme");
  await anAccount(client, "globex");
  await aConnection(client, ["acme", "globex"]);
});

let count = 5000;
async function shipment(more: object = {}): Promise<{ id: string; number: string; parcel: string }> {
  const number = sandboxNumber(count++);
  const parcel = sandboxNumber(count++);
  const body = {
    carrier_id: "sandbox",
    carrier_tracking_id: number,
    tracking_level: "parcel",
    uuid_ref: `ref-${number}`,
    parcels: [{ carrier_tracking_id: parcel }],
    ...more,
  };
  const answer = await send("POST", "/shipments", { key: acme.test, body });
  return { id: textOf(answer.body, "id"), number, parcel };
}

let events = 0;
const CREATED = Date.parse("2026-03-14T08:00:00Z");

interface Told {
  parcel?: string;
  at?: string;
  precision?: string;
  status?: string;
  order?: number | null;
  duplicate_of?: string | null;
  other?: object;
  eta?: string | null;
}

/** One event of a shipment's timeline; returns its id. */
async function tell(shipment_id: string, told: Told = {}): Promise<string> {
  events += 1;
  const id = `evt_${String(events).padStart(26, "0")}`;
  const {
    parcel = "",
    at = "2026-03-14T09:12:00+01:00",
    precision = "second",
    status = "in_transit",
    order = null,
  } = told;
  const { duplicate_of = null, eta = null } = told;
  const created_utc = `${new Date(CREATED + events * 1000).toISOString().slice(0, 19)}+00:00`;
  const body = {
    id,
    carrier_meta_data: [],
    event_time: { created_utc, carrier_utc: at, precision, offset_source: "carrier" },
    eta,
    codes: {
      gluey: { milestone: "transit", code: "in_transit", sub_code: null, freetext_detail: null },
      carrier: { code: "T", sub_code: null, freetext_detail: "on its way" },
    },
    location: null,
    status,
    reason: null,
    attempt: null,
    rule: { id: "sandbox/T", version: 1 },
    replaces: null,
    withdrawn: false,
    late_scan: false,
    duplicate_of,
    source: "webhook",
    other: {
      condition: null,
      carrier_weight_dims: null,
      eta,
      shipping_cost: null,
      shipping_cost_currency: null,
      delivery_confirmation: null,
      co2_footprint_kg: null,
      ...told.other,
    },
  };
  await db
    .prepare(
      `INSERT INTO events (shipment_id, event_id, tenant_id, sequence, position, parcel_number, occurred_at, precision, carrier_order, code_path, status,
                           withdrawn, duplicate_of, source, shipment_status, health, action_required_by, document_id, created_at, body)
       SELECT ?1, ?2, s.tenant_id, CASE WHEN ?9 IS NULL THEN s.last_sequence + 1 END,
              CASE WHEN ?9 IS NULL THEN coalesce((SELECT max(position) FROM events WHERE tenant_id = s.tenant_id), 0) + 1 END,
              ?3, ?4, ?5, ?6, 'transit/in_transit', ?7, 0, ?9, 'webhook', ?7, 'on_track', 'none', 'doc_1', ?8, ?10 FROM shipments s WHERE s.id = ?1`,
    )
    .bind(
      shipment_id,
      id,
      parcel,
      Date.parse(at),
      precision,
      order,
      status,
      CREATED + events * 1000,
      duplicate_of,
      JSON.stringify(body),
    )
    .run();
  await db
    .prepare(
      `UPDATE shipments SET last_sequence = last_sequence + (?2 IS NULL), status = ?3,
              updated_position = (SELECT max(position) FROM events e WHERE e.tenant_id = shipments.tenant_id) WHERE id = ?1`,
    )
    .bind(shipment_id, duplicate_of, status)
    .run();
  return id;
}

const track = (body: unknown, headers: Record<string, string> = {}) =>
  send("POST", "/track", { key: acme.test, body, headers });
const idsIn = (part: unknown) =>
  listOf(fieldOf(part, "tracking_data"), "events").map((event) => textOf(event, "id"));

describe("POST /track", () => {
  it("tells a shipment and its parcels, events in the order in which they happened", async () => {
    const { id, parcel } = await shipment();
    const late = await tell(id, { parcel, at: "2026-03-14T18:00:00+01:00", status: "delivered" });
    const day = await tell(id, { parcel, at: "2026-03-14T00:00:00+01:00", precision: "date" });
    const early = await tell(id, { parcel, at: "2026-03-14T07:30:00+01:00", eta: "2026-03-15" });
    const whole = await tell(id, { at: "2026-03-13T07:30:00+01:00" });
    const twin = await tell(id, { parcel, duplicate_of: late });
    const { status, body, headers } = await track({ ids: [id] });
    expect(status).toBe(200);
    const [told] = listOf(body);
    expect(told).toMatchObject({ id, tracking_level: "parcel", references: null, status: "in_transit" });
    expect(textOf(told, "uuid_ref")).toMatch(/^ref-SBX/u);
    const [told_parcel] = listOf(told, "parcels");
    expect(told_parcel).toMatchObject({
      carrier_tracking_id: parcel,
      condition: "unknown",
      carrier_weight_dims: null,
      meta_data: [],
    });
    expect(fieldOf(told_parcel, "tracking_data")).toMatchObject({
      current_eta: "2026-03-15",
      delivery_confirmation: null,
    });
    expect(idsIn(told_parcel)).toEqual([day, early, late]);
    expect(idsIn(told)).toEqual([whole]);
    expect(JSON.stringify(body)).not.toContain(twin);
    expect(headers.get("x-last-updated")).toBe("2026-03-14T08:00:04+00:00");
    const [event] = listOf(fieldOf(told, "tracking_data"), "events");
    expect(fieldOf(event, "codes")).toMatchObject({ carrier: { freetext_detail: "on its way" } });
    expect(event).not.toHaveProperty("other");
  });

  it("tells the whole timeline at the shipment where that is followed, each event once", async () => {
    const { id, parcel } = await shipment({ tracking_level: "shipment" });
    const ids = [
      await tell(id, { parcel, at: "2026-03-14T07:00:00Z" }),
      await tell(id, { at: "2026-03-14T08:00:00Z" }),
    ];
    const [told] = listOf((await track({ ids: [id] })).body);
    expect(idsIn(told)).toEqual(ids);
    expect(idsIn(listOf(told, "parcels")[0])).toEqual([]);
  });

  it("answers 100 in the order asked, in one round trip beside the key's", async () => {
    const shipments = Array.from({ length: 100 }, () => ({
      carrier_id: "sandbox",
      carrier_tracking_id: sandboxNumber(count++),
    }));
    const { body } = await send("POST", "/shipments/batch", { key: acme.test, body: { shipments } });
    const ids = listOf(body, "data")
      .map((result) => textOf(fieldOf(result, "shipment"), "id"))
      .reverse();
    for (const id of ids.slice(0, 10)) await tell(id);
    const seen = { statements: new Set<string>(), trips: 0 };
    const watching = testClient(
      {},
      watchedEnv((one) => counted(one, seen)),
    );
    // Where the account lives is looked up once a minute.
    await watching.send("GET", "/shipments", { key: acme.test });
    seen.trips = 0;
    const answer = await watching.send("POST", "/track", { key: acme.test, body: { ids } });
    expect(listOf(answer.body).map((one) => textOf(one, "id"))).toEqual(ids);
    expect(seen.trips).toBe(2);
    seen.trips = 0;
    const numbers = await watching.send("POST", "/track", { key: acme.test, body: { shipments } });
    expect(listOf(numbers.body).map((one) => textOf(one, "id"))).toEqual(ids.toReversed());
    expect(seen.trips).toBe(2);
  });

  it("tells another's and unknown ids in their place, and 404 only where none is known", async () => {
    const { id, number } = await shipment();
    const answer = await track({ ids: ["shp_none", id, id] });
    expect(answer.status).toBe(200);
    expect(listOf(answer.body)).toMatchObject([{ id: "shp_none", error: { status: 404 } }, { id }, { id }]);
    problemOf(await track({ ids: ["shp_none", "shp_other"] }), 404);
    const byNumber = await track({
      shipments: [
        { carrier_id: "sandbox", carrier_tracking_id: "SBX9" },
        { carrier_id: "sandbox", carrier_tracking_id: number.toLowerCase() },
      ],
    });
    expect(listOf(byNumber.body)).toMatchObject([
      { id: null, carrier_tracking_id: "SBX9", error: { status: 404 } },
      { id },
    ]);
  });

  it.each([
    [{ ids: Array.from({ length: 101 }, () => "shp_1") }, "ids must have at most 100 elements."],
    [
      { shipments: Array.from({ length: 101 }, () => ({ carrier_id: "bring", carrier_tracking_id: "1" })) },
      "shipments must have at most 100 elements.",
    ],
    [{ ids: [] }, "ids must have at least 1 element."],
    [{}, "ids or shipments: give one of the two."],
    [
      { ids: ["a"], shipments: [{ carrier_id: "bring", carrier_tracking_id: "1" }] },
      "ids or shipments: give one of the two.",
    ],
    [{ ids: ["shp_1"], since: "2026-03-14T08:00:00Z" }, "since is not a cursor that an answer gave you."],
  ])("refuses %#", async (body, sentence) => {
    expect(problemOf(await track(body), 422)).toBe(sentence);
  });

  it("tells with `since` only what is new, 204 where nothing is, and loses nothing in between", async () => {
    const [a, b] = [await shipment(), await shipment()];
    const old = await tell(a.id, { parcel: a.parcel });
    const first = await track({ ids: [a.id, b.id] });
    const cursor = first.headers.get("x-next-cursor");
    expect(JSON.stringify(first.body)).toContain(old);
    const nothing = await track({ ids: [a.id, b.id], since: cursor });
    expect([nothing.status, nothing.body]).toEqual([204, ""]);
    expect(nothing.headers.get("x-next-cursor")).toBe(cursor);
    const fresh = await tell(b.id, { parcel: b.parcel, at: "2020-01-01T00:00:00Z" });
    const second = await track({ ids: [a.id, "shp_none", b.id], since: cursor });
    expect(listOf(second.body)).toMatchObject([{ id: "shp_none", error: { status: 404 } }, { id: b.id }]);
    expect(idsIn(listOf(listOf(second.body)[1], "parcels")[0])).toEqual([fresh]);
    const last = await track({ ids: [a.id, b.id], since: second.headers.get("x-next-cursor") });
    expect(last.status).toBe(204);
  });

  it("has no photo in a batch, and has it for one shipment", async () => {
    const { id, parcel } = await shipment();
    const delivery_confirmation = { signed_by: "A. Receiver", base64_photo: "cGhvdG8=", photo_format: "png" };
    await tell(id, {
      parcel,
      status: "delivered",
      other: {
        delivery_confirmation,
        co2_footprint_kg: 1.5,
        shipping_cost: 12,
        shipping_cost_currency: "EUR",
      },
    });
    await db
      .prepare("UPDATE shipments SET facts = ?2 WHERE id = ?1")
      .bind(id, JSON.stringify({ delivery_confirmation }))
      .run();
    const batch = listOf((await track({ ids: [id] })).body)[0];
    const single = (await send("GET", `/shipments/${id}/track`, { key: acme.test })).body;
    for (const [told, base64_photo] of [
      [batch, null],
      [single, "cGhvdG8="],
    ]) {
      const confirmed = { delivery_confirmation: { ...delivery_confirmation, base64_photo } };
      expect(fieldOf(told, "tracking_data")).toMatchObject(confirmed);
      expect(fieldOf(listOf(told, "parcels")[0], "tracking_data")).toMatchObject({
        ...confirmed,
        co2_footprint_kg: 1.5,
        shipping_cost: 12,
        shipping_cost_currency: "EUR",
      });
    }
  });

  it("keeps live and test apart", async () => {
    const { id } = await shipment();
    problemOf(await send("POST", "/track", { key: acme.live, body: { ids: [id] } }), 404);
  });
});

describe("GET /accounts/{account_number}/events", () => {
  it("is the feed in its order, page by page, without loss", async () => {
    const { id, parcel } = await shipment();
    const told = [await tell(id, { parcel }), await tell(id), await tell(id, { parcel })];
    await tell(id, { duplicate_of: told[0] ?? null });
    const read: unknown[] = [];
    let after = "";
    for (let page = 0; page < 200; page++) {
      const { body } = await send("GET", `/accounts/acme/events?limit=7${after}`, { key: acme.test });
      read.push(...listOf(body, "data"));
      after = `&after=${textOf(body, "next_cursor")}`;
      if (listOf(body, "data").length === 0) break;
    }
    const ids = read.map((element) => textOf(fieldOf(element, "event"), "id"));
    expect(ids.slice(-3)).toEqual(told);
    expect(new Set(ids).size).toBe(ids.length);
    const own = read.slice(-3);
    expect(own).toMatchObject([
      { shipment_id: id, sequence: 1, test: true, parcel: { carrier_tracking_id: parcel } },
      { sequence: 2, parcel: null },
      { sequence: 3 },
    ]);
    expect(
      listOf((await send("GET", `/accounts/acme/events?limit=7`, { key: acme.live })).body, "data"),
    ).toEqual([]);
  });

  it("refuses a cursor that is none", async () => {
    expect(
      problemOf(await send("GET", "/accounts/acme/events?after=now", { key: acme.test }), 422),
    ).toContain("after");
  });
});

describe("a time as a place in the feed", () => {
  it("is the last position before it, gaps or not", async () => {
    const rows = [1, 2, 5, 6, 40].map((position, at) => ({ position, at: 1000 * (at + 1) }));
    for (const { position, at } of rows) {
      await db
        .prepare(
          `INSERT INTO events (shipment_id, event_id, tenant_id, sequence, position, parcel_number, precision, code_path, status, withdrawn, source,
                               shipment_status, health, action_required_by, document_id, created_at, body)
           VALUES ('shp_gap', ?1, 'gaps.live', ?2, ?2, '', 'second', 'x', 'in_transit', 0, 'poll', 'in_transit', 'on_track', 'none', 'd', ?3, '{}')`,
        )
        .bind(`evt_${position}`, position, at)
        .run();
    }
    const before = (time: number) => positionBefore(db, "gaps.live", time);
    expect(await Promise.all([0, 1000, 1001, 2001, 3000, 3001, 5000, 5001, 1e15].map(before))).toEqual([
      0, 0, 1, 2, 2, 5, 6, 40, 40,
    ]);
    expect(await positionBefore(db, "nobody.live", 5000)).toBe(0);
  });
});
