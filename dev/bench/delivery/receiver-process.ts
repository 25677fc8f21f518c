import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import { Random } from "../../campaign/random.ts";
import { checkSignature } from "../../campaign/receiver/verify.ts";
import { portOf } from "../../ports.ts";
import { Behaviour, type Received } from "./records.ts";

/**
 * `node receiver-process.ts`: the customers' endpoints, in a process of their own that no kill touches. Verifies `v1` and
 * `v1a` of every request, remembers what came and when, and misbehaves as it is told. `PUT /control` begins anew,
 * `GET /count` says how many events were acknowledged, `GET /received` tells all. Shares no code with any sender.
 */
const MOST_BYTES = 1024 * 1024;
const Elements = z.array(z.object({ shipment_id: z.string(), sequence: z.number() }));

let behaviour: Behaviour = { secrets: {}, public_keys: [], fault_share: 0, seed: 0, answer_after_ms: 0 };
let received: Received[] = [];
let acknowledged = new Set<string>();
const requests = new Map<string, number>();

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  const body = await bodyOf(request);
  if (path === "/control") {
    behaviour = Behaviour.parse(JSON.parse(body.toString("utf8")));
    received = [];
    acknowledged = new Set();
    requests.clear();
    response.writeHead(204).end();
    return;
  }
  if (path === "/count") return void response.end(JSON.stringify({ acknowledged: acknowledged.size }));
  if (path === "/received") return void response.end(JSON.stringify(received));
  const endpoint = path.slice("/hooks/".length);
  const at = Date.now();
  const keys = {
    secrets: [behaviour.secrets[endpoint] ?? ""],
    wanted: 1,
    public_keys: behaviour.public_keys,
  };
  const signature = checkSignature(request.headers, body, keys, at);
  const elements = signature === "ok" ? Elements.parse(JSON.parse(body.toString("utf8"))) : [];
  const n = requests.get(endpoint) ?? 0;
  requests.set(endpoint, n + 1);
  const fault = signature === "ok" ? faultOf(endpoint, n) : "not verified";
  const line: Received = {
    at,
    endpoint,
    id: String(request.headers["webhook-id"] ?? ""),
    signature,
    fault,
    events: elements.map(({ shipment_id, sequence }) => [shipment_id, sequence]),
    acknowledged_at: null,
    ended_at: null,
  };
  received.push(line);
  response.once("close", () => {
    line.ended_at = Date.now();
  });
  if (behaviour.answer_after_ms > 0)
    await new Promise((resolve) => setTimeout(resolve, behaviour.answer_after_ms));
  // Whoever is gone hears no answer: Node would still write one into a connection that the other side has ended.
  if (response.destroyed || request.socket.readableEnded) return void response.destroy();
  answer(line, response);
}

const FAULTS = ["500", "500", "500", "503", "503", "closed", "closed", "closed", "reset"] as const;
/** Of the faults: an endpoint that takes the request and never answers. */
const SILENT_SHARE = 0.02;

function faultOf(endpoint: string, n: number): string {
  const random = new Random("fault", behaviour.seed, endpoint, n);
  if (!random.chance(behaviour.fault_share)) return "none";
  return random.chance(SILENT_SHARE) ? "silent" : random.pick(FAULTS);
}

function answer(line: Received, response: ServerResponse): void {
  switch (line.fault) {
    case "none":
      line.acknowledged_at = Date.now();
      for (const [shipment, sequence] of line.events) acknowledged.add(`${shipment} ${sequence}`);
      return void response.writeHead(204).end();
    case "silent":
      return;
    case "closed":
      return void response.socket?.end();
    case "reset":
      return void response.socket?.resetAndDestroy();
    case "not verified":
      return void response.writeHead(401).end();
    default:
      return void response.writeHead(Number(line.fault)).end("fault\n");
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error("The body is longer than 1 MiB.");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const server = createServer((request, response) => {
  take(request, response).catch((cause: unknown) => {
    process.stderr.write(`${String(cause)}\n`);
    response.destroy();
  });
});
// Senders keep their connections between the parts of the bench.
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ ready: true, port: portOf(server) })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
