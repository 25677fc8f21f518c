import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CODES, codePath } from "../domain/codes.ts";
import { identify } from "../domain/identity.ts";
import {
  OtherFacts,
  type TrackingEvent,
  TrackingEvent as TrackingEventSchema,
} from "../domain/tracking-event.ts";
import type { Carrier, Credentials, Harmonized, Push, RawDocument } from "./carrier.ts";
import { merged, type PortionSizes, readInPortions } from "./portions.ts";
import { findCarrier } from "./registry.ts";

/** What every carrier promises. Called from the carrier's own test with its folder. */

/** The moment at which the suite gets its documents. */
export const RECEIVED_AT = Date.UTC(2026, 2, 20, 12, 0, 0);

export interface SuiteOptions {
  /** Everything the connection's credentials may hold, all ways together. */
  credentials?: Record<string, string>;
  /** The carrier's code list is not public and nothing may be guessed from it: its table may be empty. */
  codes_are_secret?: boolean;
  webhook?: {
    /** A push as the carrier sends it. */
    sign(body: Uint8Array, now: number): { headers?: Record<string, string>; query?: Record<string, string> };
    /** False where the carrier proves only who it is and not what it sent: a changed body cannot be told then. */
    covers_body: boolean;
    /** Where an old push sent again is refused. */
    expires_after_s?: number;
  };
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A document with nothing around it. */
export function documentOf(body: string | Uint8Array, around: Partial<RawDocument> = {}): RawDocument {
  return {
    source: "poll",
    body: typeof body === "string" ? utf8(body) : body,
    content_type: null,
    received_at: RECEIVED_AT,
    http_status: null,
    asked: [],
    file_name: null,
    ...around,
  };
}

/** What was said, without the fields that say nothing: null, empty lists, false and zero of `withdrawn` and `revision`. */
export function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said);
  if (value === null || typeof value !== "object") return value;
  const kept: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    const inner = said(part);
    const empty =
      inner === null ||
      (Array.isArray(inner) && inner.length === 0) ||
      (typeof inner === "object" && !Array.isArray(inner) && Object.keys(inner).length === 0) ||
      (name === "withdrawn" && inner === false) ||
      (name === "revision" && inner === 0) ||
      (name === "complete" && inner === true);
    if (!empty) kept[name] = inner;
  }
  return kept;
}

interface Fixture {
  name: string;
  document: RawDocument;
  /** As `said` leaves it. */
  expected: unknown;
}

/** The pairs of a carrier's folder. `document` of the expected file tells what stood around the body: source, http_status, asked … */
export function fixturesOf(folder: string): Fixture[] {
  const home = join(folder, "fixtures");
  return (existsSync(home) ? readdirSync(home) : [])
    .filter((file) => file.includes(".input."))
    .sort()
    .map((file) => {
      const name = file.slice(0, file.indexOf(".input."));
      const { document = {}, ...expected } = JSON.parse(
        readFileSync(join(home, `${name}.expected.json`), "utf8"),
      );
      const body = new Uint8Array(readFileSync(join(home, file)));
      return { name, document: documentOf(body, document), expected };
    });
}

/** Every event of a reading as the contract's tracking event. */
export function eventsOf(read: Harmonized, document: RawDocument): TrackingEvent[] {
  return read.shipments.flatMap((shipment) =>
    shipment.events.map((event) =>
      identify(event, {
        shipment_id: `shp_${shipment.carrier_tracking_id}`,
        parcel_number: shipment.parcel_tracking_id,
        source: document.source,
        created_at_ms: RECEIVED_AT,
      }),
    ),
  );
}

const ids = (read: Harmonized, document: RawDocument) => eventsOf(read, document).map(({ id }) => id);

/** Every element by itself, however small the document. */
const ELEMENT_BY_ELEMENT: PortionSizes = {
  whole: 0,
  portion: 1,
  frame: Number.POSITIVE_INFINITY,
  element: Number.POSITIVE_INFINITY,
  message: 4 * 1024 * 1024,
};

