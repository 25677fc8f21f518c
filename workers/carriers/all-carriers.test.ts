import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KnownEvent, type Post, planAppend, type ShipmentTimeline } from "../domain/append.ts";
import { CODES, codePath } from "../domain/codes.ts";
import { shipmentStanding } from "../domain/timeline.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import { exampleCredentials } from "../testing/example-credentials.ts";
import type { Carrier, HarmonizedShipment, Push, RawDocument } from "./carrier.ts";
import { documentOf, fixturesOf, RECEIVED_AT } from "./carrier-suite.ts";
import { carriers, findCarrier } from "./registry.ts";
import { chooseCode, newRule, withRules } from "./rules.ts";

/** What holds for every carrier of the registry, worked out from its own fixtures: a new one has these for nothing. */

const every = carriers.map((carrier) => ({
  id: carrier.id,
  carrier,
  folder: join(import.meta.dirname, carrier.id),
}));
const read = (carrier: Carrier, document: RawDocument) =>
  carrier.harmonize(document, { rules: carrier.rules });
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("the registry", () => {
  it("has every folder that is a carrier, once, and finds it by its name", () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, "index.ts")))
      .map(({ name }) => name);
    expect(carriers.map(({ id }) => id).toSorted()).toEqual(folders.toSorted());
    for (const carrier of carriers) expect(findCarrier(carrier.id)).toBe(carrier);
    expect(new Set(carriers.map(({ name }) => name)).size).toBe(carriers.length);
  });
});

