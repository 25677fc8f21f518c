import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeliveryOrder } from "../domain/delivery-order.ts";
import { nextAttempt } from "../domain/retry-schedule.ts";
import { type BuiltElement, type PackedMessage, pack, splitByShipment } from "./packing.ts";

function element(position: number, shipment_id: string, sequence: number, text = ""): BuiltElement {
  return {
    position,
    shipment_id,
    sequence,
    bytes: new TextEncoder().encode(JSON.stringify({ shipment_id, sequence, text })),
  };
}

/** Elements of a feed, one for each letter; a letter is a shipment. */
function feed(letters: string): BuiltElement[] {
  const sequences = new Map<string, number>();
  return [...letters].map((letter, index) => {
    const sequence = (sequences.get(letter) ?? 0) + 1;
    sequences.set(letter, sequence);
    return element(index + 1, letter, sequence);
  });
}

const contents = (message: PackedMessage): string[] =>
  JSON.parse(new TextDecoder().decode(message.body)).map(
    (one: { shipment_id: string; sequence: number }) => `${one.shipment_id}${one.sequence}`,
  );
const nothing = () => null;

describe("packing", () => {
  it("fills messages in the feed's order", () => {
    const packed = pack(feed("abca"), nothing, { max_batch: 20, max_bytes: 10_000 });
    expect(packed.map(contents)).toEqual([["a1", "b1", "c1", "a2"]]);
    expect(packed[0]).toMatchObject({
      events: 4,
      first_position: 1,
      last_position: 4,
      shipments: [
        { shipment_id: "a", first_sequence: 1, last_sequence: 2 },
        { shipment_id: "b", first_sequence: 1, last_sequence: 1 },
        { shipment_id: "c", first_sequence: 1, last_sequence: 1 },
      ],
    });
  });

  it("all of a shipment goes into one message where it fits, and into messages of its own where it does not", () => {
    const packed = pack(feed("abcadaaab"), nothing, { max_batch: 2, max_bytes: 10_000 });
    expect(packed.map(contents)).toEqual([["a1", "a2"], ["a3", "a4"], ["a5"], ["b1", "b2"], ["c1", "d1"]]);
  });

  it("fills what room others left, so that messages are full", () => {
    const packed = pack(feed("abcabcad"), nothing, { max_batch: 4, max_bytes: 10_000 });
    expect(packed.map(contents)).toEqual([
      ["a1", "a2", "a3", "d1"],
      ["b1", "c1", "b2", "c2"],
    ]);
  });

  it("shipments that wait for the same message share what follows it", () => {
    const behind = (shipment: string) => (shipment === "c" ? "m2" : "m1");
    expect(pack(feed("abcabc"), behind, { max_batch: 4, max_bytes: 10_000 }).map(contents)).toEqual([
      ["a1", "b1", "a2", "b2"],
      ["c1", "c2"],
    ]);
  });

  it("a shipment that something holds shares no message with one that nothing holds", () => {
    const packed = pack(feed("abab"), (shipment) => (shipment === "a" ? "m1" : null), {
      max_batch: 20,
      max_bytes: 10_000,
    });
    expect(packed.map(contents)).toEqual([
      ["a1", "a2"],
      ["b1", "b2"],
    ]);
  });

  it("keeps to the bytes of a body", () => {
    const elements = Array.from({ length: 9 }, (_, index) =>
      element(index + 1, `s${index}`, 1, "x".repeat(300)),
    );
    const packed = pack(elements, nothing, { max_batch: 100, max_bytes: 1000 });
    for (const message of packed) expect(message.body.byteLength).toBeLessThanOrEqual(1000);
    expect(packed.flatMap(contents)).toHaveLength(9);
  });

  it("splits a message into the same bytes, one message a shipment", () => {
    const tricky = [
      element(1, "a", 1, 'quotes " and \\ and ]},{ and ü'),
      element(2, "b", 1, '\\"],['),
      element(3, "a", 2, "[[{{"),
    ];
    const [whole] = pack(tricky, nothing, { max_batch: 20, max_bytes: 10_000 });
    if (whole === undefined) throw new Error("One message was packed.");
    const parts = splitByShipment(whole);
    expect(parts.map(contents)).toEqual([["a1", "a2"], ["b1"]]);
    expect(parts[1]?.body).toEqual(new Uint8Array([0x5b, ...(tricky[1]?.bytes ?? []), 0x5d]));
    expect(parts.map((part) => part.events)).toEqual([2, 1]);
  });
});

type Sent = { id: string; message: PackedMessage; intervals_used: number; place: number };

