import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { testContext, testEnv } from "../testing/seed.ts";
import { sweepBacklogs } from "./sweep.ts";

/** Which customers' objects a sweep asks for their alarm. Who is asked is only remembered. */

const woken: string[] = [];
let broken = "";

function sweeping(): Context {
  const ctx = testContext();
  return {
    ...ctx,
    deliveryOf: (tenant_id) => {
      const stub = ctx.deliveryOf(tenant_id);
      return new Proxy(stub, {
        get: (object, name) =>
          name === "lookAfter"
            ? async () => {
                if (tenant_id === broken) throw new Error("as the test wants it");
                woken.push(tenant_id);
                return true;
              }
            : Reflect.get(object, name),
      });
    },
  };
}

async function backlogs(count: number, waiting: number, prefix = "account"): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => `${prefix}-${String(at).padStart(5, "0")}.live`);
  await testEnv()
    .DB.prepare("INSERT INTO backlogs SELECT value, 1, ?2, 1 FROM json_each(?1)")
    .bind(JSON.stringify(names), waiting)
    .run();
  return names;
}

beforeEach(async () => {
  await testEnv().DB.batch([
    testEnv().DB.prepare("DELETE FROM backlogs"),
    testEnv().DB.prepare("DELETE FROM sweeps WHERE name = 'backlogs'"),
  ]);
  woken.length = 0;
  broken = "";
});

it("wakes all in one sweep where they are few, again and again", async () => {
  const names = await backlogs(30, 1);
  await sweepBacklogs(sweeping());
  await sweepBacklogs(sweeping());
  expect(woken.toSorted()).toEqual([...names, ...names].toSorted());
});

it("goes on behind the last where they are many, so that all get their turn", async () => {
  const names = await backlogs(900, 1);
  await sweepBacklogs(sweeping());
  expect(woken.toSorted()).toEqual(names.slice(0, 400));
  await sweepBacklogs(sweeping());
  expect(woken.toSorted()).toEqual(names.slice(0, 800));
  // The end of the list and, with what is left of the sweep, its beginning.
  await sweepBacklogs(sweeping());
  expect(woken).toHaveLength(1200);
  expect(new Set(woken)).toEqual(new Set(names));
  for (let sweep = 0; sweep < 6; sweep++) await sweepBacklogs(sweeping());
  for (const name of names) expect(woken.filter((one) => one === name).length).toBeGreaterThanOrEqual(4);
});

it("passes over those that hold dead letters alone, however many", async () => {
  await backlogs(600, 0, "dead");
  const names = await backlogs(20, 2, "waiting");
  await sweepBacklogs(sweeping());
  await sweepBacklogs(sweeping());
  expect(new Set(woken)).toEqual(new Set(names));
});

it("one that can't be woken keeps nobody else waiting, and is tried again", async () => {
  const names = await backlogs(5, 1);
  broken = names[1] ?? "";
  await sweepBacklogs(sweeping());
  expect(woken.toSorted()).toEqual(names.filter((name) => name !== broken));
  broken = "";
  await sweepBacklogs(sweeping());
  expect(new Set(woken)).toEqual(new Set(names));
});

it("wakes an object that lost its alarm, and leaves one alone whose alarm stands", async () => {
  const stub = testContext().deliveryOf("alarmed.live");
  const later = Date.now() + 3_600_000;
  const alarm = () => runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
  await runInDurableObject(stub, (_object, state) => state.storage.setAlarm(later));
  expect(await stub.lookAfter()).toBe(false);
  expect(await alarm()).toBe(later);
  await runInDurableObject(stub, (_object, state) => state.storage.deleteAlarm());
  expect(await stub.lookAfter()).toBe(true);
});
