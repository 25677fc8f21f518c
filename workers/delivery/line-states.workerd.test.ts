import { beforeEach, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { Customer } from "./testing.ts";

let receiver: Receiver;
beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

it("keeps a row for each change of a line's state, and none while it stays as it is", async () => {
  const clock = { at: Date.now() };
  const customer = new Customer({ now: () => clock.at });
  await customer.steer();
  const id = await customer.subscribe({ max_batch: 1 });
  const states = async () => (await customer.stub.lineStates(id)).map(({ state }) => state);
  await customer.tell(Array.from({ length: 12 }, (_, n) => `s${n}`));
  receiver.answer = () => new Response("", { status: 503 });
  await customer.wake();
  expect(await states()).toEqual(["failing", "active"]);
  const [failing, active] = await customer.stub.lineStates(id);
  expect(failing?.at).toBeGreaterThan(active?.at ?? 0);
  for (let minute = 0; minute < 3; minute++) {
    clock.at += 60_000;
    await customer.alarm();
  }
  expect(await states()).toEqual(["failing", "active"]);
  receiver.answer = () => new Response("");
  clock.at += 60_000;
  await customer.alarm();
  expect(await states()).toEqual(["active", "failing", "active"]);
  expect((await customer.stub.lineStates(id))[0]).toMatchObject({ at: clock.at, detail: null });
  receiver.answer = () => new Response("", { status: 410 });
  clock.at += 600_000;
  await customer.tell(["later"]);
  await customer.wake();
  expect((await states())[0]).toBe("gone");
  expect(await customer.stub.lineStates("sub_nobody")).toEqual([]);
});
