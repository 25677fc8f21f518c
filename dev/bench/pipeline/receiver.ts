import { join } from "node:path";
import { z } from "zod";
import { startReady } from "../delivery/children.ts";

/** The customers' endpoints, seen from the bench. */
export interface Receiver {
  /** Where endpoints begin: `http://127.0.0.1:PORT`. */
  url: string;
  /** Forgets what came; from now on only events whose id begins with the turn's name count. */
  begin(turn: string): Promise<void>;
  /** Resolves with how many events came, once there are so many or the time is over. */
  until(count: number, within_ms: number): Promise<number>;
  seen(): Promise<Seen>;
  close(): Promise<void>;
}

const Ready = z.object({ port: z.number() });
const Seen = z.object({
  count: z.number(),
  requests: z.number(),
  /** Events that came after a later one of their shipment. */
  out_of_order: z.number(),
  /** The carrier's id of each event, and when it came: milliseconds of the monotonic clock. */
  arrivals: z.array(z.tuple([z.string(), z.number()])),
});
export type Seen = z.infer<typeof Seen>;

/** Starts the receiver in a process of its own. */
export async function startReceiver(directory: string): Promise<Receiver> {
  const file = join(import.meta.dirname, "receiver-process.ts");
  const { child, ready } = await startReady(file, directory, {});
  const url = `http://127.0.0.1:${Ready.parse(JSON.parse(ready)).port}`;
  const read = async (path: string) => Seen.parse(await (await fetch(`${url}${path}`)).json());
  return {
    url,
    begin: async (turn) => {
      await (await fetch(`${url}/turn`, { method: "PUT", body: turn })).text();
    },
    until: async (count, within_ms) => (await read(`/until?count=${count}&within=${within_ms}`)).count,
    seen: () => read("/seen"),
    close: () => child.end(),
  };
}
