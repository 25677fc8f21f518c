import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codesOf, eventually } from "../e2e/world.ts";
import { accessibilityFaults, photograph, startBrowser } from "./browser.ts";
import { type ConsoleStage, makeDeadLetters, openConsoleStage, REFERENCE, STRANGE } from "./console-stage.ts";

/** The console as a person uses it: every page opened in light, dark and on a phone, and each thing done that can be done. */

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 } },
} as const;

let browser: Browser;
let stage: ConsoleStage;
let operator: BrowserContext;
let account: BrowserContext;
const refused: string[] = [];

beforeAll(async () => {
  browser = await startBrowser();
  stage = await openConsoleStage();
  operator = await signedIn(stage.world.stack.admin_token);
  account = await signedIn(stage.account.key);
});
afterAll(async () => {
  await stage?.close();
  await browser?.close();
});

const at = (path: string) => `${stage.world.stack.url}${path}`;

/** A page, from which whatever its policy refuses is noted. */
async function open(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") refused.push(`${path}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(stage.world.stack.url)) refused.push(`${path} asks ${request.url()}`);
  });
  await page.goto(at(path));
  return page;
}

/** Signs in by keyboard alone. */
async function signedIn(key: string): Promise<BrowserContext> {
  const context = await browser.newContext();
  const page = await open(context, "/console");
  expect(new URL(page.url()).pathname).toBe("/console/sign-in");
  await page.focus("body");
  await page.keyboard.press("Tab");
  await page.keyboard.type(key);
  await page.keyboard.press("Enter");
  await page.waitForURL(at("/console"));
  await page.close();
  return context;
}

/** A page in each look: nothing for axe to find, nothing to scroll sideways for, and a photo. */
async function look(context: BrowserContext, name: string, path: string): Promise<void> {
  const storageState = await context.storageState();
  for (const [word, how] of Object.entries(LOOKS)) {
    const dressed = await browser.newContext({ ...how, storageState });
    const page = await open(dressed, path);
    expect([name, word, await accessibilityFaults(page)]).toEqual([name, word, []]);
    const sideways = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
    expect([name, word, sideways]).toEqual([name, word, false]);
    await photograph(page, `console-${name}-${word}`);
    await dressed.close();
  }
}

