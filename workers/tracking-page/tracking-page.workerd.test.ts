import { beforeAll, describe, expect, it } from "vitest";
import {
  aConnection,
  anAccount,
  fieldOf,
  problemOf,
  type SendOptions,
  testClient,
  textOf,
} from "../api/test-client.ts";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { SIGNATURE_HEADER, sign } from "../carriers/sandbox/signature.ts";
import type { Context } from "../context.ts";
import { tenantOf } from "../domain/tenant.ts";
import { receivePush } from "../flow/receive.ts";
import { readPageShipment } from "../storage/tracking-page.ts";
import { Inboxes } from "../testing/inboxes.ts";
import { present } from "../testing/present.ts";
import { recording, tableScans } from "../testing/seed.ts";
import { COLOUR } from "./colour.ts";

/** The tracking page on the real app: who is let in, what is told, and what is not. */

const SECRET = "a secret of the sandbox";
const inboxes = new Inboxes(() => client.ctx);
let clock = Date.parse("2026-03-14T12:00:00Z");
const overrides: Partial<Context> = { inboxOf: inboxes.of, now: () => clock };
const client = testClient(overrides);
const { ctx, send } = client;
let acme = { live: "", test: "" };
let globex = { live: "", test: "" };
let connection = "";

beforeAll(async () => {
  acme = await anAccount(client, "acme");
  globex = await anAccount(client, "globex");
  connection = await aConnection(client, ["acme", "globex"], {
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
});

let count = 52_000;
async function aShipment(more: object = {}, key = acme.test) {
  const number = sandboxNumber(count++);
  const body = { carrier_id: "sandbox", carrier_tracking_id: number, ...more };
  const answer = await send("POST", "/shipments", { key, body });
  const url = textOf(answer.body, "tracking_url");
  return { number, id: textOf(answer.body, "id"), url, path: new URL(url).pathname };
}

const get = (path: string, options: SendOptions = {}) => send("GET", path, options);
const english = { headers: { "accept-language": "en" } };

/** A push of the sandbox carrier, taken through every step. */
async function told(tracking: object): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify({ tracking: [tracking] }));
  const request = new Request("https://api.example/push", {
    method: "POST",
    headers: { [SIGNATURE_HEADER]: sign(SECRET, Math.floor(clock / 1000), body) },
    body,
  });
  expect((await receivePush(ctx, "sandbox", connection, request)).status).toBe(202);
  await inboxes.settle();
}