describe.each(every)("$id", ({ carrier, folder }) => {
  const fixtures = fixturesOf(folder);

  it("runs the suite of all carriers, and tells its webhook's proof there", () => {
    const suite = readFileSync(join(folder, "harmonize.test.ts"), "utf8");
    expect(suite).toMatch(/^carrierSuite\(/mu);
    if (carrier.webhook !== undefined) expect(suite).toMatch(/webhook: \{/u);
  });

  it("has rules with an id each, a code of the contract each, and a version", () => {
    const { rules, version } = carrier.rules;
    expect(Number.isInteger(version) && version > 0).toBe(true);
    expect(rules.map(({ id }) => id)).toEqual([...new Set(rules.map(({ id }) => id))]);
    for (const rule of rules) {
      expect(CODES.has(codePath(rule.meaning)), rule.id).toBe(true);
      expect(rule.version, rule.id).toBe(version);
      expect(rule.id.startsWith(`${carrier.id}:`), rule.id).toBe(true);
    }
  });

  describe("told in any order, any number of times, by any way", () => {
    const timelines = timelinesOf(
      carrier,
      fixtures.map(({ document }) => document),
    );
    if (timelines.length > 0)
      it.each(timelines)("$number has the same events and the same status", ({ posts }) => {
        const straight = arriving(posts);
        fc.assert(
          fc.property(
            fc.array(fc.record({ at: fc.nat(posts.length - 1), source: fc.constantFrom(...SOURCES) }), {
              maxLength: posts.length * 2,
            }),
            fc.shuffledSubarray([...posts.keys()], { minLength: posts.length, maxLength: posts.length }),
            fc.array(fc.constantFrom(...SOURCES), { minLength: posts.length, maxLength: posts.length }),
            fc.integer({ min: 1, max: posts.length }),
            (again, order, sources, together) => {
              const told = [
                ...order.map((at, index) => ({ at, source: sources[index] ?? "poll" })),
                ...again,
              ].flatMap(({ at, source }): Post[] => {
                const post = posts[at];
                return post === undefined ? [] : [{ ...post, source }];
              });
              const mixed = arriving(told, together);
              expect(idsOf(mixed)).toEqual(idsOf(straight));
              expect(factsOf(mixed)).toEqual(factsOf(straight));
              expect(mixed.facts.renumbered).toEqual(straight.facts.renumbered);
              expect(statusOf(mixed)).toEqual(statusOf(straight));
              expect(mixed.status).toBe(statusOf(mixed).status);
            },
          ),
          { numRuns: 60 },
        );
      });
    it("is tested with what its fixtures tell", () => {
      const told = fixtures.flatMap(({ document }) => read(carrier, document).shipments);
      expect(timelines.length > 0).toBe(told.some(({ events }) => events.length > 0));
    });
  });

  const { webhook, poll } = carrier;

  if (webhook !== undefined) {
    const credentials = exampleCredentials(webhook.credentials);
    const push = (over: Partial<Push>): Push => ({
      headers: new Map(),
      query: new Map(),
      body: utf8("{}"),
      now: RECEIVED_AT,
      ...over,
    });
    const names = [
      "authorization",
      "credential",
      "x-api-key",
      "fdx-signature",
      "x-budbee-signature",
      "x-sandbox-signature",
      "x-hmac",
      "webhook-signature",
      ...Object.values(credentials)
        .filter((value) => /^[a-z0-9-]+$/iu.test(value))
        .map((value) => value.toLowerCase()),
    ];
    it.each([
      "",
      " ",
      "null",
      "Bearer ",
      "Bearer undefined",
      "t=,v1=",
      "0".repeat(64),
      "v1=",
      ",".repeat(9000),
      "ü€\u0000",
    ])("webhook refuses %j for a proof, wherever it stands, and never throws", async (value) => {
      for (const name of names) {
        expect(await webhook.verify(push({ headers: new Map([[name, value]]) }), credentials)).toBe(false);
        expect(await webhook.verify(push({ query: new Map([[name, value]]) }), credentials)).toBe(false);
      }
      const all = new Map(names.map((name) => [name, value]));
      expect(
        await webhook.verify(push({ headers: all, query: all, body: new Uint8Array() }), credentials),
      ).toBe(false);
    });
    it("webhook's handshake, where it has one, proves nothing and answers no ordinary push", async () => {
      expect((await webhook.handshake?.(push({}), credentials)) ?? null).toBeNull();
    });
  }

  if (poll !== undefined) {
    const credentials = exampleCredentials(poll.credentials);
    const base_url = "https://api.example/base";
    const ask = (numbers: readonly string[]) => poll.request(numbers, { base_url, credentials });

    it.each(HOSTILE)("poll asks for %j without leaving its place", (number) => {
      const request = ask([number]);
      const plain = ask(["N1"]);
      const [asked, usual] = [new URL(request.url), new URL(plain.url)];
      expect(asked.origin).toBe("https://api.example");
      expect(asked.pathname.split("/").length).toBe(usual.pathname.split("/").length);
      expect([...asked.searchParams.keys()]).toEqual([...usual.searchParams.keys()]);
      expect(asked.hash).toBe("");
      expect(() => new Headers(request.headers)).not.toThrow();
      expect(Object.keys(request.headers)).toEqual(Object.keys(plain.headers));
      if (plain.body?.startsWith("{")) {
        expect(shapeOf(JSON.parse(request.body ?? ""))).toEqual(shapeOf(JSON.parse(plain.body)));
      } else if (plain.body !== null) {
        expect(tagsOf(request.body ?? "")).toEqual(tagsOf(plain.body));
      }
    });

    it("poll takes as many numbers as it says", () => {
      const numbers = Array.from({ length: poll.numbers_per_call }, (_, n) => `NUMBER${n}X`);
      const { url, body } = ask(numbers);
      const sent = decodeURIComponent(url) + (body ?? "");
      for (const number of numbers) expect(sent).toContain(number);
      expect(() => ask([...numbers, "ONE-MORE"])).toThrow(/1 to \d+ numbers a call/u);
    });

    const { token } = poll;
    if (token !== undefined)
      it.each(NO_TOKENS)("token is not read from %s", (_, body) => {
        expect(token.read(body)).toBeNull();
      });
  }

  describe("reading", () => {
    it.each(NO_DOCUMENTS)("%s gives a remark, no event and no exception, by every way", (_, body) => {
      for (const source of SOURCES) {
        const result = read(
          carrier,
          documentOf(body, { source, http_status: source === "poll" ? 200 : null }),
        );
        expect(result.remarks.length).toBeGreaterThan(0);
        expect(result.shipments.flatMap(({ events }) => events)).toEqual([]);
      }
    });

    it.each(fixtures.filter(({ document }) => isJson(document.body)))(
      "$name written anew by somebody between tells the same",
      ({ document }) => {
        const value: unknown = JSON.parse(new TextDecoder().decode(document.body));
        const { shipments } = read(carrier, document);
        for (const text of [JSON.stringify(value), JSON.stringify(turned(value), null, "\t")])
          expect(read(carrier, { ...document, body: utf8(text) }).shipments).toEqual(shipments);
      },
    );

    it.each(fixtures)("$name in another encoding than it says never throws", ({ document }) => {
      const text = new TextDecoder().decode(document.body);
      const utf16 = new Uint8Array(new Uint16Array([...text].map((c) => c.charCodeAt(0))).buffer);
      const latin = Uint8Array.from([...text].map((c) => c.charCodeAt(0) & 0xff));
      const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...document.body]);
      for (const body of [utf16, latin, marked]) {
        for (const content_type of [
          null,
          "text/plain; charset=utf-16le",
          "application/json; charset=nobody-knows",
        ]) {
          const result = read(carrier, { ...document, body, content_type });
          expect(result.remarks.length + result.shipments.length).toBeGreaterThan(0);
        }
      }
      // A mark of UTF-8 before it changes nothing.
      const whole = read(carrier, document);
      expect(carrier.sourceOf?.(marked)).toBe(carrier.sourceOf?.(document.body));
      expect(read(carrier, { ...document, body: marked }).shipments).toEqual(whole.shipments);
    });

    it.each(fixtures)("$name with bytes changed at random never throws", ({ document }) => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(document.body.length), fc.integer({ min: 0, max: 255 })), {
            minLength: 1,
            maxLength: 5,
          }),
          (changes) => {
            const body = document.body.slice();
            for (const [at, byte] of changes) body[at] = byte;
            const result = read(carrier, { ...document, body });
            expect(Array.isArray(result.shipments)).toBe(true);
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  it("chooses by text however long the text is", () => {
    for (const { text } of carrier.rules.rules) {
      const words = (text?.source ?? "").split(/[^\p{L}\p{N} ]+/u).filter((word) => word.length > 1);
      for (const word of ["a", " ", "0", ...words]) {
        const long = word.repeat(Math.ceil(200_000 / word.length));
        expect(chooseCode(carrier.rules, { code: null, text: `${long}!` }).rule.version).toBe(
          carrier.rules.version,
        );
      }
    }
  });
});

it("a rule looks at the beginning of a text, which is where a sentence stands", () => {
  const rule = newRule("x", 1, {
    code: null,
    sub_code: null,
    service: null,
    text: "delivered",
    path: "delivery/delivered",
    reason: null,
  });
  const table = withRules({ carrier_id: "x", version: 1, rules: [], byKey: new Map(), byText: [] }, [rule]);
  expect(chooseCode(table, { code: null, text: `${" ".repeat(900)}Delivered` }).rule.id).toBe("x:~delivered");
  expect(chooseCode(table, { code: null, text: `${" ".repeat(1100)}Delivered` }).rule.id).toBe("x:unmapped");
});

/** Numbers that nobody has and somebody may send. */
const HOSTILE = [
  "..",
  ".",
  "../../admin",
  "a/../../b",
  "1?x=1",
  "1&x=1",
  "1#x",
  "1;2",
  "1,2",
  " 1 2 ",
  "%2e%2e%2f",
  "1\\2",
  "\"'><x y='",
  "</parcelLabelNumber><a>",
  "]]>",
  "&amp;&x;",
  "$(x)",
  '{"a":1}',
  "ü€😀",
  "\ud800",
  "1".repeat(200),
];

const NO_TOKENS: [name: string, body: Uint8Array][] = [
  ["nothing", utf8("")],
  ["a web page", utf8("<!doctype html><html><body>authToken access_token</body></html>")],
  ["null", utf8("null")],
  ["a list", utf8("[]")],
  ["a number for a token", utf8('{"access_token":7,"expires_in":3600}')],
  ["an empty token", utf8('{"access_token":"","expires_in":3600}')],
  ["an error", utf8('{"error":"invalid_client"}')],
  ["an empty element", utf8("<a><authToken></authToken></a>")],
  ["text that stops", utf8('{"access_token":"abc')],
  ["bytes", Uint8Array.from({ length: 5000 }, (_, n) => (n * 7919) % 256)],
  ["5 MB", utf8("<authToken>".repeat(500_000))],
];

const MB = 1024 * 1024;
const NO_DOCUMENTS: [name: string, body: Uint8Array][] = [
  ["nothing", utf8("")],
  ["white space", utf8(" \r\n\t ".repeat(1000))],
  ["a web page", utf8("<!DOCTYPE html><html><body>502</body></html>")],
  ["5 MB of a letter", utf8("a".repeat(5 * MB))],
  ["5 MB of blanks and a letter", utf8(`${" ".repeat(5 * MB)}a`)],
  ["5 MB of lines", utf8("x;y|z\n".repeat((5 * MB) / 6))],
  ["5 MB of quotation marks", utf8('"'.repeat(5 * MB))],
  ["5 MB of EDIFACT's signs", utf8(`UNB+UNOC:3+A+B+260314:0900+1'${"+:?'".repeat(MB)}`)],
  ["lists in lists", utf8("[".repeat(100_000) + "]".repeat(100_000))],
  ["objects in objects", utf8(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)],
  ["elements in elements", utf8(`${"<a>".repeat(20_000)}${"</a>".repeat(20_000)}`)],
  ["elements that never end", utf8("<a>".repeat(100_000))],
  ["50 MB of a letter", new Uint8Array(50 * MB).fill(0x61)],
  ["5 MB of bytes", Uint8Array.from({ length: 5 * MB }, (_, n) => ((n * 7919) % 255) + 1)],
];

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(body));
    return true;
  } catch {
    return false;
  }
}