describe("every page", () => {
  const whose = () => `account=${stage.account.account_number}&mode=test`;
  const pages: [name: string, who: "operator" | "account", path: () => string][] = [
    ["flow", "operator", () => "/console?within=hour"],
    ["flow-of-account", "account", () => "/console?within=hour"],
    ["shipments", "account", () => "/console/shipments"],
    ["shipment", "operator", () => `/console/shipments/${stage.shipments.delivered}`],
    ["shipment-unmapped", "account", () => `/console/shipments/${stage.shipments.unknown}`],
    ["documents", "operator", () => "/console/documents?within=day"],
    ["carriers", "operator", () => "/console/carriers"],
    ["carrier", "operator", () => `/console/carriers/${stage.connections.poll}`],
    ["unmapped", "operator", () => "/console/unmapped"],
    ["map", "operator", () => `/console/unmapped/map?carrier_id=sandbox&code=${STRANGE}`],
    ["mappings", "operator", () => "/console/unmapped/mappings"],
    ["deliveries", "account", () => "/console/deliveries"],
    ["deliveries-of-all", "operator", () => "/console/deliveries"],
    ["dead-letters", "account", () => "/console/deliveries/dead-letters"],
    ["endpoints", "operator", () => `/console/deliveries/endpoints?${whose()}`],
    ["nowhere", "operator", () => "/console/nowhere"],
  ];
  it.each(pages)("%s, for the %s: read by axe in light, dark and on a phone", async (name, who, path) => {
    await look(who === "operator" ? operator : account, name, path());
  });

  it("the form to sign in, too", async () => {
    await look(await browser.newContext(), "sign-in", "/console/sign-in");
  });

  it("is reached by keyboard: past the navigation at once, and to everything in it", async () => {
    const page = await open(operator, "/console/unmapped");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("To the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    await page.focus("body");
    const reached = new Set<string>();
    for (let stop = 0; stop < 40; stop++) {
      await page.keyboard.press("Tab");
      reached.add(String(await page.evaluate("document.activeElement.textContent.trim().slice(0, 40)")));
    }
    for (const word of ["Flow", "Shipments", "Carriers", "Deliveries", "Sign out", "Map a code", "Mappings"])
      expect([...reached]).toContain(word);
    await page.close();
  });
});

describe("the flow", () => {
  it("opens the rows behind a number, and refreshes by itself until it is held still", async () => {
    const page = await open(operator, "/console?within=day");
    await page.evaluate("document.querySelector('#live').dataset.seen = 'yes'");
    const before = await page.textContent("#live > p:last-child");
    await eventually(
      () => page.textContent("#live > p:last-child"),
      (text) => text !== before,
    );
    expect(await page.getAttribute("#live", "data-seen")).toBe("yes");
    await page.getByRole("button", { name: "Hold still" }).click();
    expect(await page.getAttribute("[data-holds]", "aria-pressed")).toBe("true");
    await page.locator(".flow-wide a").first().click();
    await page.waitForURL(/\/console\/documents\?/u);
    expect(await page.textContent("h1")).toBe("Documents");
    expect(await page.locator("tbody tr").count()).toBeGreaterThan(0);
    await page.close();
  });

  it("works without its script", async () => {
    const quiet = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await operator.storageState(),
    });
    const page = await open(quiet, "/console");
    expect(await page.getByRole("button", { name: "Hold still" }).isVisible()).toBe(false);
    await page.getByRole("link", { name: "Load again" }).click();
    expect(await page.textContent("h1")).toBe("Flow");
    await quiet.close();
  });
});

describe("a shipment", () => {
  it("is found by its reference, and says on one page what came, whence, and whom we told when", async () => {
    const page = await open(account, "/console");
    await page.getByRole("searchbox", { name: "Find a shipment" }).fill(REFERENCE);
    await page.keyboard.press("Enter");
    await page.waitForURL(at(`/console/shipments/${stage.shipments.delivered}`));
    expect(await page.textContent("h1")).toBe(stage.numbers.delivered);
    const told = await page.locator(".answer").innerText();
    expect(told).toContain("7 of 7 told");
    expect(told).toMatch(/answered 204 after \d+ ms/u);
    const steps = page.locator(".steps > li");
    expect(await steps.count()).toBe(7);
    const last = await steps.first().innerText();
    for (const part of [
      "delivery · delivered · with signature",
      "DELIVERED",
      "sandbox:DELIVERED/SIGNED",
      "told",
    ])
      expect(last).toContain(part);
    await steps
      .first()
      .getByRole("link", { name: /this document/u })
      .click();
    expect(await page.locator("pre.raw").innerText()).toContain(stage.numbers.delivered);
    expect(await accessibilityFaults(page)).toEqual([]);
    await photograph(page, "console-document-light");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toMatch(/^doc_/u);
    await page.close();
  });

  it("of another account is not there", async () => {
    const page = await open(account, `/console/shipments?q=${stage.numbers.others}`);
    expect(await page.innerText("main")).toContain("Nothing found");
    await page.goto(at(`/console/shipments/${stage.shipments.others}`));
    expect(await page.textContent("h1")).toBe("Not here");
    await page.close();
  });
});

