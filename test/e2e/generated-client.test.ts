import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { sandboxNumber } from "../../dev/demo/cast.ts";
import { openWorld, type World } from "./world.ts";

/** What a customer of another language does: a client made by a generator from /openapi.json, nothing written by hand. */

const root = join(import.meta.dirname, "../..");
const bin = (name: string) => join(root, "node_modules/.bin", name);
// Below the project, so that the generated code finds its runtime.
const folder = join(root, ".state", `generated-${process.pid}`);

let world: World;
beforeAll(async () => {
  world = await openWorld();
  mkdirSync(folder, { recursive: true });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

const callable = z.custom<(...values: unknown[]) => Promise<unknown>>((value) => typeof value === "function");
const Client = z.object({
  defaults: z.object({ baseUrl: z.string(), headers: z.record(z.string(), z.string()).optional() }),
  createShipment: callable,
  trackShipments: callable,
  getShipment: callable,
});
const Answer = z.object({ status: z.number(), data: z.unknown() });

it("compiles in strict mode and tracks a shipment", async () => {
  const described = await fetch(`${world.stack.url}/openapi.json`);
  writeFileSync(join(folder, "openapi.json"), await described.text());
  execFileSync(bin("oazapfts"), [join(folder, "openapi.json"), join(folder, "client.ts")], { stdio: "pipe" });
  // As a project of its own would: compiled, and the compiled code run.
  execFileSync(
    bin("tsc"),
    [
      ...["--ignoreConfig", "--strict", "--skipLibCheck", "--target", "ES2024", "--lib", "ES2024,DOM"],
      ...["--module", "ESNext", "--moduleResolution", "Bundler", "--types", "", "--outDir", folder],
      join(folder, "client.ts"),
    ],
    { stdio: "pipe", cwd: folder },
  );
  const module: unknown = await import(pathToFileURL(join(folder, "client.js")).href);
  const client = Client.parse(module);
  const { key, account_number } = await world.newAccount();
  await world.operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: [account_number],
    ways: { webhook: {} },
    credentials: { webhook_secret: "known to both" },
  });
  // The generated module is configured by its own object, not by the copy that was checked.
  const { defaults } = z.object({ defaults: z.custom<{ baseUrl: string; headers: object }>() }).parse(module);
  Object.assign(defaults, { baseUrl: world.stack.url, headers: { "x-key": key } });

  const number = sandboxNumber();
  const created = Answer.parse(
    await client.createShipment({ carrier_id: "sandbox", carrier_tracking_id: number }),
  );
  expect(created).toMatchObject({ status: 201, data: { carrier_tracking_id: number, status: "registered" } });
  const { id } = z.object({ id: z.string() }).parse(created.data);
  const tracked = Answer.parse(await client.trackShipments({ ids: [id] }));
  expect(tracked).toMatchObject({ status: 200, data: [{ id, status: "registered" }] });
  expect(Answer.parse(await client.getShipment("shp_none"))).toMatchObject({
    status: 404,
    data: { title: "Not Found" },
  });
});