/** A subscription's whole life in memory: the feed in any portions, any outcome for any try. */
function live(letters: string, portions: readonly number[], outcomes: readonly number[], max_batch: number) {
  const elements = feed(letters);
  const order = new DeliveryOrder();
  const messages = new Map<string, Sent>();
  const acknowledged: string[] = [];
  const dead: string[] = [];
  const flying = new Set<string>();
  let now = 0;
  let ids = 0;
  let turn = 0;
  const random = () => (outcomes[turn++ % outcomes.length] ?? 0) / 100;
  const hold = (message: PackedMessage, place: number | null, intervals_used: number, next_at: number) => {
    const id = `m${++ids}`;
    const several = message.shipments.length > 1;
    const before = new Set(message.shipments.map((one) => order.waitsFor(one.shipment_id)));
    if (several && before.size > 1) throw new Error("Shipments wait for each other.");
    messages.set(id, { id, message, intervals_used, place: place ?? ids });
    order.add({
      id,
      place: place ?? ids,
      shipments: message.shipments.map((one) => one.shipment_id),
      next_at,
      not_before: 0,
      returned: intervals_used > 0,
    });
    return id;
  };
  /** As attempts.ts does it. */
  const part = (sent: Sent, intervals_used: number, next_at: number) => {
    order.settle(sent.id);
    const parts = splitByShipment(sent.message).map((one) => hold(one, sent.place, intervals_used, next_at));
    for (const id of parts) partFollowers(id);
  };
  const partFollowers = (id: string) => {
    for (const other of order.heldUpBy(id)) {
      const follower = messages.get(other);
      // One of those before it may have parted it already.
      if (follower !== undefined && order.has(other)) part(follower, 0, now);
    }
  };
  const end = (sent: Sent) => {
    flying.delete(sent.id);
    for (const shipment of sent.message.shipments) flying.delete(`shipment ${shipment.shipment_id}`);
  };
  const finish = (sent: Sent) => {
    end(sent);
    const outcome = random();
    if (outcome < 0.5) {
      acknowledged.push(...contents(sent.message));
      order.settle(sent.id);
      return;
    }
    const next = nextAttempt({
      now,
      intervals_used: sent.intervals_used,
      retry_after_ms: null,
      status: 500,
      timeScale: 1,
      random: 0.5,
    });
    if (next.kind === "dead") {
      dead.push(...contents(sent.message));
      order.settle(sent.id);
    } else if (sent.message.shipments.length > 1) {
      part(sent, sent.intervals_used + 1, next.at);
    } else {
      sent.intervals_used += 1;
      order.postpone(sent.id, next.at, 0);
      partFollowers(sent.id);
    }
  };
  const launch = () => {
    for (const [other, { message }] of messages) {
      if (order.has(other) && message.shipments.length > 1 && !flying.has(other))
        for (const { shipment_id } of message.shipments)
          if (order.waitsFor(shipment_id) === shipment_id)
            throw new Error("A message of several waits behind one that came back.");
    }
    for (let id = order.ready(now); id !== null && flying.size < 30; id = order.ready(now)) {
      const sent = messages.get(id);
      if (sent === undefined) throw new Error("Only what was added can be ready.");
      for (const { shipment_id } of sent.message.shipments) {
        if (flying.has(`shipment ${shipment_id}`))
          throw new Error(`Two messages of ${shipment_id} are in flight.`);
        flying.add(`shipment ${shipment_id}`);
      }
      order.start(id);
      flying.add(id);
    }
  };
  let taken = 0;
  for (let step = 0; taken < elements.length || order.size > 0; step++) {
    if (step > 50_000) throw new Error("It never ends.");
    const portion = portions[step % portions.length] ?? 1;
    for (const message of pack(elements.slice(taken, taken + portion), (one) => order.waitsFor(one), {
      max_batch,
      max_bytes: 10_000,
    })) {
      hold(message, null, 0, now);
    }
    taken += portion;
    launch();
    const inFlight = [...flying].filter((one) => !one.startsWith("shipment"));
    // They come back in any order.
    const back = inFlight[Math.floor(random() * inFlight.length)];
    const sent = back === undefined ? undefined : messages.get(back);
    if (sent !== undefined) finish(sent);
    else now = Math.max(now, order.earliest() ?? now);
  }
  return { acknowledged, dead };
}

it("any feed with any outcomes: order per shipment, one in flight, nothing lost, nothing twice", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "e", "f"), minLength: 1, maxLength: 60 }),
      fc
        .array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 6 })
        .filter((portions) => portions.some((one) => one > 0)),
      // The first is below 50 so that something is acknowledged in the end.
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 3, maxLength: 17 }),
      fc.integer({ min: 1, max: 20 }),
      (letters, portions, outcomes, max_batch) => {
        const { acknowledged, dead } = live(letters, portions, outcomes, max_batch);
        const all = feed(letters).map((one) => `${one.shipment_id}${one.sequence}`);
        expect([...acknowledged, ...dead].toSorted()).toEqual(all.toSorted());
        for (const shipment of new Set(letters)) {
          const sequences = acknowledged
            .filter((one) => one.startsWith(shipment))
            .map((one) => Number(one.slice(1)));
          expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
        }
      },
    ),
    { numRuns: 300 },
  );
});
