import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import { portOf } from "../../ports.ts";
import { monotonicMs } from "./clock.ts";

/**
 * `node receiver-process.ts`: the customers' endpoints. Answers 204 at once, verifies nothing, and notes when each event
 * came and whether it came before an earlier one of its shipment. `PUT /turn` begins a turn: from then on only events
 * whose carrier's id begins with its name count. `GET /until?count=&within=` answers once so many came, or the time is
 * over; `GET /seen` tells all.
 */
const Elements = z.array(
  z.object({
    shipment_id: z.string(),
    sequence: z.number(),
    event: z.object({
      id: z.string(),
      /** Gluey's events have an id of their own, and the carrier's here. */
      carrier_meta_data: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
    }),
  }),
);

let turn = "";
let arrivals: [id: string, at: number][] = [];
let out_of_order = 0;
let requests = 0;
let waiting: { count: number; answer: () => void }[] = [];
const known = new Set<string>();
/** The last sequence of each shipment. */
const sequences = new Map<string, number>();

function take(body: string, at: number): void {
  const elements = Elements.parse(JSON.parse(body));
  requests++;
  for (const { shipment_id, sequence, event } of elements) {
    const id = event.carrier_meta_data?.find(({ key }) => key === "event_id")?.value ?? event.id;
    if (known.has(id)) continue;
    known.add(id);
    if (sequence <= (sequences.get(shipment_id) ?? 0)) out_of_order++;
    else sequences.set(shipment_id, sequence);
    if (id.startsWith(turn)) arrivals.push([id, at]);
  }
  const due = waiting.filter(({ count }) => arrivals.length >= count);
  if (due.length === 0) return;
  waiting = waiting.filter(({ count }) => arrivals.length < count);
  for (const { answer } of due) answer();
}

async function control(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://receiver.invalid");
  if (pathname === "/turn") {
    turn = body;
    arrivals = [];
    out_of_order = 0;
    requests = 0;
  } else if (pathname === "/until") {
    const count = Number(searchParams.get("count"));
    await new Promise<void>((resolve) => {
      const one = { count, answer: resolve };
      waiting.push(one);
      const late = () => {
        waiting = waiting.filter((other) => other !== one);
        resolve();
      };
      setTimeout(late, arrivals.length >= count ? 0 : Number(searchParams.get("within")));
    });
  }
  const all = pathname === "/seen" ? arrivals : [];
  response.end(JSON.stringify({ count: arrivals.length, requests, out_of_order, arrivals: all }));
}

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const at = monotonicMs();
    const body = Buffer.concat(pieces).toString("utf8");
    if (request.url?.startsWith("/hooks/") !== true) return void control(request, response, body);
    response.writeHead(204).end();
    take(body, at);
  });
});
// Senders keep their connections between the turns.
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true, port: portOf(server) })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
