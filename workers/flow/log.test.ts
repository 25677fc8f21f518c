import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inOneLine, log, reasonOf, withFacts } from "./log.ts";

/** The lines themselves: what is one, what it holds, and what never stands in it. */

let lines: unknown[] = [];

beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});
afterEach(() => void vi.restoreAllMocks());

describe("a line", () => {
  it("is one thing, with what is under way around it", async () => {
    log("document.received", { document_id: "doc_1", bytes: 3, carrier_id: undefined });
    await withFacts({ request_id: "req_1" }, async () => {
      log("document.refused", { connection_id: "con_1" });
      await withFacts({ tenant_id: "a.live" }, async () => log("shipment.stopped", { shipment_id: "shp_1" }));
    });
    expect(lines).toEqual([
      { event: "document.received", document_id: "doc_1", bytes: 3 },
      { event: "document.refused", request_id: "req_1", connection_id: "con_1" },
      { event: "shipment.stopped", request_id: "req_1", tenant_id: "a.live", shipment_id: "shp_1" },
    ]);
  });

  it("is one for a batch, in the order in which things happened", async () => {
    await inOneLine({ queue: "gluey-documents" }, async () => {
      await Promise.all([1, 2, 3].map(async (n) => log("document.harmonized", { document_id: `doc_${n}` })));
    });
    await inOneLine({ queue: "gluey-events" }, async () => log("timeline.posted", { events: 2 }));
    await inOneLine({ queue: "gluey-checks" }, async () => {});
    expect(lines).toEqual([
      {
        event: "batch.done",
        queue: "gluey-documents",
        count: 3,
        things: [1, 2, 3].map((n) => ({ event: "document.harmonized", document_id: `doc_${n}` })),
      },
      { event: "timeline.posted", events: 2, queue: "gluey-events" },
    ]);
  });

  it("is one by itself, at once, for what went wrong, also where the batch never ends well", async () => {
    const batch = inOneLine({ queue: "gluey-events" }, async () => {
      log("timeline.posted", { events: 1 });
      log("message.failed", { attempts: 2, why: "The database is busy." });
      expect(lines).toHaveLength(1);
      throw new Error("cut");
    });
    await expect(batch).rejects.toThrow("cut");
    expect(lines).toEqual([
      {
        event: "message.failed",
        level: "warn",
        queue: "gluey-events",
        attempts: 2,
        why: "The database is busy.",
      },
      { event: "timeline.posted", queue: "gluey-events", events: 1 },
    ]);
  });

  it("is bounded: a long batch is several lines", async () => {
    await inOneLine({}, async () => {
      for (let n = 0; n < 120; n++) log("delivery.attempted", { message: `msg_${n}` });
    });
    expect(lines).toMatchObject([{ count: 50 }, { count: 50 }, { count: 20 }]);
  });

  it("holds nothing that was not to be told", () => {
    log("check.failed", {
      why: "HTTP 401 for https://u:p4ss@carrier.example/v1?key=abc by anna@example.org",
    });
    log("receiver.probed", { endpoint: "https://shop.example/hook/s3cret", ok: true });
    expect(lines).toEqual([
      { event: "check.failed", level: "warn", why: "HTTP 401 for https://carrier.example/… by [e-mail]" },
      { event: "receiver.probed", endpoint: "[hidden]", ok: true },
    ]);
  });
});

it("a reason is what the error says without what it quotes", () => {
  expect(reasonOf(new SyntaxError("Unexpected token 'A', \"Anna Berg, Storg\"... is not valid JSON"))).toBe(
    "Unexpected token [quoted], [quoted]",
  );
  expect(reasonOf("plain")).toBe("plain");
});
