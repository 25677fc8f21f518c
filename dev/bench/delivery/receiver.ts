import { z } from "zod";
import { type Child, startReady } from "./children.ts";
import { type Behaviour, Received } from "./records.ts";

/** The customers' endpoints, seen from the bench. */
export interface Receiver {
  /** Where endpoints begin: `http://127.0.0.1:PORT`. */
  url: string;
  /** Forgets what came, and behaves so from now on. */
  begin(behaviour: Behaviour): Promise<void>;
  /** How many different events were acknowledged. */
  count(): Promise<number>;
  received(): Promise<Received[]>;
  close(): Promise<void>;
}

const Ready = z.object({ port: z.number() });
const Count = z.object({ acknowledged: z.number() });

export async function startReceiver(directory: string): Promise<Receiver> {
  const { child, ready }: { child: Child; ready: string } = await startReady(
    "receiver-process.ts",
    directory,
    {},
  );
  const url = `http://127.0.0.1:${Ready.parse(JSON.parse(ready)).port}`;
  const read = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  return {
    url,
    begin: async (behaviour) => {
      await fetch(`${url}/control`, { method: "PUT", body: JSON.stringify(behaviour) });
    },
    count: async () => Count.parse(await read("/count")).acknowledged,
    received: async () => z.array(Received).parse(await read("/received")),
    close: () => child.end(),
  };
}
