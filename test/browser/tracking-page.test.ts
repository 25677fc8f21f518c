import { deflateSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NewShipment } from "../../client/index.ts";
import { sandboxNumber } from "../../dev/demo/cast.ts";
import { type SandboxCarrier, startSandboxCarrier } from "../../dev/sandbox-carrier.ts";
import { LANGUAGE_TAGS, LANGUAGES } from "../../workers/tracking-page/languages.ts";
import { type Account, eventually, openWorld, type World } from "../e2e/world.ts";
import { accessibilityFaults, photograph, startBrowser } from "./browser.ts";

/** The tracking page as a person meets it: on a phone, in the dark, in their language, by keyboard, and without script. */

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1100, height: 900 };

let world: World;
let browser: Browser;
let carrier: SandboxCarrier;
let account: Account;
let webhook_url = "";

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), startBrowser()]);
  carrier = world.owns(await startSandboxCarrier());
  account = await world.newAccount();
  const connection = await world.operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: [account.account_number],
    ways: { webhook: {} },
    credentials: { webhook_secret: carrier.webhook_secret },
  });
  webhook_url = connection.webhook_url ?? "";
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** `hoursAgo` before now, as a clock in Central Europe in winter shows it. */
function at(hoursAgo: number): string {
  const local = new Date(Date.now() - hoursAgo * 3_600_000 + 3_600_000);
  return `${local.toISOString().slice(0, 16)}:00+01:00`;
}

const places = {
  hamburg: { city: "Hamburg", country: "DE" },
  malmo: { city: "Malmö", country: "SE" },
  lund: { city: "Lund", country: "SE" },
  locker: {
    name: "Paketbox Centralstationen",
    street: "Bangårdsgatan 4",
    postal_code: "222 21",
    city: "Lund",
    country: "SE",
    type: "parcel_locker",
    lat: 55.70584,
    lng: 13.18719,
  },
};

interface Scene {
  shipment?: Partial<NewShipment>;
  /** What the carrier tells; `{number}` stands for the shipment's. */
  tracking(number: string): object[];
  status: string;
}

/** Registers a shipment, has the carrier tell its story, and answers with its page's address. */
async function stage({ shipment = {}, tracking, status }: Scene): Promise<string> {
  const carrier_tracking_id = shipment.carrier_tracking_id ?? sandboxNumber();
  const { id, tracking_url } = await account.client.createShipment({
    carrier_id: "sandbox",
    carrier_tracking_id,
    ...shipment,
  });
  const told = tracking(carrier_tracking_id);
  if (told.length > 0) await carrier.push(webhook_url, JSON.stringify({ tracking: told }));
  await eventually(
    async () => (await account.client.getShipment(id)).status,
    (is) => is === status,
  );
  return tracking_url ?? "";
}

/** A fresh page without script, as a reader may have it; fails on anything that the browser complains of. */
async function open(
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: PHONE, deviceScaleFactor: 2, ...options });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(world.stack.url)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** Faultless to axe, nothing wider than the screen, and nothing to complain of. */
async function look(page: Page, complaints: readonly string[], name: string): Promise<void> {
  await photograph(page, `tracking-${name}`);
  expect(await accessibilityFaults(page)).toEqual([]);
  const [width, screen] = await page.evaluate<[number, number]>(
    "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
  );
  expect(width).toBeLessThanOrEqual(screen);
  expect(complaints).toEqual([]);
}

const onItsWay: Scene = {
  status: "out_for_delivery",
  tracking: (number) => [
    {
      tracking_number: number,
      eta: at(-4),
      events: [
        { code: "CREATED", time: at(52), place: places.hamburg },
        { code: "PICKED_UP", time: at(47), place: places.hamburg },
        { code: "DEPARTED", time: at(40), place: places.hamburg },
        {
          code: "ARRIVED",
          time: at(23),
          place: { ...places.malmo, name: "Malmö terminal", type: "sorting_facility" },
        },
        { code: "NOTIFIED", time: at(6) },
        { code: "OUT_FOR_DELIVERY", time: at(2), place: places.lund },
      ],
    },
  ],
};

const scenes: Record<string, Scene> = {
  "nothing-yet": { status: "registered", tracking: () => [] },
  locker: {
    status: "ready_for_pickup",
    tracking: (number) => [
      {
        tracking_number: number,
        events: [
          { code: "PICKED_UP", time: at(40), place: places.hamburg },
          { code: "ARRIVED", time: at(20), place: places.malmo },
          { code: "OUT_FOR_DELIVERY", time: at(8), place: places.lund },
          { code: "AT_LOCKER", time: at(3), place: places.locker },
        ],
      },
    ],
  },
  delivered: {
    status: "delivered",
    tracking: (number) => [
      {
        tracking_number: number,
        events: [
          { code: "PICKED_UP", time: at(40), place: places.hamburg },
          { code: "OUT_FOR_DELIVERY", time: at(8), place: places.lund },
          {
            code: "DELIVERED",
            sub_code: "NEIGHBOUR",
            time: at(3),
            place: places.lund,
            signed_by: "Anna Svensson",
          },
        ],
      },
    ],
  },
  customs: {
    status: "customs",
    tracking: (number) => [
      {
        tracking_number: number,
        eta: at(24).slice(0, 10),
        events: [
          { code: "PICKED_UP", time: at(90), place: { city: "London", country: "GB" } },
          {
            code: "CUSTOMS_HELD",
            sub_code: "DUTY",
            time: at(20),
            place: { ...places.malmo, type: "customs" },
          },
        ],
      },
    ],
  },
  attempted: {
    status: "delivery_attempted",
    tracking: (number) => [
      {
        tracking_number: number,
        events: [
          { code: "PICKED_UP", time: at(40), place: places.hamburg },
          { code: "OUT_FOR_DELIVERY", time: at(8), place: places.lund },
          { code: "ATTEMPT", sub_code: "NOT_HOME", time: at(3), place: places.lund },
        ],
      },
    ],
  },
  returning: {
    status: "returning",
    tracking: (number) => [
      {
        tracking_number: number,
        events: [
          { code: "PICKED_UP", time: at(400), place: places.hamburg },
          { code: "AT_PICKUP_POINT", time: at(370), place: { ...places.locker, type: "pudo" } },
          { code: "RETURNING", time: at(20), place: places.lund },
        ],
      },
    ],
  },
  lost: {
    status: "failed",
    tracking: (number) => [
      {
        tracking_number: number,
        events: [
          { code: "PICKED_UP", time: at(400), place: places.hamburg },
          { code: "DELAYED", sub_code: "WEATHER", time: at(200), place: places.malmo },
          { code: "LOST", time: at(20), place: places.malmo },
        ],
      },
    ],
  },
};