/** The same JSON with the fields of each object the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, turned(part)]),
  );
}

/** The keys of a value and what kind each has; texts are all alike. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value === null || typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)]));
}

const tagsOf = (xml: string) => [...xml.matchAll(/<[^>]*>/gu)].map(([tag]) => tag);

/** What the fixtures tell of each shipment, an event a post. A shipment told by several fixtures is several here: their clocks differ. */
function timelinesOf(
  carrier: Carrier,
  documents: readonly RawDocument[],
): { number: string; posts: Post[] }[] {
  return documents.flatMap((document, index) => {
    const told = Map.groupBy(read(carrier, document).shipments, (one) => one.carrier_tracking_id);
    return [...told]
      .map(([number, shipments]) => ({
        number: `${number} of document ${index + 1}`,
        posts: shipments.flatMap((one) => one.events.map((event) => postOf(one, event, document))),
      }))
      .filter(({ posts }) => posts.length > 0);
  });
}

function postOf(
  one: HarmonizedShipment,
  event: HarmonizedShipment["events"][number],
  document: RawDocument,
): Post {
  const parcel = one.parcel_tracking_id;
  return {
    shipment_id: "shp_1",
    parcel_number: parcel === null || parcel === one.carrier_tracking_id ? "" : parcel,
    parcel_id: null,
    source: document.source,
    document_id: "doc_1",
    reread: false,
    events: [event],
    eta: null,
    carrier_tracking_update: one.carrier_tracking_update,
  };
}

