import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { LocalHub } from "./local-hub.ts";

const SHIPMENTS = 400;
const EVENTS = 10;

const Processed = z.object({ event: z.literal("documents.processed"), events: z.number() });

let hub: LocalHub;
beforeAll(() => {
  hub = new LocalHub();
});
afterAll(() => hub.close());

it("a portion of very short events is appended a thousand events at a time", async () => {
  const { ctx } = hub;
  const numbers = Array.from({ length: SHIPMENTS }, (_, nth) => `N${nth}`);
  await hub.addAccount("acme");
  const credentials = { webhook_secret: "a secret of the sandbox" };
  const connection = await hub.addConnection("sandbox", "acme", { webhook: {} }, credentials);
  await hub.register("acme", "sandbox", numbers);
  const events = Array.from({ length: EVENTS }, (_, nth) => ({ code: "ARRIVED", time: `2026-03-1${nth}` }));
  const body = JSON.stringify({ tracking: numbers.map((number) => ({ tracking_number: number, events })) });
  // One portion: it is read as a whole.
  expect(body.length).toBeLessThan(262_144);

  const lines = vi.spyOn(console, "log").mockImplementation(() => {});
  const inbox = ctx.inboxOf(connection, 0);
  await inbox.accept(null, {
    carrier_id: "sandbox",
    source: "webhook",
    body: new TextEncoder().encode(body),
    content_type: "application/json",
    received_at: ctx.now(),
    http_status: null,
    asked: [],
    file_name: null,
  });
  await vi.waitFor(async () => expect((await inbox.report()).waiting).toBe(0), { timeout: 20_000 });
  const slices = lines.mock.calls.flatMap(([line]) => {
    const processed = Processed.safeParse(JSON.parse(String(line)));
    return processed.success ? [processed.data.events] : [];
  });
  lines.mockRestore();
  expect(slices).toEqual([1000, 1000, 1000, 1000]);
  const { results } = await hub.shard.prepare("SELECT count(*) AS n FROM events").all<{ n: number }>();
  expect(results).toEqual([{ n: SHIPMENTS * EVENTS }]);
});
