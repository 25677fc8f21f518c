import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openWorld, type World } from "../e2e/world.ts";
import { accessibilityFaults, photograph, startBrowser } from "./browser.ts";

/** The API reference as an engineer meets it: found, read, and tried against the running stack. */
let world: World;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** A fresh page at /docs, and what its console and its network complained of. */
async function open(options: Parameters<Browser["newPage"]>[0] = {}): Promise<[Page, string[]]> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(world.stack.url)) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(`${world.stack.url}/docs`);
  return [page, complaints];
}

it("creates an account, a key and a shipment from the page's own forms and examples", async () => {
  const [page, complaints] = await open();
  const send = async (name: string, fill: (form: ReturnType<Page["locator"]>) => Promise<void>) => {
    const card = page.locator(`#${name}`);
    await card.getByText("Try it").click();
    const form = card.locator("form");
    await fill(form);
    await form.getByRole("button", { name: "Send" }).click();
    const output = form.locator("output");
    await expect.poll(() => output.textContent()).toMatch(/^\d{3} /u);
    const text = (await output.textContent()) ?? "";
    return { status: text.slice(0, 3), body: JSON.parse(text.slice(text.indexOf("{"))) };
  };
  await page.getByLabel("Operator's token").fill(world.stack.admin_token);
  const account = await send("createAccount", async () => {});
  expect(account.status).toBe("201");
  const key = await send("createKey", (form) =>
    form.getByLabel("account_number").fill(account.body.account_number),
  );
  expect(key.status).toBe("201");
  await send("createConnection", async () => {});
  await page.getByLabel("Key for the forms").fill(key.body.key);
  const shipment = await send("createShipment", async () => {});
  expect(shipment).toMatchObject({ status: "201", body: { carrier_id: "sandbox", status: "registered" } });
  const faulty = await send("getShipment", (form) => form.getByLabel("id", { exact: true }).fill("shp_none"));
  expect(faulty).toMatchObject({ status: "404", body: { request_id: expect.stringMatching(/^req_/u) } });
  // The browser reports the 404 that was asked for; nothing else.
  expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
});

it("is found by its list of calls, by keyboard too", async () => {
  const [page, complaints] = await open();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(new URL(page.url()).hash).toBe("#calls");
  await page.getByRole("navigation").getByRole("link", { name: "Batch Track Shipments" }).click();
  expect(new URL(page.url()).hash).toBe("#trackShipments");
  await expect.poll(() => page.locator("#trackShipments").isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

it.each(["light", "dark"] as const)(
  "has nothing that axe finds, in %s and on a phone",
  async (colorScheme) => {
    for (const [size, viewport] of Object.entries({
      desk: { width: 1280, height: 900 },
      phone: { width: 360, height: 780 },
    })) {
      const [page] = await open({ colorScheme, viewport });
      const card = page.locator("#createShipment");
      for (const summary of await card.locator("summary").all()) await summary.click();
      expect(await accessibilityFaults(page)).toEqual([]);
      const wider = await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth",
      );
      expect(wider, `${size}: scrolls sideways`).toBe(false);
      await card.scrollIntoViewIfNeeded();
      await photograph(page, `docs-${size}-${colorScheme}`, "window");
      await page.close();
    }
  },
);
