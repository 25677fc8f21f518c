import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { newId } from "../domain/ids.ts";
import { Outbox } from "./outbox.ts";
import type { MessageState } from "./outbox-schema.ts";
import { Pruning, type SizeLimits } from "./pruning.ts";
import { Customer } from "./testing.ts";

const DAY = 24 * 60 * 60_000;
const NOW = 1_800_000_000_000;
const ROOMY: SizeLimits = { tight_bytes: 2 ** 40, full_bytes: 2 ** 40 };

class Store {
  readonly outbox: Outbox;
  readonly sql: SqlStorage;
  private now = NOW;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.outbox = new Outbox(sql);
  }

  /** Messages that ended some days ago, each with one attempt; how old they are is the same for all. */
  add(count: number, state: MessageState, days: number, size = 10): void {
    const at = NOW - days * DAY;
    for (let each = 0; each < count; each++) {
      const id = (prefix: "msg" | "dlv") => newId(prefix, at, crypto.getRandomValues(new Uint8Array(10)));
      const row = this.outbox.add({
        id: id("msg"),
        subscription_id: "sub_1",
        state,
        body: new Uint8Array(size),
        events: 1,
        first_position: 1,
        last_position: 1,
        shipments: [{ shipment_id: "shp_1", first_sequence: 1, last_sequence: 1 }],
        place: null,
        split_from: null,
        file_name: null,
        sha256: null,
        attempts: 0,
        intervals_used: 0,
        next_at: at,
        not_before: 0,
        created_at: at,
        reason: null,
      });
      this.outbox.beginAttempt(row, id("dlv"), at, state);
      if (state !== "waiting") this.outbox.setState(row.ord, state, at, null);
    }
  }

  /** Steps a second apart until nothing is left to do, at most so many. */
  prune(pruning: Pruning, most: number): void {
    for (let step = 0; step < most; step++) {
      this.now += 1000;
      pruning.step(this.now);
    }
  }

  count(from: string): number {
    return this.sql.exec<{ count: number }>(`SELECT count(*) AS count FROM ${from}`).one().count;
  }
}

function inStore(test: (store: Store) => void): Promise<void> {
  return runInDurableObject(new Customer().stub, (_object, state) => test(new Store(state.storage.sql)));
}

it("forgets in seconds what came in at hundreds a second 90 days ago", () =>
  inStore((store) => {
    store.add(2, "waiting", 100);
    store.add(2500, "delivered", 91);
    store.add(3, "dead", 89);
    const pruning = new Pruning(store.outbox, store.sql, ROOMY);
    store.prune(pruning, 1);
    expect(pruning.dueAt()).not.toBeNull();
    store.prune(pruning, 3);
    expect(store.count("messages")).toBe(5);
    expect(store.count("bodies")).toBe(5);
    expect(store.count("message_shipments")).toBe(5);
    // The attempts of what still waits are as old as any.
    expect(store.count("attempts")).toBe(3);
    expect(pruning.dueAt()).toBeNull();
  }));

it("is not stopped by a row that can't be read", () =>
  inStore((store) => {
    store.add(2, "dead", 91);
    store.sql.exec("UPDATE messages SET shipments = 'rubbish' WHERE ord = 1");
    store.prune(new Pruning(store.outbox, store.sql, ROOMY), 1);
    expect([store.count("messages"), store.count("bodies")]).toEqual([0, 0]);
  }));

it("keeps no bytes of what was cancelled", () =>
  inStore((store) => {
    store.add(1200, "cancelled", 1);
    store.add(1, "delivered", 1);
    store.prune(new Pruning(store.outbox, store.sql, ROOMY), 2);
    expect([store.count("messages"), store.count("bodies")]).toEqual([1201, 1]);
  }));

it("short of room, takes the bytes of what was delivered, the oldest first and no more than it has to", () =>
  inStore((store) => {
    store.add(5, "dead", 9, 20_000);
    store.add(100, "delivered", 8, 20_000);
    store.add(5, "waiting", 7, 20_000);
    const tight_bytes = store.sql.databaseSize - 1_000_000;
    const pruning = new Pruning(store.outbox, store.sql, { tight_bytes, full_bytes: 2 ** 40 });
    store.prune(pruning, 1);
    expect(store.sql.databaseSize).toBeLessThanOrEqual(tight_bytes);
    expect(store.count("messages")).toBe(110);
    const kept = store.sql
      .exec<{ ord: number }>("SELECT piece / 64 AS ord FROM bodies ORDER BY piece")
      .toArray();
    const first = kept[5]?.ord ?? 0;
    expect(first).toBeGreaterThan(40);
    expect(first).toBeLessThan(70);
    const after = Array.from({ length: 110 - first + 1 }, (_, index) => first + index);
    expect(kept.map(({ ord }) => ord)).toEqual([1, 2, 3, 4, 5, ...after]);
  }));

it("finds what still has bytes however many have none", () =>
  inStore((store) => {
    store.add(3000, "delivered", 8);
    const pruning = new Pruning(store.outbox, store.sql, { tight_bytes: 0, full_bytes: 2 ** 40 });
    store.prune(pruning, 4);
    expect(store.count("bodies")).toBe(0);
    store.add(1, "delivered", 1);
    store.prune(pruning, 61);
    expect([store.count("bodies"), store.count("messages")]).toEqual([0, 3001]);
  }));

it("nearly full, forgets what was delivered as well, but nothing that waits or is dead", () =>
  inStore((store) => {
    store.add(3, "dead", 9);
    store.add(1500, "delivered", 8);
    store.add(3, "waiting", 7);
    store.prune(new Pruning(store.outbox, store.sql, { tight_bytes: 0, full_bytes: 0 }), 3);
    expect([store.count("messages"), store.count("attempts"), store.count("bodies")]).toEqual([6, 6, 6]);
  }));
