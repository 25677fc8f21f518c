import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import type { Carrier } from "../../workers/carriers/carrier.ts";
import { sandbox } from "../../workers/carriers/sandbox/index.ts";
import type { DocumentRow } from "../../workers/inbox/views.ts";
import { LocalHub } from "./local-hub.ts";

/**
 * One life of an inbox in which a document exhausts the memory: `inbox-killed.ts FOLDER BYTES AGAIN`. Everything is stored
 * in FOLDER, so the next process goes on where this one was killed. The first life accepts the documents: the one at
 * fault, of so many bytes, stands in the middle of its neighbours. AGAIN is `again` where it has been read well before
 * and exhausts the memory only when it is read again. A life that comes to its end prints JSON of `Survived`.
 */

export interface Survived {
  documents: Pick<DocumentRow, "file_name" | "state" | "remarks">[];
  /** Events in the timelines, by the number of their shipment. */
  events: Record<string, number>;
  waiting: number;
}

/** Documents before the one at fault, and after it. */
export const NEIGHBOURS = 12;
export const AT_FAULT = "at-fault";

const CONNECTION = "con_00000000000000000000000000";
const ACCOUNT = "acme";

const nameOf = (nth: number) => (nth === NEIGHBOURS ? AT_FAULT : `neighbour-${nth}`);
const NAMES = Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, nth) => nameOf(nth));

/** The carrier's reader, which does not come to an end of one document. */
function exhaustOn(carrier: Carrier, isDue: () => boolean): void {
  const { harmonize } = carrier;
  carrier.harmonize = (document, context) => {
    const held: number[][] = [];
    while (document.file_name === AT_FAULT && isDue()) held.push(Array.from({ length: 10_000 }, Math.random));
    return harmonize(document, context);
  };
}

function documentOf(name: string, bytes: number): Uint8Array {
  const events = [{ code: "PICKED_UP", time: "2026-03-14T08:00:00Z" }];
  const body = JSON.stringify({ tracking: [{ tracking_number: name, events }] });
  return new TextEncoder().encode(body + " ".repeat(Math.max(0, bytes - body.length)));
}

async function live(folder: string, bytes: number, again: boolean): Promise<Survived> {
  const first = !existsSync(join(folder, "control.sqlite"));
  const hub = new LocalHub({ folder });
  const { ctx } = hub;
  const inbox = ctx.inboxOf(CONNECTION, 0);
  const settle = async () => {
    while ((await inbox.report()).waiting > 0) await ctx.wait(20);
  };
  let isDue = !(first && again);
  exhaustOn(sandbox, () => isDue);
  if (first) {
    await hub.addAccount(ACCOUNT);
    const credentials = { webhook_secret: "a secret of the sandbox" };
    await hub.addConnection("sandbox", ACCOUNT, { webhook: {} }, credentials, CONNECTION);
    await hub.register(ACCOUNT, "sandbox", NAMES);
    for (const name of NAMES)
      await inbox.accept(null, {
        carrier_id: "sandbox",
        source: "webhook",
        body: documentOf(name, name === AT_FAULT ? bytes : 0),
        content_type: "application/json",
        received_at: ctx.now(),
        http_status: null,
        asked: [],
        file_name: name,
      });
    if (again) {
      await settle();
      isDue = true;
      const keys = (await inbox.idsAfter("", NAMES.length)).map((id) => id.split("_")[1] ?? "");
      await inbox.readAgain(keys.map((key) => ({ key, reread: true })));
    }
  } else {
    // The platform keeps the alarm, and rings it again where the object was killed.
    await hub.inboxes.alarm(`${CONNECTION}/0`);
  }
  await settle();
  const { documents } = await inbox.list({ state: null, source: null, since: 0, before: null, limit: 100 });
  const { results } = await hub.shard
    .prepare(
      "SELECT s.carrier_tracking_id AS number, count(*) AS n FROM shipments s JOIN events e ON e.shipment_id = s.id GROUP BY s.id",
    )
    .all<{ number: string; n: number }>();
  const { waiting } = await inbox.report();
  await hub.close();
  return {
    documents: documents.map(({ file_name, state, remarks }) => ({ file_name, state, remarks })),
    events: Object.fromEntries(results.map(({ number, n }) => [number, n])),
    waiting,
  };
}

if (import.meta.main && isMainThread) {
  const [folder = "", bytes = "0", again = ""] = process.argv.slice(2);
  const say = console.log;
  console.log = () => {};
  say(JSON.stringify(await live(folder, Number(bytes), again === "again")));
}
