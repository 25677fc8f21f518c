import { expect, it } from "vitest";
import { createContext } from "./context.ts";
import type { Env } from "./env.ts";
import { testEnv } from "./testing/seed.ts";

/** Objects by where they were looked for. */
const asked: string[] = [];

/** A namespace that notes whether the jurisdiction was named before an object was asked for. */
function noting<T extends object>(namespace: T, name: string, within = "anywhere"): T {
  return new Proxy(namespace, {
    get(target, property) {
      if (property === "jurisdiction") return (where: string) => noting(target, name, where);
      if (property === "getByName") asked.push(`${name} ${within}`);
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

it("every object stays where the deployment says, and one object is looked for in one place", () => {
  const env = testEnv();
  const noted: Env = {
    ...env,
    JURISDICTION: "eu",
    CUSTOMER_DELIVERY: noting(env.CUSTOMER_DELIVERY, "delivery"),
    CONNECTION_PACE: noting(env.CONNECTION_PACE, "pace"),
    SANDBOX_CARRIER: noting(env.SANDBOX_CARRIER, "carrier"),
  };
  const ctx = createContext(noted);
  ctx.deliveryOf("acme.live");
  ctx.paceOf("con_a");
  ctx.checksOf("con_a");
  ctx.simulatedCarrierOf("acme");
  expect(asked).toEqual(["delivery eu", "pace eu", "pace eu", "carrier eu"]);
});
