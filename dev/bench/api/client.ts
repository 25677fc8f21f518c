import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { z } from "zod";

/**
 * `node client.ts SETTINGS`: asks the same thing over so many kept connections for so long, each as soon as it was
 * answered, and prints what it saw. Reads no more of HTTP than it must, so that the client is not what is measured.
 */
const Settings = z.object({
  port: z.number().int(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  /** The only right answer; another ends the run. */
  status: z.number().int(),
  concurrency: z.number().int(),
  /** Asked, and not counted. */
  warm_ms: z.number(),
  counted_ms: z.number(),
  /** Where the machine is slow, longer than `counted_ms`, until there are so many. */
  least_answers: z.number().int(),
});

export const Seen = z.object({
  /** From the first counted moment to the last counted answer. */
  seconds: z.number(),
  /** With those of the warm-up, and those that came after the end. */
  all_answers: z.number(),
  /** Milliseconds from a request to the last byte of its answer, in the order of the answers. */
  latencies: z.array(z.number()),
});
export type Seen = z.infer<typeof Seen>;
export type ClientSettings = z.infer<typeof Settings>;

async function ask(settings: ClientSettings): Promise<Seen> {
  const { body, concurrency, counted_ms, headers, least_answers, path, port, status, warm_ms } = settings;
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  const right = `HTTP/1.1 ${status} `;
  const begin = performance.now() + warm_ms;
  const end = begin + counted_ms;
  const latencies: number[] = [];
  let all_answers = 0;
  let last = begin;
  const isOver = (now: number) => now >= end && latencies.length >= least_answers;

  const line = () =>
    new Promise<void>((resolve, reject) => {
      const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
      let asked_at = 0;
      let head = "";
      /** Bytes of the body that are still to come; null while the head is read. */
      let rest: number | null = null;
      const next = () => {
        asked_at = performance.now();
        head = "";
        rest = null;
        if (isOver(asked_at)) socket.end(resolve);
        else socket.write(request);
      };
      socket.on("connect", next);
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("The connection was closed before its time.")));
      socket.on("data", (chunk) => {
        if (rest === null) {
          head += chunk.toString("latin1");
          const at = head.indexOf("\r\n\r\n");
          if (at < 0) return;
          const length = /^content-length: *(\d+)\r?$/imu.exec(head.slice(0, at + 2))?.[1];
          if (!head.startsWith(right) || length === undefined) {
            socket.destroy(new Error(`Not the answer that is asked for: ${head.slice(0, 1000)}`));
            return;
          }
          rest = Number(length) - (head.length - at - 4);
        } else rest -= chunk.length;
        if (rest > 0) return;
        const now = performance.now();
        all_answers++;
        if (now >= begin && !isOver(now)) {
          latencies.push(now - asked_at);
          last = now;
        }
        next();
      });
    });
  await Promise.all(Array.from({ length: concurrency }, line));
  return { seconds: (last - begin) / 1000, all_answers, latencies };
}

if (import.meta.main) {
  const file = process.argv[2];
  if (file === undefined) throw new Error("Name the file with the settings: node client.ts SETTINGS.");
  process.stdout.write(JSON.stringify(await ask(Settings.parse(JSON.parse(readFileSync(file, "utf8"))))));
}