/** A picture of one colour with a white bar, as PNG. */
function aLogo(width: number, height: number, rgb: readonly [number, number, number]): string {
  const row = (y: number) =>
    Array.from({ length: width }, (_, x) => {
      const isBar = Math.abs(y - height / 2) < height / 8 && x > width / 6 && x < (width * 5) / 6;
      return isBar ? [255, 255, 255] : [...rgb];
    }).flat();
  const raw = Buffer.from(Array.from({ length: height }, (_, y) => [0, ...row(y)]).flat());
  const chunk = (type: string, content: Buffer) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(content.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([size, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]).toString("base64");
}

/** ISO/IEC 15948, annex D. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe("the tracking page", () => {
  let url = "";
  beforeAll(async () => {
    url = await stage(onItsWay);
  });

  it.each([...LANGUAGE_TAGS])("speaks %s, on a phone", async (tag) => {
    const locale = tag === "nb" ? "nb-NO" : tag;
    const { page, complaints } = await open(url, { locale });
    expect(await page.getAttribute("html", "lang")).toBe(tag);
    expect(await page.textContent("h1")).toBe(LANGUAGES[tag].statuses.out_for_delivery.title);
    await look(page, complaints, `out-for-delivery-${tag}`);
    await page.close();
  });

  it("is read in another language by its own links, by keyboard, and with script turned off", async () => {
    const { page } = await open(url, { locale: "en", javaScriptEnabled: false });
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press("Tab");
      if ((await page.locator(":focus").getAttribute("hreflang")) === "fi") break;
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\?lang=fi$/u);
    expect(await page.textContent("h1")).toBe("Jakelussa");
    await page.close();
  });

  it.each(Object.keys(scenes))("shows honestly what is out of the ordinary: %s", async (name) => {
    const scene = scenes[name];
    if (scene === undefined) throw new Error(`No scene ${name}.`);
    const address = await stage(scene);
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints } = await open(`${address}?lang=en`, { colorScheme });
      expect(await page.content()).not.toContain("Anna Svensson");
      await look(page, complaints, `${name}-${colorScheme}`);
      await page.close();
    }
  });

  it("tells where to pick it up, with a map that nobody is asked for before it is wanted", async () => {
    const { page } = await open(await stage(scenes.locker ?? onItsWay), { locale: "sv" });
    const pickup = page.getByRole("region", { name: "Här hämtar du" });
    expect(await pickup.textContent()).toContain("Bangårdsgatan 4");
    const link = pickup.getByRole("link");
    expect(await link.getAttribute("href")).toContain("openstreetmap.org/?mlat=55.70584&mlon=13.18719");
    expect(await link.getAttribute("rel")).toContain("noreferrer");
    await page.close();
  });

  it("tells each parcel of several, and where a parcel is not with the others", async () => {
    const numbers = Array.from({ length: 5 }, () => sandboxNumber()).toSorted();
    const parcels = numbers.map((carrier_tracking_id) => ({ carrier_tracking_id }));
    const address = await stage({
      shipment: { parcels },
      status: "in_transit",
      tracking: (number) =>
        parcels.map(({ carrier_tracking_id }, index) => ({
          tracking_number: carrier_tracking_id,
          shipment_number: number,
          events: [
            { code: "PICKED_UP", time: at(40), place: places.hamburg },
            { code: "ARRIVED", time: at(20), place: places.malmo },
            ...(index < 3 ? [{ code: "DELIVERED", time: at(2), place: places.lund }] : []),
          ],
        })),
    });
    const { page, complaints } = await open(`${address}?lang=de`);
    expect(await page.textContent("main")).toContain("3 von 5 Paketen zugestellt");
    expect(await page.textContent("main")).toContain("Pakete 1, 2, 3");
    await look(page, complaints, "five-parcels");
    await page.close();
  });

  it("wears the account's name, colour and logo, however bright the colour is", async () => {
    await account.client.setBranding(account.account_number, {
      name: "Nordic Shop",
      colour: "#ffd400",
      logo: aLogo(220, 60, [16, 92, 66]),
    });
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints } = await open(`${url}?lang=sv`, { colorScheme, viewport: DESK });
      expect(await page.getByRole("img", { name: "Nordic Shop" }).isVisible()).toBe(true);
      const width = await page.evaluate("document.querySelector('.brand img').naturalWidth");
      expect(width).toBe(220);
      await look(page, complaints, `branded-${colorScheme}`);
      await page.close();
    }
    await account.client.setBranding(account.account_number, {});
  });

  it("says kindly that a link leads nowhere", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open(`${world.stack.url}/t/nowhere?lang=da`, { colorScheme });
      expect(await page.textContent("h1")).toBe("Der er ikke noget at vise her");
      await look(page, [], `missing-${colorScheme}`);
      await page.close();
    }
  });
});
