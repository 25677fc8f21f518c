import { beforeEach, describe, expect, it } from "vitest";
import type { Carrier, PollWay } from "../carriers/carrier.ts";
import { carriers } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import type { OutgoingRequest, OutgoingResult } from "../outside/http.ts";
import { exampleCredentials, tokenAnswers } from "../testing/example-credentials.ts";
import { Inboxes } from "../testing/inboxes.ts";
import {
  answered,
  answering,
  HeldQueue,
  seedAccount,
  seedConnection,
  seedShipment,
  testContext,
  testEnv,
} from "../testing/seed.ts";
import { runCheck } from "./check.ts";
import { CheckMessage } from "./messages.ts";
import { enqueueChecks } from "./tick.ts";

/** Every carrier that is polled, on its API's bad days. What is said here is the poller's, so a new carrier has it for nothing. */

const MINUTE_MS = 60_000;
const polled = carriers.flatMap((carrier): { id: string; carrier: Carrier; way: PollWay }[] =>
  carrier.poll === undefined ? [] : [{ id: carrier.id, carrier, way: carrier.poll }],
);

/** The body by which a carrier's token service gives this token; null where it wants none, or one we cannot imitate. */
function tokenBody(way: PollWay, token: string): string | null {
  const { token: tokenWay } = way;
  if (tokenWay === undefined) return null;
  return tokenAnswers(token).find((body) => tokenWay.read(new TextEncoder().encode(body)) !== null) ?? null;
}
const withToken = polled.filter(({ way }) => tokenBody(way, "T") !== null);

let clock = Date.parse("2026-03-14T10:00:00Z");
let stages = 0;

interface Call {
  token: boolean;
  request: OutgoingRequest;
}

/** A connection of its own at an address of its own, with one number (or these) under tracking. */
async function aStage(
  { carrier, way }: { carrier: Carrier; way: PollWay },
  answer: (call: Call, calls: readonly Call[]) => OutgoingResult,
  numbers?: string[],
  overrides: Partial<Context> = {},
) {
  stages += 1;
  const base_url = `http://127.0.0.1:1/${stages}`;
  const credentials = exampleCredentials(way.credentials);
  const calls: Call[] = [];
  const asked = way.token?.request({ base_url, credentials });
  const isToken = (request: OutgoingRequest) =>
    asked !== undefined && request.url === asked.url && request.method === asked.method;
  const checks = new HeldQueue();
  const inboxes = new Inboxes(() => ctx);
  const ctx: Context = testContext({
    queues: { checks, slowChecks: checks, fileChecks: checks },
    inboxOf: inboxes.of,
    now: () => clock,
    http: answering((request) => {
      const call = { token: isToken(request), request };
      calls.push(call);
      return answer(call, calls);
    }),
    ...overrides,
  });
  const account = `poll-${stages}`;
  await seedAccount(ctx, account);
  const connection = await seedConnection(ctx, {
    carrier_id: carrier.id,
    account_numbers: [account],
    ways: { poll: { base_url } },
    credentials,
  });
  for (const carrier_tracking_id of numbers ?? [`3700000000${stages}`]) {
    await seedShipment(ctx, account, { carrier_id: carrier.id, carrier_tracking_id });
  }
  return { ctx, calls, checks, connection: connection.id, credentials };
}
type Stage = Awaited<ReturnType<typeof aStage>>;

/** Each number in a slot of its own, all due at once. */
async function inSlotsOfTheirOwn(stage: Stage): Promise<void> {
  await testEnv().DB.batch([
    testEnv()
      .DB.prepare("UPDATE checks SET slot = 1 + substr(carrier_number, -2) WHERE connection_id = ?1")
      .bind(stage.connection),
    testEnv()
      .DB.prepare(
        `INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures)
         SELECT connection_id, 'poll', interval_s, slot, ?2, 0 FROM checks WHERE connection_id = ?1`,
      )
      .bind(stage.connection, clock),
    testEnv()
      .DB.prepare("DELETE FROM check_slots WHERE connection_id = ?1 AND slot = 0")
      .bind(stage.connection),
  ]);
}

