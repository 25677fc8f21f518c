import { describe, expect, it } from "vitest";
import { DeliveryOrder } from "./delivery-order.ts";

function orderOf(
  ...messages: [id: string, place: number, shipments: string, next_at?: number, not_before?: number][]
) {
  const order = new DeliveryOrder();
  for (const [id, place, shipments, next_at = 0, not_before = 0] of messages) {
    order.add({ id, place, shipments: [...shipments], next_at, not_before });
  }
  return order;
}

describe("the order of a subscription", () => {
  it("lets a message leave only when no earlier one holds any of its shipments", () => {
    const order = orderOf(["1", 1, "ab"], ["2", 2, "b"], ["3", 3, "c"]);
    expect(order.ready(0)).toBe("1");
    order.start("1");
    expect(order.ready(0)).toBe("3");
    order.start("3");
    expect(order.ready(0)).toBeNull();
    order.settle("1");
    expect(order.ready(0)).toBe("2");
  });

  it("a message that waits for its time holds its shipments, and no other", () => {
    const order = orderOf(["1", 1, "a", 100], ["2", 2, "a"], ["3", 3, "b"]);
    expect(order.ready(0)).toBe("3");
    expect(order.readyCount(0, 9)).toBe(1);
    expect(order.earliest()).toBe(0);
    order.settle("3");
    expect(order.earliest()).toBe(100);
    expect(order.ready(100)).toBe("1");
  });

  it("parts of a split message stand at its place, before what came later", () => {
    const order = orderOf(["whole", 1, "ab"], ["later", 2, "a"]);
    order.start("whole");
    order.settle("whole");
    order.add({ id: "a", place: 1, shipments: ["a"], next_at: 50, not_before: 0 });
    order.add({ id: "b", place: 1, shipments: ["b"], next_at: 50, not_before: 0 });
    expect(order.ready(0)).toBeNull();
    expect(order.readyCount(50, 9)).toBe(2);
    order.settle("a");
    expect(order.ready(0)).toBe("later");
  });

  it("what is sent again waits for the one of its shipment that is in flight", () => {
    const order = orderOf(["5", 5, "a"]);
    order.start("5");
    order.add({ id: "3", place: 3, shipments: ["a"], next_at: 0, not_before: 0 });
    expect(order.ready(0)).toBeNull();
    order.settle("5");
    expect(order.ready(0)).toBe("3");
  });

  it("says what the next event of a shipment waits for, and keeps others from what came back", () => {
    const order = orderOf(["1", 1, "ab"], ["2", 2, "ab"], ["3", 3, "c"]);
    expect([..."abcd"].map((shipment) => order.waitsFor(shipment))).toEqual(["2", "2", "3", null]);
    order.start("1");
    order.start("3");
    expect(order.heldUpBy("1")).toEqual(["2"]);
    expect(order.heldUpBy("3")).toEqual([]);
    order.postpone("1", 50, 0);
    order.postpone("3", 50, 0);
    expect([..."abcd"].map((shipment) => order.waitsFor(shipment))).toEqual(["a", "b", "c", null]);
    // What came back itself is nothing that is held up.
    expect(order.heldUpBy("2")).toEqual([]);
  });

  it("counts what only waits for messages in flight", () => {
    const order = orderOf(["1", 1, "ab"], ["2", 2, "ab"], ["3", 3, "b"], ["4", 4, "c", 70], ["5", 5, "d"]);
    expect([order.readyCount(0, 9), order.soonCount(0, 9)]).toEqual([2, 2]);
    order.start("1");
    expect([order.readyCount(0, 9), order.soonCount(0, 9)]).toEqual([1, 2]);
    order.start("5");
    expect([order.readyCount(70, 9), order.soonCount(70, 9)]).toEqual([1, 2]);
    expect(order.soonCount(70, 1)).toBe(1);
  });

  it("a probe is the oldest that the receiver did not put off", () => {
    const order = orderOf(["1", 1, "a", 900, 500], ["2", 2, "b", 900], ["3", 3, "c", 0]);
    expect(order.oldest(0)).toBe("2");
    expect(order.oldest(500)).toBe("1");
    expect(order.earliestProbe()).toBe(0);
  });

  it("hastens all but what was put off, and moves with the clock", () => {
    const order = orderOf(["1", 1, "a", 900, 500], ["2", 2, "b", 900]);
    order.hasten(100);
    expect(order.ready(100)).toBe("2");
    order.settle("2");
    expect(order.earliest()).toBe(500);
    order.shift(-400);
    expect(order.earliest()).toBe(100);
  });

  it("counts, and forgets what is settled", () => {
    const order = orderOf(["1", 1, "a"], ["2", 2, "b"]);
    order.add({ id: "1", place: 9, shipments: ["z"], next_at: 0, not_before: 0 });
    expect([order.size, order.holds("z"), order.holds("a")]).toEqual([2, false, true]);
    order.start("1");
    expect(order.inFlight).toBe(1);
    order.postpone("1", 70, 0);
    expect([order.inFlight, order.ready(69), order.ready(70)]).toEqual([0, "2", "1"]);
    order.settle("1");
    order.settle("1");
    expect([order.size, order.holds("a"), order.has("1")]).toEqual([1, false, false]);
    expect(() => order.start("1")).toThrow();
  });
});