describe("an unmapped code", () => {
  it("is mapped: what would change is seen, then applied, and told as a further event", async () => {
    const page = await open(operator, "/console/unmapped");
    await page.getByRole("link", { name: new RegExp(`^Map it.*${STRANGE}`, "u") }).click();
    await page.getByLabel("Code of Gluey").selectOption("in_transit/arrived_at_carrier_facility");
    await page.getByRole("button", { name: "See what would change" }).click();
    expect(await page.locator(".note").innerText()).toContain(
      "1 event in 1 document would be told otherwise.",
    );
    expect(await page.locator("tbody").innerText()).toContain("in_transit/arrived_at_carrier_facility");
    expect(await accessibilityFaults(page)).toEqual([]);
    await photograph(page, "console-dry-run-light");
    await page.getByRole("button", { name: "Apply" }).click();
    expect(await page.locator(".note").innerText()).toContain("The code is mapped.");
    await eventually(
      () => codesOf(stage.account, stage.numbers.unknown),
      (codes) => codes.length === 3,
    );
    await page.goto(at(`/console/shipments/${stage.shipments.unknown}`));
    expect(await page.locator(".steps").innerText()).toContain("an operator's mapping");
    await page.close();
  });
});

describe("deliveries", () => {
  it("a dead letter is sent again, once its endpoint goes on", async () => {
    const number = await makeDeadLetters(stage);
    const page = await open(account, "/console/deliveries/dead-letters");
    await eventually(
      async () => {
        await page.reload();
        return page.locator("tbody tr").count();
      },
      (letters) => letters >= 1,
    );
    await look(account, "dead-letters-some", "/console/deliveries/dead-letters");
    await page.getByRole("link", { name: "resume it" }).click();
    await page.getByRole("link", { name: /127\.0\.0\.1/u }).click();
    expect(await page.locator(".acts").first().innerText()).toContain("gone");
    const endpoint = new URL(page.url()).pathname;
    await look(account, "endpoint-gone", endpoint);
    await page.getByRole("button", { name: "Resume" }).click();
    expect(await page.locator(".note").first().innerText()).toContain("The endpoint goes on.");
    await page.goto(at("/console/deliveries/dead-letters"));
    await page
      .getByRole("button", { name: /^Send again/u })
      .first()
      .click();
    expect(await page.locator(".note").first().innerText()).toContain("It is sent again.");
    await eventually(
      () =>
        stage.receiver.received.some(
          ({ status, events }) => status === 204 && events.some((one) => one.carrier_tracking_id === number),
        ),
      (arrived) => arrived,
    );
    await eventually(
      async () => {
        await page.goto(at(endpoint));
        return page.locator("main").innerText();
      },
      (text) => /gone[\s\S]*active/u.test(text) && text.includes("delivered"),
    );
    await page.close();
  });

  it("an endpoint is paused and goes on", async () => {
    const page = await open(account, "/console/deliveries/endpoints");
    await page.getByRole("link", { name: /127\.0\.0\.1/u }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    expect(await page.locator(".note").first().innerText()).toContain("The endpoint is paused");
    await page.getByRole("button", { name: "Resume" }).click();
    expect(await page.locator(".note").first().innerText()).toContain("The endpoint goes on.");
    await page.close();
  });
});

describe("a connection", () => {
  it("is tested, paused and resumed", async () => {
    const page = await open(operator, "/console/carriers");
    await page.locator(`a[href$="${stage.connections.poll}"]`).click();
    await page.getByLabel("Number to ask for").fill(stage.numbers.delivered);
    await page.getByRole("button", { name: "Test" }).click();
    expect(await page.locator(".note").innerText()).toContain("API works");
    expect(await accessibilityFaults(page)).toEqual([]);
    await photograph(page, "console-tested-light");
    await page.getByRole("button", { name: "Pause" }).click();
    expect(await page.locator(".head").innerText()).toContain("paused");
    await page.getByRole("button", { name: "Resume" }).click();
    expect(await page.locator(".head").innerText()).not.toContain("paused");
    await page.close();
  });
});

it("signing out ends it", async () => {
  const context = await signedIn(stage.other.key);
  const page = await open(context, "/console");
  await page.getByRole("button", { name: "Sign out" }).click();
  expect(new URL(page.url()).pathname).toBe("/console/sign-in");
  await page.goto(at("/console/shipments"));
  expect(new URL(page.url()).pathname).toBe("/console/sign-in");
  await context.close();
});

it("nothing was refused by the pages' policy, and nobody else was asked", () => {
  expect(refused.filter((line) => !line.includes("404"))).toEqual([]);
});