/** What is due, as messages. */
async function due(stage: Stage, ms = 16 * MINUTE_MS): Promise<CheckMessage[]> {
  clock += ms;
  await enqueueChecks(stage.ctx);
  return stage.checks.take().map((message) => CheckMessage.parse(message));
}

async function check(stage: Stage, ms?: number): Promise<void> {
  for (const message of await due(stage, ms)) await runCheck(stage.ctx, message);
}

const slotOf = (stage: Stage) =>
  testEnv()
    .DB.prepare("SELECT due_at, failures, last_error, resume_after FROM check_slots WHERE connection_id = ?1")
    .bind(stage.connection)
    .first<{ due_at: number; failures: number; last_error: string | null; resume_after: string | null }>();
const count = async (sql: string, stage: Stage) =>
  (await testEnv().DB.prepare(sql).bind(stage.connection).first<{ n: number }>())?.n;
const stored = async (stage: Stage) =>
  (await stage.ctx.inboxOf(stage.connection, 0).idsAfter("", 100)).length;
const followed = (stage: Stage) => count("SELECT count(*) AS n FROM checks WHERE connection_id = ?1", stage);

const page = "<!doctype html><html><body><h1>Maintenance</h1></body></html>";
const badDays: [name: string, result: OutgoingResult, says: RegExp, waits_ms: number][] = [
  ["401 for every token", answered(401, "{}"), /refuses these credentials \(HTTP 401\)\. Enter/u, MINUTE_MS],
  ["404 and nothing else", answered(404, ""), /answered 404 .*empty/u, MINUTE_MS],
  ["404 with a web page", answered(404, page), /answered 404 .*web page/u, MINUTE_MS],
  ["429", answered(429, "", { "retry-after": "2400" }), /less often \(HTTP 429\)/u, 40 * MINUTE_MS],
  ["500", answered(500, "oops"), /fails \(HTTP 500\)/u, MINUTE_MS],
  ["503", answered(503, "", { "retry-after": "1200" }), /fails \(HTTP 503\)/u, 20 * MINUTE_MS],
  ["a time-out", { kind: "timed_out", took_ms: 30_000 }, /did not answer in time/u, MINUTE_MS],
  ["no connection", { kind: "unreachable", detail: "Reset.", took_ms: 1 }, /reached: Reset/u, MINUTE_MS],
  ["a web page under 200", answered(200, page), /answered 200 .*web page/u, MINUTE_MS],
  ["an empty body", answered(200, ""), /answered 200 .*empty/u, MINUTE_MS],
  ["text that stops", answered(200, '{"a": [{"b'), /answered 200 /u, MINUTE_MS],
  ["a body too large", { ...body("{}"), body_cut: true }, /larger than 10485760 bytes/u, MINUTE_MS],
];

function body(text: string) {
  return {
    kind: "answered" as const,
    status: 200,
    headers: new Headers(),
    body: new TextEncoder().encode(text),
    took_ms: 1,
  };
}

// Storage is shared by a file's tests: what earlier ones still had due is not this one's business.
beforeEach(async () => {
  clock += 3_600_000;
  await testEnv().DB.prepare("DELETE FROM check_slots").run();
});

describe.each(polled)("$id polled", (one) => {
  const tokenOf = (calls: readonly Call[]) =>
    tokenBody(one.way, `T${calls.filter(({ token }) => token).length}`) ?? "";
  /** The token service is well, the API is not. */
  const onlyApi = (result: OutgoingResult) => (call: Call, calls: readonly Call[]) =>
    call.token ? answered(200, tokenOf(calls)) : result;

  it.each(badDays)("answers %s: said in a sentence, nothing invented, asked again", async (...day) => {
    const [, result, says, waits_ms] = day;
    const stage = await aStage(one, onlyApi(result));
    await check(stage);
    const slot = await slotOf(stage);
    expect(slot?.last_error).toMatch(says);
    expect(slot?.last_error).toMatch(/^[A-Z].*[.)]$/su);
    for (const secret of Object.values(stage.credentials)) expect(slot?.last_error).not.toContain(secret);
    expect(slot?.failures).toBe(1);
    expect((slot?.due_at ?? 0) - clock).toBeGreaterThanOrEqual(waits_ms);
    expect([await stored(stage), await followed(stage)]).toEqual([0, 1]);
    const calls = stage.calls.length;
    expect(calls).toBeGreaterThan(0);
    await check(stage, waits_ms + 16 * MINUTE_MS);
    expect(stage.calls.length).toBeGreaterThan(calls);
  });
});

