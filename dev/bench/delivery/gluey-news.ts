import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Customer } from "../../campaign/api.ts";
import { sleep } from "./children.ts";
import type { BenchEvent } from "./contestant.ts";
import type { Fact } from "./plan.ts";

/** What goes into Gluey and what it makes of it: a carrier's pushes, and the accounts' feeds. */

const PUSHED_WITHIN_MS = 60_000;
const TAKEN_WITHIN_MS = 300_000;

const FeedPage = z.object({
  data: z.array(
    z.looseObject({
      shipment_id: z.string(),
      sequence: z.number(),
      carrier_tracking_id: z.string(),
    }),
  ),
  next_cursor: z.string(),
});

/** An event as a feed tells it, with the number it was told for. */
export type InFeed = Omit<BenchEvent, "fact"> & { number: string };

export interface Known {
  customers: readonly (Customer & { subscription_id: string })[];
  carrier: { path: string; secret: string };
}

/** What the sandbox carrier sends, and signs as it describes. Throws unless it is accepted. */
export async function push(url: string, { carrier }: Known, facts: readonly Fact[]): Promise<void> {
  const tracking = [...Map.groupBy(facts, ({ number }) => number)].map(([tracking_number, of]) => ({
    tracking_number,
    events: of.map(({ code, time }) => ({
      code,
      time,
      text: "As the scanner sent it",
      place: { city: "Malmö", country: "SE" },
    })),
  }));
  const body = JSON.stringify({ tracking });
  const at_s = Math.floor(Date.now() / 1000);
  const mac = createHmac("sha256", carrier.secret).update(`${at_s}.${body}`).digest("hex");
  const answer = await fetch(`${url}${carrier.path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-sandbox-signature": `t=${at_s},v1=${mac}` },
    body,
    signal: AbortSignal.timeout(PUSHED_WITHIN_MS),
  });
  await answer.body?.cancel();
  if (answer.status !== 202) throw new Error(`A carrier's push was answered ${answer.status}.`);
}

/** Reads the feeds on until they hold so many events. */
export async function untilInFeed(
  url: string,
  { customers }: Known,
  found: Map<string, InFeed>,
  wanted: number,
): Promise<void> {
  const cursors = customers.map((): string | null => null);
  const give_up = Date.now() + TAKEN_WITHIN_MS;
  while (found.size < wanted) {
    if (Date.now() > give_up) throw new Error(`Only ${found.size} of ${wanted} events are in the feeds.`);
    for (const [index, { account_number, key }] of customers.entries()) {
      for (;;) {
        const query = new URLSearchParams({ limit: "100" });
        const cursor = cursors[index];
        if (typeof cursor === "string") query.set("after", cursor);
        const answer = await fetch(`${url}/accounts/${account_number}/events?${query}`, {
          headers: { "x-key": key },
        });
        if (!answer.ok) throw new Error(`The feed of ${account_number} answered ${answer.status}.`);
        const page = FeedPage.parse(await answer.json());
        for (const element of page.data) {
          const { shipment_id, sequence, carrier_tracking_id } = element;
          found.set(`${shipment_id} ${sequence}`, {
            number: carrier_tracking_id,
            shipment_id,
            sequence,
            element: JSON.stringify(element),
          });
        }
        cursors[index] = page.next_cursor;
        if (page.data.length < 100) break;
      }
    }
    await sleep(1000);
  }
}
