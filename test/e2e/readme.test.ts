import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { eventually, openWorld, type World } from "./world.ts";

/** The README's first five minutes, typed as they stand: from a fresh stack to the first event at one's own endpoint. */

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

const Told = z.array(
  z.object({
    carrier_tracking_id: z.string(),
    sequence: z.number(),
    shipment_status: z.string(),
    test: z.literal(true),
  }),
);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

it("the shipment's events arrive at one's own endpoint, in order, to the end", async () => {
  const told: z.infer<typeof Told> = [];
  const endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.push(...Told.parse(JSON.parse(Buffer.concat(chunks).toString())));
      response.end();
    });
  });
  const port = await new Promise<number>((resolve) =>
    endpoint.listen(0, "127.0.0.1", () => {
      const address = endpoint.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  world.owns({ close: () => endpoint.close() });
  const section = readme.slice(readme.indexOf("## First shipment, first webhook"));
  const block = /^```bash\n([\s\S]*?)^```$/mu.exec(section)?.[1] ?? "";
  const typed = block
    .replace("http://127.0.0.1:8787", world.stack.url)
    .replace("THE-TOKEN", world.stack.admin_token)
    .replace("127.0.0.1:9000", `127.0.0.1:${port}`);
  const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", typed], {
    encoding: "utf8",
  });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  await eventually(
    () => told.at(-1)?.shipment_status,
    (last) => last === "delivered",
  );
  expect(told.map((element) => element.sequence)).toEqual(told.map((_, at) => at + 1));
  expect(new Set(told.map((element) => element.carrier_tracking_id))).toEqual(new Set(["SBX0000000000018"]));
  const page = /"tracking_url":"([^"]+)"/u.exec(stdout)?.[1] ?? "";
  const shown = await fetch(page);
  expect([shown.status, (await shown.text()).includes("SBX0000000000018")]).toEqual([200, true]);
});