/** What a reading tells of each shipment and parcel, whatever the order. The same fact told twice is one event. */
function toldOf(readings: Iterable<Harmonized>): unknown {
  return merged(readings)
    .shipments.map(({ carrier_tracking_id, parcel_tracking_id, eta, events }) => ({
      carrier_tracking_id,
      parcel_tracking_id,
      eta,
      events: [
        ...new Set(
          events.map(({ carrier, status, time, location }) =>
            JSON.stringify([carrier, status, time, location]),
          ),
        ),
      ].sort(),
    }))
    .filter(({ eta, events }) => eta !== null || events.length > 0);
}

export function carrierSuite(carrier: Carrier, folder: string, options: SuiteOptions = {}): void {
  const read = (document: RawDocument) => carrier.harmonize(document, { rules: carrier.rules });
  const fixtures = fixturesOf(folder);
  const credentials = options.credentials ?? {};

  describe(`${carrier.name} keeps what every carrier promises`, () => {
    it("is registered under its folder's name", () => {
      expect(carrier.id).toBe(basename(folder));
      expect(findCarrier(carrier.id)).toBe(carrier);
      expect(carrier.rules.carrier_id).toBe(carrier.id);
    });

    it("has at least one way in", () => {
      expect([carrier.webhook, carrier.poll, carrier.sftp].filter(Boolean).length).toBeGreaterThan(0);
    });

    it("has a code table that names codes of the contract only, none of them twice", () => {
      if (options.codes_are_secret !== true)
        expect(
          carrier.rules.rules.length,
          "statuses.ts has no line: write one for each code of the carrier's list, and name the list above them",
        ).toBeGreaterThan(0);
      const named = new Set<string>();
      for (const rule of carrier.rules.rules) {
        expect(CODES.get(codePath(rule.meaning)), rule.id).toEqual(rule.meaning);
        expect(codePath(rule.meaning), rule.id).not.toBe("other/unmapped");
        const key = `${rule.id} ${rule.text?.source ?? ""}`;
        expect(named.has(key), `${key} stands twice in the table`).toBe(false);
        named.add(key);
      }
    });

    it("has number formats that are anchored and sure to a degree", () => {
      for (const { pattern, likelihood } of carrier.numbers) {
        expect(pattern.source).toMatch(/^\^.*\$$/u);
        expect(likelihood).toBeGreaterThan(0);
        expect(likelihood).toBeLessThanOrEqual(1);
      }
    });

    describe("reading", () => {
      it("has fixtures", () => {
        expect(
          fixtures.length,
          "fixtures/ has no pair: put a document there as case.input.json (or .xml, .edi, .csv) with invented names, and what it means as case.expected.json",
        ).toBeGreaterThan(0);
      });

      it.each(fixtures)("$name means what its pair says", ({ document, expected }) => {
        expect(said(read(document))).toEqual(expected);
      });

      it.each(fixtures)("$name gives events of the contract", ({ document }) => {
        const result = read(document);
        for (const event of eventsOf(result, document)) {
          expect(TrackingEventSchema.parse(event)).toEqual(event);
          const path = codePath(event.codes.gluey);
          expect(CODES.get(path)?.status, path).toBe(event.status);
          if (event.event_time.carrier_utc !== null) {
            expect(event.event_time.carrier_utc).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/u);
          }
        }
        for (const shipment of result.shipments) {
          expect(shipment.carrier_tracking_id).not.toBe("");
          expect(shipment.parcel_tracking_id).not.toBe("");
          for (const event of shipment.events) expect(OtherFacts.parse(event.other)).toEqual(event.other);
        }
      });

      it.each(fixtures)("$name leaves a remark for each event that no rule knows", ({ document }) => {
        const result = read(document);
        // One status of a file may stand under several parcels: one remark tells it.
        const told = new Set(result.shipments.flatMap((shipment) => shipment.events));
        const unmapped = [...told].filter((event) => codePath(event.gluey) === "other/unmapped");
        expect(result.remarks.filter(({ kind }) => kind === "unknown_code")).toHaveLength(unmapped.length);
      });

      it.each(fixtures)("$name read twice gives the same event ids", ({ document }) => {
        expect(ids(read(document), document)).toEqual(ids(read(document), document));
      });

      it.each(fixtures)("$name read one element at a time tells the same as read whole", ({ document }) => {
        const portions = readInPortions(carrier, document, carrier.rules, ELEMENT_BY_ELEMENT);
        expect(toldOf(portions)).toEqual(toldOf([read(document)]));
      });

      it.each(fixtures)("$name cut in the middle invents nothing and throws nothing", ({ document }) => {
        const whole = new Set(ids(read(document), document));
        const { length } = document.body;
        for (let part = 1; part < 40; part++) {
          const cut = { ...document, body: document.body.slice(0, Math.floor((length * part) / 40)) };
          const result = read(cut);
          for (const id of ids(result, cut)) expect(whole.has(id), `cut at ${cut.body.length}`).toBe(true);
          if (result.shipments.length === 0) expect(result.remarks.length).toBeGreaterThan(0);
        }
      });

      const unreadable: [string, string][] = [
        ["a NUL byte", "\u0000"],
        ["nothing", ""],
        ["blanks", " \r\n "],
        ["a web page", "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"],
        ["a sentence", "Service temporarily unavailable"],
        ["JSON of another shape", '{"hello":[1,2,{"world":null}]}'],
        ["a JSON list", "[1,2,3]"],
        ["JSON null", "null"],
        ["JSON that stops", '{"tracking": [{"a'],
        ["XML of another shape", '<?xml version="1.0"?><hello><world/></hello>'],
        ["XML that stops", '<?xml version="1.0"?><hello><wor'],
        ["XML with entities of its own", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
        ["EDIFACT that stops", "UNB+UNOC:3+A+B+2603"],
        ["bytes that are no text", "\ufffd\u0001\u0002"],
      ];
      it.each(unreadable)("%s gives a remark, no event and no exception", (_, body) => {
        for (const source of ["webhook", "poll", "sftp"] as const) {
          const document = documentOf(body, { source, http_status: source === "poll" ? 200 : null });
          const result = read(document);
          expect(result.remarks.length).toBeGreaterThan(0);
          expect(eventsOf(result, document)).toEqual([]);
        }
      });
    });

    const { webhook, poll, sftp } = carrier;

    if (webhook !== undefined) {
      const { sign, covers_body, expires_after_s } = options.webhook ?? missing("webhook options");
      const body =
        fixtures.find(({ document }) => document.source === "webhook")?.document.body ?? utf8('{"a": 1}');
      const push = (over: Partial<Push> = {}): Push => {
        const signed = sign(over.body ?? body, RECEIVED_AT);
        return {
          headers: new Map(
            Object.entries(signed.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
          ),
          query: new Map(Object.entries(signed.query ?? {})),
          body,
          now: RECEIVED_AT,
          ...over,
        };
      };
      describe("webhook", () => {
        it("believes what the carrier sends", async () => {
          expect(await webhook.verify(push(), credentials)).toBe(true);
        });
        it("refuses a push without a proof", async () => {
          expect(await webhook.verify(push({ headers: new Map(), query: new Map() }), credentials)).toBe(
            false,
          );
        });
        it("refuses a forged proof", async () => {
          const { headers, query } = push();
          const forge = (values: ReadonlyMap<string, string>) =>
            new Map(
              [...values].map(([name, value]) => [
                name,
                `${value.slice(0, -1)}${value.endsWith("0") ? "1" : "0"}`,
              ]),
            );
          expect(
            await webhook.verify(push({ headers: forge(headers), query: forge(query) }), credentials),
          ).toBe(false);
        });
        it("refuses the proof of another connection", async () => {
          const others = Object.fromEntries(
            Object.entries(credentials).map(([name, value]) => [name, `${value}x`]),
          );
          expect(await webhook.verify(push(), others)).toBe(false);
        });
        if (covers_body)
          it("refuses a body written anew, one byte more or less", async () => {
            const { headers, query } = push();
            const again = utf8(JSON.stringify(JSON.parse(new TextDecoder().decode(body)), null, 1));
            expect(again).not.toEqual(body);
            for (const other of [again, body.slice(0, -1), utf8(`${new TextDecoder().decode(body)} `)]) {
              expect(await webhook.verify(push({ headers, query, body: other }), credentials)).toBe(false);
            }
          });
        if (expires_after_s !== undefined)
          it("refuses an old push sent again", async () => {
            const late = RECEIVED_AT + (expires_after_s + 1) * 1000;
            const { headers, query } = push();
            expect(await webhook.verify(push({ headers, query, now: late }), credentials)).toBe(false);
          });
        it("names the credentials it needs", () => refusesMissing(webhook.credentials, credentials));
      });
    }

    if (poll !== undefined) {
      const ask = (numbers: readonly string[]) =>
        poll.request(numbers, { base_url: poll.base_url, credentials });
      describe("poll", () => {
        it("asks for as many numbers as the carrier takes, and not for one more", () => {
          const many = (count: number) => Array.from({ length: count }, (_, index) => `37000000000${index}`);
          const full = many(poll.numbers_per_call);
          const request = ask(full);
          expect(new URL(request.url).origin).toBe(new URL(poll.base_url).origin);
          const sent = `${request.url}\n${request.body ?? ""}`;
          for (const number of full) expect(sent).toContain(number);
          expect(() => ask(many(poll.numbers_per_call + 1))).toThrow();
          expect(() => ask([])).toThrow();
        });
        it("lets no number break out of its place", () => {
          const number = "1&q=2#<x>\"'/../3";
          const { url, body } = ask([number]);
          expect(url).not.toContain("&q=2");
          expect(url).not.toContain("#");
          expect(url).not.toContain("/../");
          if (body?.startsWith("{"))
            expect(JSON.stringify(JSON.parse(body))).toContain(JSON.stringify(number));
          else expect(body ?? "").not.toContain("<x>");
        });
        it("keeps to the address the connection names", () => {
          const { url } = poll.request(["1"], { base_url: "https://test.example/sub/", credentials });
          expect(url).toMatch(/^https:\/\/test\.example\/sub\//u);
        });
        it("puts a body only where it posts", () => {
          const { method, body } = ask(["1"]);
          expect(body === null).toBe(method === "GET");
        });
        it("names the credentials it needs", () => refusesMissing(poll.credentials, credentials));

        const { token } = poll;
        if (token !== undefined) {
          it("asks for a token, reads it or nothing, and shows it in no address", () => {
            const asked = token.request({ base_url: "https://test.example/sub/", credentials });
            expect(asked.url).toMatch(/^https:\/\/test\.example\/sub\//u);
            for (const nonsense of ["", "null", "{}", "<html>", '{"access_token": 7}']) {
              expect(token.read(utf8(nonsense))).toBeNull();
            }
            const applied = token.apply(ask(["1"]), "TOKEN-7");
            expect(JSON.stringify([applied.headers, applied.body])).toContain("TOKEN-7");
            expect(applied.url).not.toContain("TOKEN-7");
          });
        }
      });
    }

    if (sftp !== undefined) {
      it("takes files by a pattern that keeps no state", () => {
        expect(sftp.files.flags).not.toMatch(/[gy]/u);
      });
    }
  });
}

function missing(what: string): never {
  throw new Error(`The suite needs ${what} for this carrier.`);
}

/** A credentials schema takes the whole and refuses each field's absence and an empty value. */
function refusesMissing(
  schema: { safeParse(value: unknown): { success: boolean; data?: Credentials } },
  credentials: Record<string, string>,
): void {
  if (schema.safeParse({}).success) return; // a public service
  const whole = schema.safeParse(credentials);
  expect(whole.success).toBe(true);
  const needed = Object.keys(credentials).filter((name) => {
    const { [name]: _, ...rest } = credentials;
    return !schema.safeParse(rest).success;
  });
  expect(needed.length).toBeGreaterThan(0);
  for (const name of needed) expect(schema.safeParse({ ...credentials, [name]: "" }).success).toBe(false);
}