describe("the page of a shipment", () => {
  it("is told in the shipment, the same each time, and opens without a key", async () => {
    const { id, url, path } = await aShipment();
    expect(url).toMatch(/^https:\/\/api\.example\/t\/[A-Za-z0-9_-]{43,120}$/u);
    expect(textOf((await get(`/shipments/${id}`, { key: acme.test })).body, "tracking_url")).toBe(url);
    const page = await get(path, english);
    expect(page.status).toBe(200);
    expect(String(page.body)).toContain("The carrier has not told us anything yet.");
  });

  it("tells what happened, in the reader's language, and nothing of the people or the customer", async () => {
    const { number, path } = await aShipment({
      uuid_ref: "ORDER-4711",
      references: { shipper: "SHIPPER-REF", receiver: "RECEIVER-REF" },
      meta_data: [{ key: "shop", value: "META-VALUE" }],
      destination: { iso_country: "SE", postal_code: "11122" },
    });
    await told({
      tracking_number: number,
      events: [
        { code: "PICKED_UP", time: "2026-03-13T17:05:00+01:00", place: { city: "Malmö", country: "SE" } },
        {
          code: "DELIVERED",
          sub_code: "SIGNED",
          text: "Left with Anna Svensson",
          time: "2026-03-14T09:12:00+01:00",
          place: { name: "Anna Svensson", city: "Lund", country: "SE" },
          signed_by: "A. Svensson",
        },
      ],
    });
    const page = await get(path, { headers: { "accept-language": "sv-SE,sv;q=0.9" } });
    const words = String(page.body);
    expect(words).toContain('<html lang="sv">');
    for (const said of [
      "Levererad mot underskrift",
      "Lund, Sverige",
      "09:12",
      "Hämtad av transportören",
      number,
    ])
      expect(words).toContain(said);
    for (const secret of [
      "Svensson",
      "ORDER-4711",
      "SHIPPER-REF",
      "RECEIVER-REF",
      "META-VALUE",
      "11122",
      "shp_",
    ])
      expect(words).not.toContain(secret);
    expect(String((await get(`${path}?lang=fi`)).body)).toContain("Toimitettu allekirjoitusta vastaan");
  });

  it("is kept from machines, other sites and scripts", async () => {
    const { path } = await aShipment();
    const { headers, body } = await get(path);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("cache-control")).toBe("private, max-age=60");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-robots-tag")).toBe("noindex, nofollow");
    expect(headers.get("vary")).toBe("accept-language");
    expect(headers.get("x-bookmark")).toBeNull();
    expect(String(body)).not.toMatch(/<script|<style|\s(?:style|on[a-z]+)=|javascript:/iu);
    expect(String(body)).toMatch(/^<!doctype html><html lang="en">/u);
  });

  it("writes what a carrier says as words, whatever they look like", async () => {
    const { number, path } = await aShipment();
    await told({
      tracking_number: number,
      events: [
        {
          code: "ARRIVED",
          time: "2026-03-14T09:12:00+01:00",
          place: { city: '<img src=x onerror="alert(1)">', country: "SE" },
        },
      ],
    });
    const words = String((await get(path, english)).body);
    expect(words).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(words).not.toContain("<img src=x");
  });

  it("says that a test shipment is one, and of a live one nothing of the kind", async () => {
    const { id, path } = await aShipment();
    expect(String((await get(path, english)).body)).toContain("This is a test shipment.");
    const live = await ctx.trackingLinks.issue({ tenant: tenantOf("acme", "live"), shipment_id: id });
    expect((await get(`/t/${live}`)).status).toBe(404);
  });
});

