import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { dhlFreight } from "./index.ts";

carrierSuite(dhlFreight, import.meta.dirname);

const message = (status: string, more = "") =>
  `UNB+UNOC:3+DHL+ME+260314:1000+1'UNH+1+IFTSTA:D:01B:UN'BGM+77+9${more}'DTM+137:202603141000:203'CNI+1+700000001'STS+1+${status}'DTM+7:202603140912:203'LOC+172+Text'UNT+7+1'UNZ+1+1'`;

const read = (body: string) =>
  dhlFreight.harmonize(documentOf(body, { source: "sftp" }), { rules: dhlFreight.rules });
const first = (body: string) => read(body).shipments[0]?.events[0];

describe("DHL Freight's pairs", () => {
  it.each([
    ["20+13", "ready_for_pickup"],
    ["24+501", "out_for_delivery"],
    ["24+0", "in_transit"],
    ["21+0", "delivered"],
    ["21+23", "delivery_attempted"],
    ["56+222", "returning"],
    ["55+68", "collection"],
  ])("%s is %s", (status, word) => {
    expect(first(message(status))?.status).toBe(word);
  });

  it("mean nothing without their second number, where it decides", () => {
    expect(first(message("20"))?.rule.id).toBe("dhl_freight:unmapped");
    expect(first(message("24+999"))?.rule.id).toBe("dhl_freight:unmapped");
  });
});

describe("a message that corrects or cancels", () => {
  it("counts as a revision, or takes the fact back", () => {
    expect(first(message("21+0"))).toMatchObject({ revision: 0, withdrawn: false });
    expect(first(message("21+0", "+5"))).toMatchObject({ revision: 1, withdrawn: false });
    expect(first(message("21+0", "+1"))).toMatchObject({ withdrawn: true });
  });
});

describe("a file still growing", () => {
  it("tells only what is surely whole, and that it is to be read again", () => {
    const whole = message("21+0");
    const cut = read(whole.slice(0, whole.indexOf("LOC")));
    expect(cut.complete).toBe(false);
    expect(cut.shipments.flatMap(({ events }) => events)).toEqual([]);
    expect(read(whole).complete).toBe(true);
  });
});
