import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { budbee } from "./index.ts";

carrierSuite(budbee, import.meta.dirname);

describe("Delivered", () => {
  const status = (more: Record<string, unknown>) => {
    const body = { token: "BUDBEE000001", status: "Delivered", deliveredAt: "2026-04-29T13:12:42Z", ...more };
    return budbee.harmonize(documentOf(JSON.stringify(body)), { rules: budbee.rules }).shipments[0]?.events[0]
      ?.status;
  };
  it("into a box waits for the recipient, at the door is the end", () => {
    expect(status({ lockerIdentifier: "NL-1" })).toBe("ready_for_pickup");
    expect(status({})).toBe("delivered");
  });
});
