import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { outgoingHttp } from "../outside/http.ts";
import { seedConnection, seedShipment } from "../testing/seed.ts";
import { aLaterHour, aStage, documentsOf, MINUTES, slotsOf, tickAfter } from "../testing/stage.ts";

/** A carrier's API that answers with fifty megabytes, over the very edge that calls out. */

beforeEach(aLaterHour);
afterEach(() => vi.restoreAllMocks());

const MB = 1024 * 1024;

it("an answer of 50 MB is read no further than its bound, told, and kept nowhere", async () => {
  let sent = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent >= 50 * MB) return controller.close();
        sent += 256 * 1024;
        controller.enqueue(new Uint8Array(256 * 1024).fill(0x20));
      },
    });
    return new Response(body, { status: 200, headers: { "content-type": "application/json" } });
  });
  const stage = await aStage({ http: outgoingHttp({ allowPrivate: true }) });
  const { id } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account],
    ways: { poll: { base_url: "http://127.0.0.1:1/" } },
    credentials: { api_key: "key" },
  });
  await seedShipment(stage.ctx, stage.account, {
    carrier_id: "sandbox",
    carrier_tracking_id: `SBX-${stage.account}`,
  });
  await tickAfter(stage, 16 * MINUTES);
  expect((await slotsOf(id)).map((slot) => slot.last_error)).toEqual([
    expect.stringMatching(/larger than 10485760 bytes/u),
  ]);
  expect(sent).toBeGreaterThan(10 * MB);
  expect(sent).toBeLessThan(12 * MB);
  expect(await documentsOf(stage, id)).toEqual([]);
});
