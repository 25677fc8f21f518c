import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { posti } from "./index.ts";

carrierSuite(posti, import.meta.dirname);

describe("Posti's sentences", () => {
  const status = (eventDescription: string, main = "IN_TRANSPORT") => {
    const hits = [
      {
        displayId: "JJFI1",
        status: { main },
        events: [{ timestamp: "2026-04-29T13:12:42.000Z", eventDescription }],
      },
    ];
    const body = { data: { consumerSearchShipments: { hits } } };
    return posti.harmonize(documentOf(JSON.stringify(body)), { rules: posti.rules }).shipments[0]?.events[0]
      ?.status;
  };

  it("say delivered also when the sender got it back: then the parcel's state decides", () => {
    expect(status("The item has been delivered", "DELIVERED")).toBe("delivered");
    expect(status("The item has been delivered", "RETURN_DELIVERED")).toBe("returned");
    expect(status("The item is in sorting", "RETURN_DELIVERED")).toBe("in_transit");
  });

  it("stay unmapped where nobody knows them", () => {
    expect(status("The item sings")).toBe("notice");
  });
});

describe("Posti's tokens", () => {
  it("are two, and go into two headers", () => {
    const body = new TextEncoder().encode(
      '{"id_token": "ID", "role_tokens": [{"type": "anonymous", "token": "ROLE"}]}',
    );
    const read = posti.poll?.token?.read(body);
    const request = { method: "POST" as const, url: "https://x", headers: {}, body: null };
    expect(posti.poll?.token?.apply(request, read?.token ?? "").headers).toEqual({
      authorization: "ROLE",
      "x-posti-token": "Bearer ID",
    });
  });
});
