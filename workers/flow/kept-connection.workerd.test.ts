import { beforeEach, describe, expect, it } from "vitest";
import { deleteConnection, findConnection, putConnection } from "../storage/connections.ts";
import { KeptConnections } from "../storage/kept-connections.ts";
import {
  aLaterHour,
  documentsOf,
  news,
  PICKED,
  push,
  SECRET,
  scansSoFar,
  settle,
  statements,
  told,
  webhookStage,
} from "../testing/stage.ts";
import { notifyLanes } from "./lanes.ts";

/** A push over a connection that was opened before. */

beforeEach(aLaterHour);

type Stage = Awaited<ReturnType<typeof webhookStage>>;

/** A stage whose connection this isolate has opened already. */
async function opened(): Promise<Stage & { body: string }> {
  const stage = await webhookStage();
  const body = JSON.stringify(news(stage.number, [PICKED]));
  expect((await push(stage, stage.connection, body)).status).toBe(202);
  expect(stage.ctx.keptConnections.get(stage.connection)).not.toBeNull();
  return { ...stage, body };
}

async function change(stage: Stage, changes: { secret?: string; ways?: object }): Promise<void> {
  const { ctx, connection } = stage;
  const before = await findConnection(ctx.control, connection);
  if (before === null) throw new Error("The connection is gone.");
  const sealed =
    changes.secret === undefined
      ? null
      : await ctx.vault.seal(connection, { webhook_secret: changes.secret });
  // In the same millisecond as the change before: the clock stands.
  await putConnection(ctx.control, { ...before, ...changes, updated_at: before.created_at }, sealed);
  expect(await notifyLanes(ctx, connection)).toBe(true);
}

describe("a connection that was opened before", () => {
  it("lets a push be accepted without a call to any database", async () => {
    const stage = await opened();
    await settle(stage);
    stage.inboxes.hold();
    statements.clear();
    expect((await push(stage, stage.connection, stage.body)).status).toBe(202);
    expect([...statements]).toEqual([]);
    await settle(stage);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    expect((await documentsOf(stage, stage.connection)).map(({ state }) => state)).toEqual(["done", "done"]);
  });

  it("is opened again when its secret was changed, even twice in a millisecond", async () => {
    const stage = await opened();
    await change(stage, { secret: "another-webhook-secret" });
    expect((await push(stage, stage.connection, stage.body)).status).toBe(401);
    expect((await push(stage, stage.connection, stage.body, "another-webhook-secret")).status).toBe(202);
    await change(stage, { secret: "a-third-webhook-secret" });
    expect((await push(stage, stage.connection, stage.body, "another-webhook-secret")).status).toBe(401);
    expect((await push(stage, stage.connection, stage.body, "a-third-webhook-secret")).status).toBe(202);
    expect(await documentsOf(stage, stage.connection)).toHaveLength(3);
  });

  it("takes nothing once it was deleted, or no longer pushes", async () => {
    const stage = await opened();
    await deleteConnection(stage.ctx.control, stage.connection);
    await notifyLanes(stage.ctx, stage.connection);
    expect((await push(stage, stage.connection, stage.body)).status).toBe(404);
    const other = await opened();
    await change(other, { ways: { poll: {} } });
    expect((await push(other, other.connection, other.body)).status).toBe(404);
    expect(await documentsOf(stage, stage.connection)).toHaveLength(1);
    expect(await documentsOf(other, other.connection)).toHaveLength(1);
  });

  it("stores nothing that it can't verify", async () => {
    const stage = await opened();
    expect((await push(stage, stage.connection, stage.body, "another secret")).status).toBe(401);
    expect((await push(stage, stage.connection, stage.body, SECRET)).status).toBe(202);
    expect(await documentsOf(stage, stage.connection)).toHaveLength(2);
  });
});

it("remembers no more connections than it may, and those that were used last", () => {
  const kept = new KeptConnections(2);
  const named = (id: string) => ({
    connection: {
      ...{ id, carrier_id: "sandbox", account_numbers: [], ways: { webhook: {} }, credentials: {} },
      auto_register: false,
      paused: false,
      lanes: 1,
    },
    version: 1,
  });
  for (const id of ["a", "b"]) kept.keep(named(id));
  kept.get("a");
  kept.keep(named("c"));
  expect(["a", "b", "c"].map((id) => kept.get(id)?.connection.id)).toEqual(["a", undefined, "c"]);
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(3);
  expect(await scansSoFar()).toEqual({});
});