describe.each(withToken)("$id's token", ({ way, ...one }) => {
  const give = (token: string) => answered(200, tokenBody(way, token) ?? "");
  const tokens = (calls: readonly Call[]) => calls.filter(({ token }) => token).length;
  const used = ({ request }: Call) => JSON.stringify([request.headers, request.body]);

  it("is asked for again once when it is refused, and no more", async () => {
    const stage = await aStage({ way, ...one }, (call, calls) =>
      call.token ? give(`T-${tokens(calls)}-T`) : answered(401, "{}"),
    );
    await check(stage);
    expect(stage.calls.map(({ token }) => token)).toEqual([true, false, true, false]);
    const [, first, , second] = stage.calls;
    expect(first && used(first)).toContain("T-1-T");
    expect(second && used(second)).toContain("T-2-T");
    expect(second && used(second)).not.toContain("T-1-T");
  });

  if (way.token?.refused !== undefined)
    it.each([200, 500])("is asked for again once when a fault under HTTP %d refuses it", async (status) => {
      const fault =
        '<s:Envelope xmlns:s="x"><s:Body><s:Fault><detail><a:authenticationFault xmlns:a="y"/></detail></s:Fault></s:Body></s:Envelope>';
      const stage = await aStage({ way, ...one }, (call, calls) =>
        call.token ? give(`T-${tokens(calls)}-T`) : answered(status, fault),
      );
      await check(stage);
      expect(stage.calls.map(({ token }) => token)).toEqual([true, false, true, false]);
      const second = stage.calls.at(-1);
      expect(second && used(second)).toContain("T-2-T");
    });

  it("is fetched once for all checks at once, and kept for the next", async () => {
    const numbers = Array.from({ length: 8 }, (_, n) => `37000000000${n}`);
    const stage = await aStage(
      { way, ...one },
      (call) => (call.token ? give("T") : answered(404, "")),
      numbers,
      {
        paceOf: () => ({
          take: async () => ({ kind: "go", at: clock, failing: false }),
          blocked: async () => null,
          ended: async () => {},
        }),
      },
    );
    await inSlotsOfTheirOwn(stage);
    const messages = await due(stage);
    expect(messages.length).toBe(numbers.length);
    await Promise.all(messages.map((message) => runCheck(stage.ctx, message)));
    expect(tokens(stage.calls)).toBe(1);
    await check(stage, 5 * MINUTE_MS);
    expect(tokens(stage.calls)).toBe(1);
  });

  it("does not outlive the credentials it was given for", async () => {
    const stage = await aStage({ way, ...one }, (call) => (call.token ? give("T") : answered(404, "")));
    await check(stage);
    const changed = Object.entries(stage.credentials).map(([name, value]) => [name, `${value}-new`]);
    if (changed.length === 0) return; // a public service
    const sealed = await stage.ctx.vault.seal(stage.connection, Object.fromEntries(changed));
    await testEnv()
      .DB.prepare("UPDATE connections SET credentials_sealed = ?2, key_id = ?3 WHERE id = ?1")
      .bind(stage.connection, sealed.bytes, sealed.key_id)
      .run();
    await check(stage, 17 * MINUTE_MS);
    expect(tokens(stage.calls)).toBe(2);
  });

  it.each<[string, OutgoingResult, RegExp, number]>([
    ["401", answered(401, "{}"), /refuses these credentials/u, MINUTE_MS],
    [
      "400",
      answered(400, '{"error":"invalid_client"}'),
      /no token .*HTTP 400.* Enter them again/u,
      MINUTE_MS,
    ],
    ["a web page", answered(200, page), /no token .*HTTP 200/u, MINUTE_MS],
    ["429", answered(429, "", { "retry-after": "2400" }), /less often/u, 40 * MINUTE_MS],
    ["500", answered(500, ""), /fails \(HTTP 500\)/u, MINUTE_MS],
    ["a time-out", { kind: "timed_out", took_ms: 30_000 }, /in time/u, MINUTE_MS],
  ])("service that answers %s is told, and the API not called", async (_, result, says, waits_ms) => {
    const stage = await aStage({ way, ...one }, () => result);
    await check(stage);
    const slot = await slotOf(stage);
    expect(slot?.last_error).toMatch(says);
    expect((slot?.due_at ?? 0) - clock).toBeGreaterThanOrEqual(waits_ms);
    expect(stage.calls.map(({ token }) => token)).toEqual([true]);
  });
});

