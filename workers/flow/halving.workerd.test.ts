import { beforeEach, describe, expect, it } from "vitest";
import type { Carrier } from "../carriers/carrier.ts";
import { sandbox } from "../carriers/sandbox/index.ts";
import type { OutgoingResult } from "../outside/http.ts";
import { answered, answering, seedConnection, seedShipment, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  aStage,
  feed,
  MINUTES,
  news,
  PICKED,
  scansSoFar,
  settle,
  slotsOf,
  time,
} from "../testing/stage.ts";
import { runCheck } from "./check.ts";
import { CheckMessage } from "./messages.ts";
import { enqueueChecks } from "./tick.ts";

/** A carrier whose API refuses a whole call for one number in it. */

beforeEach(aLaterHour);

const COUNT = 20;

/** The sandbox, with all the numbers of a stage in one call. */
const fussy: Carrier = {
  ...sandbox,
  poll: sandbox.poll && { ...sandbox.poll, numbers_per_call: COUNT },
};

async function fussyStage(answer: (numbers: string[], calls: number) => OutgoingResult) {
  const calls: string[][] = [];
  const stage = await aStage({
    http: answering((request) => {
      const numbers = decodeURIComponent(request.url.split("numbers=")[1] ?? "").split(",");
      calls.push(numbers);
      return answer(numbers, calls.length);
    }),
  });
  const { id } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account],
    ways: { poll: { base_url: "http://127.0.0.1:1/" } },
    credentials: { api_key: "key" },
  });
  const numbers = Array.from({ length: COUNT }, (_, n) => `${stage.account}-${String(n).padStart(2, "0")}`);
  for (const carrier_tracking_id of numbers)
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id });
  await testEnv().DB.batch([
    testEnv()
      .DB.prepare(
        "UPDATE checks SET slot = (SELECT min(slot) FROM checks WHERE connection_id = ?1) WHERE connection_id = ?1",
      )
      .bind(id),
    testEnv()
      .DB.prepare(
        "DELETE FROM check_slots WHERE connection_id = ?1 AND slot NOT IN (SELECT slot FROM checks WHERE connection_id = ?1)",
      )
      .bind(id),
  ]);
  const check = async () => {
    time.now += 16 * MINUTES;
    await enqueueChecks(stage.ctx);
    for (const message of stage.checks.take())
      await runCheck(stage.ctx, CheckMessage.parse(message), () => fussy);
    await settle(stage);
  };
  const at = (n: number) => numbers[n] ?? "";
  return { ...stage, connection: id, numbers, calls, check, at };
}
type Stage = Awaited<ReturnType<typeof fussyStage>>;

const told = async (stage: Stage) =>
  new Set((await feed(stage)).map((element) => element?.carrier_tracking_id));
const good = (numbers: string[]) =>
  answered(200, JSON.stringify({ tracking: numbers.flatMap((number) => news(number, [PICKED]).tracking) }));
const BAD = answered(400, '{"error":"one of the numbers is malformed"}');
const errorOf = async (stage: Stage) =>
  (await slotsOf(stage.connection)).map((slot) => slot.last_error).find(Boolean);

describe("a number that spoils its call", () => {
  it("is found, told, and asked for alone from then on; the others have their news", async () => {
    const stage = await fussyStage((numbers) =>
      numbers.some((number) => number.endsWith("-07")) ? BAD : good(numbers),
    );
    await stage.check();
    expect(await told(stage)).toEqual(new Set(stage.numbers.filter((number) => number !== stage.at(7))));
    expect(stage.calls.length).toBeLessThanOrEqual(11);
    const error = await errorOf(stage);
    expect(error).toContain(stage.at(7));
    expect(error).toMatch(/answered 400/u);
    stage.calls.length = 0;
    await stage.check();
    expect(stage.calls.map((numbers) => numbers.length)).toEqual([7, 1, 12]);
    expect(await errorOf(stage)).toMatch(/answered 400/u);
  });

  it("has its news, too, once the carrier takes it", async () => {
    let well = false;
    const stage = await fussyStage((numbers) =>
      !well && numbers.some((n) => n.endsWith("-07")) ? BAD : good(numbers),
    );
    await stage.check();
    well = true;
    await stage.check();
    expect(await told(stage)).toEqual(new Set(stage.numbers));
    stage.calls.length = 0;
    await stage.check();
    expect(stage.calls.map((numbers) => numbers.length)).toEqual([20]);
  });

  it("may have several fellows", async () => {
    const bad = /-(?:00|03|04|11|19)$/u;
    const stage = await fussyStage((numbers) =>
      numbers.some((number) => bad.test(number)) ? BAD : good(numbers),
    );
    for (let round = 0; round < 3; round++) await stage.check();
    expect(await told(stage)).toEqual(new Set(stage.numbers.filter((number) => !bad.test(number))));
  });
});

describe("a carrier that refuses everything", () => {
  it.each([400, 422])(
    "with %d is a carrier's fault: no number is marked, the calls are bounded",
    async (status) => {
      const stage = await fussyStage(() => answered(status, '{"error":"maintenance"}'));
      await stage.check();
      expect(stage.calls.length).toBeLessThanOrEqual(25);
      expect(await errorOf(stage)).toMatch(new RegExp(`answered ${status}`, "u"));
      const marked = await testEnv()
        .DB.prepare("SELECT count(*) AS n FROM checks WHERE connection_id = ?1 AND answer_hash IS NOT NULL")
        .bind(stage.connection)
        .first<{ n: number }>();
      expect(marked?.n).toBe(0);
      expect((await slotsOf(stage.connection)).map((slot) => slot.failures)).toContain(1);
    },
  );

  it.each([401, 403, 405, 415, 429, 500, 503])(
    "with %d is asked no second time in halves",
    async (status) => {
      const stage = await fussyStage(() => answered(status, '{"error":"no"}'));
      await stage.check();
      expect(stage.calls.length).toBe(1);
    },
  );

  it("in the middle of the halves ends them, and what was told until then is kept", async () => {
    const stage = await fussyStage((numbers, calls) =>
      calls === 1 ? BAD : calls === 2 ? good(numbers) : answered(429, "", { "retry-after": "60" }),
    );
    await stage.check();
    expect(stage.calls.length).toBe(3);
    expect((await told(stage)).size).toBe(10);
    expect(await errorOf(stage)).toMatch(/less often/u);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(await scansSoFar()).toEqual({});
});
