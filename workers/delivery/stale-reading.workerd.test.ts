import { beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { testContext } from "../testing/seed.ts";
import { Customer, until } from "./testing.ts";

let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

/** A control database whose next reading of subscriptions comes back late, with what it found when it was asked. */
function slowControl() {
  const { control } = testContext();
  const late = { next: false, found: false, release: Promise.withResolvers<void>() };
  const prepare = (sql: string): D1PreparedStatement => {
    const statement = control.prepare(sql);
    if (!late.next || !sql.includes("FROM subscriptions WHERE tenant_id")) return statement;
    late.next = false;
    return new Proxy(statement, {
      get: (_target, name) =>
        name === "bind"
          ? (...values: unknown[]) => ({
              all: async () => {
                const found = await statement.bind(...values).all();
                late.found = true;
                await late.release.promise;
                return found;
              },
            })
          : undefined,
    });
  };
  const proxy = new Proxy(control, {
    get: (target, name) => (name === "prepare" ? prepare : Reflect.get(target, name).bind(target)),
  });
  return { control: proxy, late };
}

describe("a reading of the subscriptions that comes back late", () => {
  it("revives no subscription that was deleted meanwhile", async () => {
    const { control, late } = slowControl();
    const customer = new Customer({ control });
    await customer.steer();
    const id = await customer.subscribe();
    await customer.tell(["a", "a", "b"]);
    await customer.wake();
    expect(receiver.told).toHaveLength(3);
    late.next = true;
    const slow = customer.stub.status();
    await until(() => late.found);
    await customer.ctx.control.prepare("DELETE FROM subscriptions WHERE id = ?").bind(id).run();
    expect((await customer.stub.status()).lines).toEqual([]);
    late.release.resolve();
    expect((await slow).lines).toEqual([]);
    expect(await customer.rows("SELECT * FROM lines")).toEqual([]);
    await customer.wake();
    expect(receiver.told).toHaveLength(3);
  });

  it("ends no subscription that was created meanwhile", async () => {
    const { control, late } = slowControl();
    const customer = new Customer({ control });
    await customer.steer();
    late.next = true;
    const slow = customer.stub.status();
    await until(() => late.found);
    const id = await customer.subscribe();
    await customer.tell(["a"]);
    await customer.wake();
    expect(receiver.told).toHaveLength(1);
    late.release.resolve();
    expect((await slow).lines).toMatchObject([{ subscription_id: id, position: 1 }]);
    expect(await customer.rows("SELECT subscription_id, position FROM lines")).toEqual([
      { subscription_id: id, position: 1 },
    ]);
  });
});