describe("a number whose answer is always spoilt", () => {
  const postnord = polled.filter(({ id }) => id === "postnord");
  const numberIn = ({ request }: Call) => new URL(request.url).searchParams.get("id") ?? "";
  const empty = answered(200, '{"TrackingInformationResponse":{"shipments":[]}}');

  /** All numbers in one slot. */
  async function inOneSlot(stage: Stage, numbers: readonly string[]): Promise<void> {
    const { DB } = testEnv();
    await DB.batch([
      DB.prepare("DELETE FROM checks WHERE connection_id = ?1").bind(stage.connection),
      DB.prepare(
        "DELETE FROM check_slots WHERE connection_id = ?1 AND slot <> (SELECT min(slot) FROM check_slots WHERE connection_id = ?1)",
      ).bind(stage.connection),
      ...numbers.map((number) =>
        DB.prepare(
          `INSERT INTO checks (connection_id, carrier_number, interval_s, slot, status, changed_at)
           SELECT ?1, ?2, interval_s, slot, 'in_transit', ?3 FROM check_slots WHERE connection_id = ?1`,
        ).bind(stage.connection, number, clock),
      ),
    ]);
  }

  it.each(postnord)("holds up no other number, and is told", async (one) => {
    const numbers = ["A1", "B2", "C3"];
    const stage = await aStage(
      one,
      (call) => (numberIn(call) === "B2" ? answered(200, page) : empty),
      numbers,
    );
    await inOneSlot(stage, numbers);
    await check(stage);
    expect(stage.calls.map(numberIn)).toEqual(numbers);
    const slot = await slotOf(stage);
    expect(slot?.last_error).toMatch(/web page/u);
    expect(slot?.resume_after).toBeNull();
  });

  it.each(postnord)("holds up no other for ever, even where several stand together", async (one) => {
    const numbers = ["A1", "B2", "C3", "D4"];
    const stage = await aStage(one, (call) => (numberIn(call) < "C" ? answered(500, "") : empty), numbers);
    await inOneSlot(stage, numbers);
    for (let round = 0; round < 6; round++) await check(stage, 70 * MINUTE_MS);
    const asked = stage.calls.map(numberIn);
    expect(asked.slice(0, 2)).toEqual(["A1", "B2"]);
    expect(asked).toContain("C3");
    expect(asked).toContain("D4");
    expect(await followed(stage)).toBe(4);
  });

  it.each(postnord)(
    "is no fault of an API that is down for a while: all are asked again in order",
    async (one) => {
      const numbers = ["A1", "B2", "C3"];
      let down = true;
      const stage = await aStage(one, () => (down ? answered(500, "") : empty), numbers);
      await inOneSlot(stage, numbers);
      await check(stage);
      down = false;
      const before = stage.calls.length;
      await check(stage, 20 * MINUTE_MS);
      expect(stage.calls.slice(before).map(numberIn)).toEqual(numbers);
      expect((await slotOf(stage))?.last_error).toBeNull();
    },
  );
});

it("covers carriers with and without a token", () => {
  expect(polled.length).toBeGreaterThan(withToken.length);
  expect(withToken.length).toBeGreaterThan(0);
});
