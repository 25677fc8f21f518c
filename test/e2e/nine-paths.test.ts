import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Performance, perform } from "../../dev/demo/run.ts";
import { openWorld, peerName, startPeer, type World } from "./world.ts";

const root = join(import.meta.dirname, "..", "..");

describe(`nine paths, sFTP with ${peerName}`, () => {
  let world: World;
  let performance: Performance;
  const said: string[] = [];
  beforeAll(async () => {
    world = await openWorld();
    performance = await perform(world.stack, {
      folder: world.folder,
      shipments_per_way: 3,
      hosts: { carrierHost: await startPeer(), customerHost: await startPeer() },
      within_ms: 120_000,
      say: (line) => void said.push(line),
    });
    world.owns(performance);
  });
  afterAll(() => world?.close());

  it.each(
    ["webhook", "sftp", "poll"].flatMap((way) =>
      ["webhook", "sftp", "api"].map((out) => [way, out] as const),
    ),
  )("%s in, %s out: every event once and in order", (way, out) => {
    const path = performance.paths.find((one) => one.in === way && one.out === out);
    expect(path, said.join("\n")).toMatchObject({ sent: 18, arrived: 18, duplicates: 0, out_of_order: 0 });
  });

  it("nothing arrived that was not sent, no webhook failed its signature, IFTSTA and CSV arrived as well", () => {
    expect(performance.faults).toEqual([]);
    expect(performance.ok).toBe(true);
    expect(performance.samples.map(({ text }) => text.slice(0, 3))).toEqual(["UNA", "eve"]);
  });
});

describe("npm run demo", () => {
  it("-- --once --json walks the nine paths, says so in its last line, and leaves no process behind", () => {
    const ran = spawnSync(process.execPath, [join(root, "dev", "demo.ts"), "--once", "--json"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    const Line = z.object({
      ok: z.boolean(),
      paths: z.array(z.object({ sent: z.number(), arrived: z.number() }).loose()),
    });
    const { ok, paths } = Line.parse(JSON.parse(ran.stdout.trimEnd().split("\n").at(-1) ?? ""));
    expect(ok).toBe(true);
    expect(paths).toHaveLength(9);
    expect(processesNaming("gluey-demo-")).toEqual([]);
  });
});

function processesNaming(word: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(word) && !line.includes("ps -eo"));
}
