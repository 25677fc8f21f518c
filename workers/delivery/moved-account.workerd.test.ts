import { beforeEach, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { parseTenant } from "../domain/tenant.ts";
import { moveOn } from "../flow/move.ts";
import { beginMove } from "../storage/moves.ts";
import { Customer } from "./testing.ts";

let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

it("a customer's deliveries go on while the account is moved: each event once, in order", async () => {
  const customer = new Customer();
  const { account_number } = parseTenant(customer.tenant_id);
  const { ctx } = customer;
  await customer.subscribe();
  await customer.tell(["a", "b"]);
  await customer.wake();
  // The object knows where the account lives, and goes on reading there; these it has not read yet.
  await customer.tell(["a", "b"]);
  for (const to of ["SHARD_2", "DB", "SHARD_1"]) {
    expect(await beginMove(ctx.control, account_number, to, ctx.now())).not.toBeNull();
    let turn = 0;
    // A turn whose time is up after each step: the object is woken between any two.
    for (let step = ""; step !== "done"; turn++) {
      const now = () => Date.now() + turn++ * 61_000;
      step = (await moveOn({ ...ctx, now }, account_number, 1))?.step ?? "";
      await customer.wake();
      expect(turn).toBeLessThan(500);
    }
    await customer.tell(["b", "a"]);
    await customer.wake();
  }
  const told = receiver.received.flatMap((message) => message.told);
  for (const name of ["a", "b"]) {
    const own = told.filter(({ shipment }) => shipment === customer.shipmentId(name));
    expect(own.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  }
});
