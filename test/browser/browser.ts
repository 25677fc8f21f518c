import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import bundledChromium from "@sparticuz/chromium";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";

/** A real Chromium without a window: the machine's own where there is one, else the one that npm brought. */

const INSTALLED = [process.env.CHROMIUM_PATH ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"];

/** Keeps the browser off the network: it may ask nobody but the pages under test. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function startBrowser(): Promise<Browser> {
  const installed = INSTALLED.find((path) => path !== "" && existsSync(path));
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: QUIET });
  const executablePath = await bundledChromium.executablePath();
  return chromium.launch({ executablePath, args: [...bundledChromium.args, ...QUIET] });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const Found = z.array(z.object({ id: z.string(), help: z.string(), nodes: z.array(z.string()) }));

/** What axe (rules of WCAG 2.2 A and AA, and its best practices) finds wrong with the page as it stands; nothing is []. */
export async function accessibilityFaults(page: Page): Promise<z.infer<typeof Found>> {
  await page.evaluate(AXE);
  return Found.parse(
    await page.evaluate(
      `axe.run(document).then(({ violations }) => violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.html.slice(0, 200)) })))`,
    ),
  );
}

const PHOTOS = process.env.GLUEY_PHOTOS ?? join(tmpdir(), "gluey-photos");

/** A picture of the page as `NAME.png`, kept outside the project, all of it or what its window shows; its path. */
export async function photograph(
  page: Page,
  name: string,
  what: "page" | "window" = "page",
): Promise<string> {
  mkdirSync(PHOTOS, { recursive: true });
  const path = join(PHOTOS, `${name}.png`);
  await page.screenshot({ path, fullPage: what === "page" });
  return path;
}
