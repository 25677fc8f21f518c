import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SIGNATURE_HEADER, sign } from "../carriers/sandbox/signature.ts";
import type { Context, InboxCalls } from "../context.ts";
import { visitLanes } from "../flow/lanes.ts";
import { receivePush } from "../flow/receive.ts";
import { Inboxes } from "../testing/inboxes.ts";
import { aConnection, anAccount, fieldOf, problemOf, testClient } from "./test-client.ts";

/**
 * A change of a connection counts in all its inboxes when it is answered, whichever isolate holds an older copy of the
 * connection: what an old secret proves is refused. Where an inbox can't be reached, the answer says so, and the tick
 * tells it later.
 */

const OLD = "the secret of yesterday";
const NEW = "the secret of today";
const LANES = 3;

/** The inboxes that can't be reached now, as `LANE`. */
const unreachable = new Set<number>();
const inboxes = new Inboxes(() => client.ctx);
const inboxOf = (connection_id: string, lane: number): InboxCalls => {
  const inbox = inboxes.of(connection_id, lane);
  const away = async () => {
    throw new Error("Network connection lost.");
  };
  return unreachable.has(lane) ? { ...inbox, setVersion: away, remove: away, upkeep: away } : inbox;
};
const client = testClient({ inboxOf });
/** Another isolate, with its own copies of connections. */
const elsewhere = testClient({ inboxOf });
const { operator, ctx } = client;

beforeAll(() => anAccount(client, "acme"));
beforeEach(() => unreachable.clear());

/** A connection that is pushed to, with several lanes; both isolates hold a copy of it. */
async function aPushedConnection(): Promise<string> {
  const id = await aConnection(client, ["acme"], {
    ways: { webhook: {} },
    credentials: { webhook_secret: OLD },
  });
  await ctx.control
    .prepare(
      `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at)
       SELECT ?1, value, 0, 0, 0, 0, 0 FROM json_each(?2)`,
    )
    .bind(id, JSON.stringify(Array.from({ length: LANES - 1 }, (_, n) => n + 1)))
    .run();
  expect(await pushed(id, OLD)).toEqual(new Set([202]));
  return id;
}

async function push(from: Context, id: string, secret: string): Promise<number> {
  const body = new TextEncoder().encode('{"tracking":[]}');
  const request = new Request(`https://api.example/carriers/sandbox/webhook/${id}`, {
    method: "POST",
    headers: { [SIGNATURE_HEADER]: sign(secret, Math.floor(Date.now() / 1000), body) },
    body,
  });
  return (await receivePush(from, "sandbox", id, request)).status;
}

/** The answers to pushes at both isolates, so many that each lane had its own. */
async function pushed(id: string, secret: string): Promise<Set<number>> {
  const answers = new Set<number>();
  for (let n = 0; n < 8 * LANES; n++)
    for (const from of [ctx, elsewhere.ctx]) answers.add(await push(from, id, secret));
  return answers;
}

const outdated = async (id: string): Promise<number[]> => {
  const { results } = await ctx.control
    .prepare("SELECT lane FROM lanes WHERE connection_id = ?1 AND pending_version IS NOT NULL ORDER BY lane")
    .bind(id)
    .all<{ lane: number }>();
  return results.map(({ lane }) => lane);
};

describe("PATCH /admin/connections/{id}", () => {
  it("answers 200 once every inbox refuses the old secret", async () => {
    const id = await aPushedConnection();
    const change = { credentials: { webhook_secret: NEW } };
    expect((await operator("PATCH", `/admin/connections/${id}`, change)).status).toBe(200);
    expect(await outdated(id)).toEqual([]);
    expect(await pushed(id, OLD)).toEqual(new Set([401]));
    expect(await pushed(id, NEW)).toEqual(new Set([202]));
  });

  it("answers 202 where an inbox can't be reached, and the tick tells it later", async () => {
    const id = await aPushedConnection();
    unreachable.add(1);
    const change = { credentials: { webhook_secret: NEW } };
    const answer = await operator("PATCH", `/admin/connections/${id}`, change);
    expect(answer.status).toBe(202);
    expect(fieldOf(answer.body, "id")).toBe(id);
    expect(await outdated(id)).toEqual([1]);
    // The new secret counts at once, and the inboxes that were told refuse the old one.
    expect(await push(ctx, id, NEW)).toBe(202);
    expect(await pushed(id, OLD)).toContain(401);

    await visitLanes(ctx);
    expect(await outdated(id)).toEqual([1]);
    unreachable.clear();
    await visitLanes(ctx);
    expect(await outdated(id)).toEqual([]);
    expect(await pushed(id, OLD)).toEqual(new Set([401]));
    expect(await pushed(id, NEW)).toEqual(new Set([202]));
  });

  it("answers 200 again where a later change reaches every inbox", async () => {
    const id = await aPushedConnection();
    unreachable.add(2);
    expect((await operator("PATCH", `/admin/connections/${id}`, { paused: true })).status).toBe(202);
    unreachable.clear();
    expect((await operator("PATCH", `/admin/connections/${id}`, { paused: false })).status).toBe(200);
    expect(await outdated(id)).toEqual([]);
  });

  it("lets nobody in by a way that was taken away", async () => {
    const id = await aPushedConnection();
    const change = {
      ways: { poll: { base_url: "http://127.0.0.1:8790" } },
      credentials: { api_key: "key" },
    };
    expect((await operator("PATCH", `/admin/connections/${id}`, change)).status).toBe(200);
    expect(await pushed(id, OLD)).toEqual(new Set([404]));
  });
});

describe("DELETE /admin/connections/{id}", () => {
  it("answers 204 once every inbox refuses what its carrier still sends", async () => {
    const id = await aPushedConnection();
    expect((await operator("DELETE", `/admin/connections/${id}`)).status).toBe(204);
    expect(await pushed(id, OLD)).toEqual(new Set([404]));
    problemOf(await operator("GET", `/admin/connections/${id}`), 404);
  });

  it("answers 202 where an inbox can't be reached, and the tick tells it later", async () => {
    const id = await aPushedConnection();
    unreachable.add(0);
    expect((await operator("DELETE", `/admin/connections/${id}`)).status).toBe(202);
    expect(await outdated(id)).toEqual([0]);
    unreachable.clear();
    await visitLanes(ctx);
    expect(await outdated(id)).toEqual([]);
    expect(await pushed(id, OLD)).toEqual(new Set([404]));
  });

  it("leaves no lane where no document was stored", async () => {
    const id = await aConnection(client, ["acme"], {
      ways: { webhook: {} },
      credentials: { webhook_secret: OLD },
    });
    const lanes = () =>
      ctx.control
        .prepare("SELECT count(*) AS n FROM lanes WHERE connection_id = ?1")
        .bind(id)
        .first<{ n: number }>();
    expect(await lanes()).toEqual({ n: 1 });
    expect((await operator("DELETE", `/admin/connections/${id}`)).status).toBe(204);
    await visitLanes(ctx);
    expect(await lanes()).toEqual({ n: 0 });
  });
});
