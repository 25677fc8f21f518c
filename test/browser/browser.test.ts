import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accessibilityFaults, startBrowser } from "./browser.ts";

/** The eye that the other tests here look with: what it calls faultless has been looked at. */
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

it("finds a picture without words, and nothing on a page that is as it should be", async () => {
  const page = await browser.newPage();
  const frame = (body: string) =>
    `<!doctype html><html lang="en"><head><title>A page</title></head><body><main><h1>A page</h1>${body}</main></body></html>`;
  await page.setContent(frame('<img src="data:,">'));
  expect((await accessibilityFaults(page)).map((fault) => fault.id)).toEqual(["image-alt"]);
  await page.setContent(frame("<p>Words.</p>"));
  expect(await accessibilityFaults(page)).toEqual([]);
});