/** The shipment after these posts came, so many at a time. */
function arriving(posts: readonly Post[], together = posts.length): ShipmentTimeline {
  let shipment: ShipmentTimeline = {
    id: "shp_1",
    tenant_id: "1001.live",
    carrier_id: "any",
    carrier_tracking_id: "S1",
    version: 0,
    last_sequence: 0,
    not_before: null,
    direction: "outbound",
    status: "registered",
    ended_at: null,
    eta: null,
    facts: {},
    parcels: [],
    events: [],
  };
  for (let at = 0; at < posts.length; at += together) {
    const plan = planAppend(shipment, posts.slice(at, at + together), RECEIVED_AT);
    if (plan === null) continue;
    const events: KnownEvent[] = [...shipment.events, ...plan.events];
    const parcels = [
      ...shipment.parcels,
      ...plan.new_parcels.map((number) => ({ number, id: `prc_${number}`, status: "registered" })),
    ];
    shipment = {
      ...shipment,
      version: shipment.version + 1,
      status: plan.standing.status,
      eta: plan.eta,
      facts: plan.facts,
      events,
      parcels,
    };
  }
  return shipment;
}

const idsOf = ({ events }: ShipmentTimeline) => events.map(({ id }) => id).toSorted();
/** What happened to which parcel on which day: told twice by two ways it is still one. */
const factsOf = ({ events }: ShipmentTimeline) =>
  [
    ...new Set(
      events
        .filter(({ duplicate_of }) => duplicate_of === null)
        .map(({ parcel, path, local }) => `${parcel} ${path} ${local?.slice(0, 10)}`),
    ),
  ].toSorted();
const statusOf = ({ events, parcels }: ShipmentTimeline) => {
  const { status, pieces } = shipmentStanding(
    events,
    parcels.map(({ number }) => number),
  );
  return { status, pieces };
};