describe("a link", () => {
  it("that is forged, cut, another tenant's, unknown or over shows one and the same page", async () => {
    const { id, path } = await aShipment();
    const token = path.slice(3);
    const issue = (account: string, shipment_id: string) =>
      ctx.trackingLinks.issue({ tenant: tenantOf(account, "test"), shipment_id });
    const wrong = [
      "x",
      token.slice(0, -1),
      `${token.slice(0, 20)}${token[20] === "A" ? "B" : "A"}${token.slice(21)}`,
      `${token}A`,
      await issue("globex", id),
      await issue("nobody", id),
      await issue("acme", ctx.newId("shp")),
      "%00",
      "A".repeat(2000),
    ];
    const pages = await Promise.all(wrong.map((one) => get(`/t/${one}`, english)));
    expect(pages.map(({ status }) => status)).toEqual(wrong.map(() => 404));
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1);
    const [page] = pages;
    expect(String(page?.body)).toContain("There is nothing to show here");
    expect(page?.headers.get("cache-control")).toBe("no-store");
    expect(page?.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(String((await get("/t/x", { headers: { "accept-language": "da" } })).body)).toContain(
      '<html lang="da">',
    );
  });

  it("ends when its customer stops tracking", async () => {
    const { id, path } = await aShipment();
    expect((await get(path)).status).toBe(200);
    expect((await send("DELETE", `/shipments/${id}`, { key: acme.test })).status).toBe(204);
    expect((await get(path)).status).toBe(404);
    expect(fieldOf((await get(`/shipments/${id}`, { key: acme.test })).body, "tracking_url")).toBeNull();
  });

  it("ends with the shipment: so long after the last news of it as events are kept", async () => {
    const { path } = await aShipment();
    const before = clock;
    clock += ctx.kept.events_ms - 86_400_000;
    expect((await get(path)).status).toBe(200);
    clock += 2 * 86_400_000;
    expect((await get(path)).status).toBe(404);
    clock = before;
  });

  it("that is opened too often is asked to wait, whoever opens it", async () => {
    const { id, path } = await aShipment();
    const over = new Set([`page:${id}`, `logo:${id}`]);
    const keyRate = { limit: async ({ key }: { key: string }) => ({ success: !over.has(key) }) };
    const busy = testClient({ ...overrides, keyRate });
    expect((await busy.send("GET", `${path}/logo/${"0".repeat(32)}`)).status).toBe(429);
    const page = await busy.send("GET", path, english);
    expect([page.status, page.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(String(page.body)).toContain("Just a moment");
    const { path: other } = await aShipment();
    expect((await busy.send("GET", other)).status).toBe(200);
  });

  it("costs an index look-up for each row", async () => {
    const seen = new Set<string>();
    const { id } = await aShipment();
    await readPageShipment(recording(ctx.control, seen), "acme.test", id);
    expect(seen.size).toBe(3);
    for (const sql of seen) expect(await tableScans(ctx.control, sql), sql).toEqual([]);
  });
});

/** 2 × 1 pixels. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR42mNk+M9Qz8DAwAAABgQBAYrGgIYAAAAASUVORK5CYII=";

describe("an account's branding", () => {
  const put = (body: object, key = acme.test, account = "acme") =>
    send("PUT", `/accounts/${account}/branding`, { key, body });

  it("is its name, colour and logo on its pages, and as they come when it is removed", async () => {
    const { path } = await aShipment();
    expect(String((await get(path)).body)).toContain("acme Ltd");
    const answer = await put({ name: "Nordic Shop", colour: "#FFD400", logo: PNG });
    expect(answer.body).toEqual({
      name: "Nordic Shop",
      colour: "#ffd400",
      logo: { digest: expect.stringMatching(/^[0-9a-f]{32}$/u), width: 2, height: 1 },
    });
    expect((await get("/accounts/acme/branding", { key: acme.live })).body).toEqual(answer.body);
    const words = String((await get(path)).body);
    expect(words).toContain('href="/t/-/colour-ffd400.css"');
    const src = present(/<img src="([^"]+)" width="2" height="1" alt="Nordic Shop"/u.exec(words)?.[1]);
    const logo = await get(src);
    expect([logo.status, logo.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(logo.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await get(src.replace(/.$/u, "0").replace(/..$/u, "zz"))).status).toBe(404);
    expect((await send("DELETE", "/accounts/acme/branding", { key: acme.test })).status).toBe(204);
    expect(String((await get(path)).body)).toContain("acme Ltd");
    expect((await get(src)).status).toBe(404);
  });

  it("is the account's own to set", async () => {
    expect(problemOf(await put({ name: "Mine" }, globex.test), 403)).toContain("globex");
  });

  it.each<[object, string]>([
    [{ colour: "red" }, "colour must be #rrggbb, like #0b5cad."],
    [{ logo: "!!" }, "logo must be base64."],
    [
      { logo: btoa("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>") },
      "logo must be a PNG, JPEG or WebP",
    ],
    [{ logo: btoa("GIF89a".padEnd(60, "x")) }, "logo must be a PNG, JPEG or WebP"],
    [{ logo: "A".repeat(90_000) }, "at most 65536."],
    [{ name: "" }, "name must have at least 1 character"],
    [{ name: "a\u0007b" }, "control characters"],
  ])("refuses what is not one: %#", async (body, why) => {
    expect(problemOf(await put(body), 422)).toContain(why);
  });
});

describe("the page's files", () => {
  it("are served by us, for a year, and nothing else is", async () => {
    const { path } = await aShipment();
    const words = String((await get(path)).body);
    const files = [...words.matchAll(/(?:href|src)="(\/t\/-\/[^"]+)"/gu)].map((match) => match[1] ?? "");
    expect(files.length).toBe(2);
    for (const file of [...files, "/t/-/colour-0b5cad.css"]) {
      const { status, headers, body } = await get(file);
      expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
      expect(String(body).length).toBeGreaterThan(50);
    }
    for (const file of ["/t/-/colour-red.css", "/t/-/nothing", "/t/-/colour-0b5cad.css.map"])
      expect((await get(file)).status).toBe(404);
    expect(COLOUR.test("#0b5cad")).toBe(true);
  });
});
