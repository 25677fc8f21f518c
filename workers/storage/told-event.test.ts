import fc from "fast-check";
import { expect, it } from "vitest";
import { eventReader } from "./told-event.ts";

const words = fc.oneof(
  fc.string(),
  fc.constantFrom('"other":', ',"other":{', '"eta":"', "\\", '","other":{"eta":null}}', "é"),
);
const eta = fc.option(fc.constantFrom("2026-03-14", "2026-03-14T10:00:00+01:00"));
const other = fc.record({
  condition: fc.constantFrom(null, "damaged"),
  eta,
  delivery_confirmation: fc.option(fc.record({ signed_by: words, base64_photo: fc.constant(null) })),
});
const event = fc.record({
  id: fc.constant("evt_1"),
  carrier_meta_data: fc.array(fc.record({ key: words, value: words }), { maxLength: 3 }),
  codes: fc.record({ freetext_detail: fc.option(words) }),
  eta,
});

it("hands on an event without what stands beside it, whatever is said in it and wherever that stands", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(event, other, fc.boolean()), { maxLength: 5 }), (stored) => {
      const read = eventReader();
      for (const [own, beside, last] of stored) {
        const body = JSON.stringify(last ? { ...own, other: beside } : { other: beside, ...own });
        const told = read(body, 7);
        expect(JSON.parse(told.json)).toEqual(own);
        expect(told).toMatchObject({ other: beside, eta: own.eta, created_at: 7 });
      }
    }),
    { numRuns: 2000 },
  );
});
