import { expect, it } from "vitest";
import type { DeliveryRow, LineStatus } from "../delivery/views.ts";
import { NO_FILTER } from "../domain/subscription.ts";
import type { StoryEvent } from "../storage/shipment-story.ts";
import type { Endpoint } from "./attempts.ts";
import { readable } from "./pages/documents.tsx";
import { ruleWords } from "./rule-words.ts";
import { entering, tellingOf } from "./telling.ts";

/** Did you tell us, and when? Case by case. */

const SHIPMENT = { id: "shp_1", carrier_id: "sandbox" };

function event(sequence: number | null, more: Partial<StoryEvent> = {}): StoryEvent {
  const body = {
    id: "evt_00000000000000000000000000",
    carrier_meta_data: [],
    event_time: {
      created_utc: "",
      carrier_utc: null,
      precision: "second" as const,
      offset_source: "carrier" as const,
    },
    eta: null,
    codes: {
      gluey: { milestone: "delivery", code: "delivered", sub_code: null, freetext_detail: null },
      carrier: { code: "DLV", sub_code: null, freetext_detail: null },
    },
    location: null,
    status: "delivered" as const,
    reason: null,
    attempt: null,
    rule: { id: "sandbox:DELIVERED", version: 1 },
    replaces: null,
    withdrawn: false,
    late_scan: false,
    duplicate_of: null,
    source: "webhook" as const,
    other: {
      condition: null,
      carrier_weight_dims: null,
      eta: null,
      shipping_cost: null,
      shipping_cost_currency: null,
      delivery_confirmation: null,
      co2_footprint_kg: null,
    },
  };
  return {
    event_id: `evt_${sequence}`,
    sequence,
    position: sequence === null ? null : sequence * 10,
    parcel_number: "",
    occurred_at: 0,
    local_time: null,
    precision: "second",
    carrier_order: null,
    code_path: "delivery/delivered",
    status: "delivered",
    replaces: null,
    withdrawn: 0,
    duplicate_of: null,
    source: "webhook",
    shipment_status: "delivered",
    health: "on_track",
    document_id: "doc_1",
    created_at: 0,
    body,
    ...more,
  };
}

const LINE: LineStatus = {
  subscription_id: "sub_1",
  way: "webhook",
  state: "active",
  paused_by: null,
  position: 100,
  waiting: 0,
  waiting_bytes: 0,
  dead: 0,
  set_aside: 0,
  failures_in_a_row: 0,
  last_success_at: null,
  failing_since: null,
  next_attempt_at: null,
  warnings: [],
};

function endpoint(
  settings: Partial<typeof NO_FILTER> = {},
  line: Partial<LineStatus> = {},
  start_position = 0,
): Endpoint {
  return {
    subscription: {
      id: "sub_1",
      tenant_id: "a.test",
      account_number: "a",
      settings: { way: "webhook", endpoint: "https://x.example/", max_batch: 20, ...NO_FILTER, ...settings },
      sealed: { bytes: new Uint8Array(), key_id: "k" },
      start_position,
      paused: false,
      created_at: 0,
      updated_at: 0,
    },
    line: { ...LINE, ...line },
  };
}

function attempt(state: DeliveryRow["state"], from: number, to: number, started_at: number): DeliveryRow {
  return {
    id: `dlv_${started_at}`,
    subscription_id: "sub_1",
    message_id: "msg_1",
    file_name: null,
    attempt: 1,
    started_at,
    ended_at: started_at + 5,
    state,
    status: 200,
    latency_ms: 5,
    answer: null,
    next_attempt_at: null,
    events: to - from + 1,
    first_position: from,
    last_position: to,
    shipments: [{ shipment_id: "shp_1", first_sequence: from, last_sequence: to }],
  };
}

const kind = (
  of: StoryEvent,
  to: Endpoint,
  attempts: DeliveryRow[],
  enters: ReadonlySet<string> = new Set(),
) => tellingOf(of, to, attempts, SHIPMENT, enters).kind;

it("told is the first attempt that arrived, with the tries that it took", () => {
  const attempts = [
    attempt("delivered", 1, 3, 300),
    attempt("failed", 1, 3, 100),
    attempt("delivered", 1, 3, 200),
  ];
  expect(tellingOf(event(2), endpoint(), attempts, SHIPMENT, new Set())).toMatchObject({
    kind: "told",
    at: 205,
    attempts: 2,
  });
  expect(kind(event(4), endpoint(), attempts)).toBe("unknown");
});

it("what has not arrived is being tried, given up, or waits", () => {
  expect(kind(event(1), endpoint(), [attempt("failed", 1, 1, 1)])).toBe("trying");
  expect(kind(event(1), endpoint(), [attempt("failed", 1, 1, 1), attempt("dead", 1, 1, 2)])).toBe("dead");
  expect(kind(event(11), endpoint(), [])).toBe("waits");
  expect(kind(event(1), endpoint({}, { waiting: 1 }), [])).toBe("waits");
});

it("what was not to be told is named so", () => {
  expect(kind(event(null), endpoint(), [])).toBe("duplicate");
  expect(kind(event(1), endpoint({}, {}, 10), [])).toBe("before");
  expect(kind(event(1), endpoint({ milestones: ["order"] }), [])).toBe("filtered");
  expect(kind(event(1), endpoint({ carriers: ["bring"] }), [attempt("delivered", 1, 2, 1)])).toBe("filtered");
});

it("a status is entered once, whatever the order of the rows", () => {
  const rows = [
    event(3, { shipment_status: "in_transit" }),
    event(1, { shipment_status: "registered" }),
    event(2, { shipment_status: "in_transit" }),
    event(null, { shipment_status: "delivered" }),
    event(4, { shipment_status: "delivered" }),
  ];
  const enters = entering(rows);
  expect([...enters].toSorted()).toEqual(["evt_2", "evt_4"]);
  const first = endpoint({ first_time_in_status: true });
  expect(rows.map((row) => kind(row, first, [attempt("delivered", 1, 9, 1)], enters))).toEqual([
    "filtered",
    "filtered",
    "told",
    "duplicate",
    "told",
  ]);
});

it("a rule says what it looks at, and whose it is", () => {
  expect(ruleWords("sandbox", "sandbox:DELIVERED/SIGNED", [], { code: "DELIVERED" })).toEqual({
    looks: "code DELIVERED, sub-code SIGNED",
    path: "delivery/delivered/with_signature",
    added: false,
    unmapped: false,
  });
  expect(ruleWords("sandbox", "sandbox:unmapped", [], { code: "X" }).unmapped).toBe(true);
  expect(ruleWords("sandbox", "map_gone", [], { code: "X" })).toMatchObject({ looks: null, unmapped: false });
});

it("a body is laid out where it is JSON, cut where it is long, and hides nothing", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(readable(bytes('{"a":1}'))).toEqual({ text: '{\n  "a": 1\n}', cut: false, laidOut: true });
  expect(readable(bytes("UNB+UNOC:3'"))).toEqual({ text: "UNB+UNOC:3'", cut: false, laidOut: false });
  expect(readable(bytes("a\u202Eb\u0000c\r\n")).text).toBe("a\\u{202e}b\\u{0}c\r\n");
  expect(readable(Uint8Array.of(0x4d, 0xe4, 0x72)).text).toBe("Mär");
  const long = readable(bytes("ä".repeat(40_000)));
  expect([long.cut, long.text.length]).toEqual([true, 32_768]);
});
