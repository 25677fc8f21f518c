import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import { z } from "zod";
import { portOf } from "../ports.ts";
import { carriedBy, Elements } from "./api.ts";
import { openJournal } from "./journal.ts";
import { untrustedCertificate } from "./receiver/certificate.ts";
import { type Endpoint, reactionOf } from "./receiver/endpoint.ts";
import { checkSignature, type Keys } from "./receiver/verify.ts";
import type { CarriedEvent } from "./records.ts";

/**
 * `node receiver-process.ts SETTINGS`: the customers' endpoints, in a process of their own that no kill of Gluey touches.
 * It verifies every request itself, writes it to an append-only file with fsync before it answers, and misbehaves as it is
 * told (`PUT /control`). Shares no code with the sender.
 */
const Settings = z.object({
  journal: z.string(),
  seed: z.number(),
  endpoints: z.array(
    z.object({
      name: z.string(),
      behaviour: z.string(),
      poisoned: z.array(z.string()),
      /** Has a port of its own, which can be closed. */
      own_port: z.boolean(),
    }),
  ),
});

const BEHAVIOURS = [
  "clean",
  "hang",
  "mixed",
  "poison",
  "flap",
  "gone",
  "unavailable",
  "closed",
  "untrusted",
] as const;
const Control = z.object({
  endpoint: z.string().optional(),
  behaviour: z.enum(BEHAVIOURS).optional(),
  secrets: z.array(z.string()).optional(),
  wanted: z.number().optional(),
  public_keys: z.array(z.string()).optional(),
});

const MOST_BYTES = 1024 * 1024;

const settings = Settings.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const journal = await openJournal(settings.journal);
const endpoints = new Map<string, Endpoint>();
const keys = new Map<string, { secrets: string[]; wanted: number }>();
const ports = new Map<string, { server: Server; port: number }>();
let public_keys: string[] = [];
let count = 0;

const listener: RequestListener = (request, response) => {
  take(request, response).catch((cause: unknown) => {
    process.stderr.write(`${String(cause)}\n`);
    response.destroy();
  });
};

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  if (path === "/control") return control(request, response);
  const endpoint = endpoints.get(/^\/hooks\/([a-z0-9-]+)$/u.exec(path)?.[1] ?? "");
  if (endpoint === undefined) {
    await journal.write({ kind: "strayed", at: Date.now(), path });
    response.writeHead(404).end();
    return;
  }
  const body = await bodyOf(request);
  const at = Date.now();
  const n = count++;
  const known: Keys = { secrets: [], wanted: 1, ...keys.get(endpoint.name), public_keys };
  const signature =
    body === null ? "the body is longer than 1 MiB" : checkSignature(request.headers, body, known, at);
  const events = signature === "ok" && body !== null ? eventsOf(body) : [];
  const reaction =
    signature === "ok"
      ? reactionOf(
          endpoint,
          events.map(({ fact }) => fact),
          settings.seed,
          at,
        )
      : null;
  response.once("close", () => void journal.write({ kind: "closed", n, at: Date.now() }));
  const arrived = journal.write({
    kind: "request",
    n,
    at,
    endpoint: endpoint.name,
    id: String(request.headers["webhook-id"] ?? ""),
    signature,
    fault: reaction?.fault ?? "not verified",
    events,
  });
  const told = reaction?.silent
    ? null
    : journal.write({ kind: "answered", n, at: Date.now(), ack: reaction?.ack ?? "no" });
  await Promise.all([arrived, told]);
  if (reaction === null) response.writeHead(401).end();
  else reaction.answer(response);
}

function eventsOf(body: Buffer): CarriedEvent[] {
  return Elements.parse(JSON.parse(body.toString("utf8"))).map(carriedBy);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MOST_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  const told = Control.parse(JSON.parse(body?.toString("utf8") ?? "{}"));
  public_keys = told.public_keys ?? public_keys;
  const endpoint = endpoints.get(told.endpoint ?? "");
  if (endpoint !== undefined && told.secrets !== undefined)
    keys.set(endpoint.name, { secrets: told.secrets, wanted: told.wanted ?? 1 });
  if (endpoint !== undefined && told.behaviour !== undefined) await behave(endpoint, told.behaviour);
  response.writeHead(204).end();
}

async function behave(endpoint: Endpoint, behaviour: Endpoint["behaviour"]): Promise<void> {
  endpoint.behaviour = behaviour;
  await journal.write({ kind: "behaves", at: Date.now(), endpoint: endpoint.name, behaviour });
  const own = ports.get(endpoint.name);
  if (own === undefined) return;
  if (behaviour === "closed") {
    own.server.close();
    if ("closeAllConnections" in own.server && typeof own.server.closeAllConnections === "function")
      own.server.closeAllConnections();
  } else if (!own.server.listening) await listen(own.server, own.port);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

const common = createServer(listener);
const tls = createTlsServer(untrustedCertificate(), listener);
await Promise.all([listen(common, 0), listen(tls, 0)]);
for (const { name, behaviour, poisoned, own_port } of settings.endpoints) {
  const known = BEHAVIOURS.find((word) => word === behaviour) ?? "clean";
  endpoints.set(name, { name, behaviour: known, poisoned: new Set(poisoned), requests: 0 });
  if (!own_port) continue;
  const server = createServer(listener);
  await listen(server, 0);
  ports.set(name, { server, port: portOf(server) });
}
process.on("SIGTERM", async () => {
  await journal.close();
  process.exit(0);
});
const own = Object.fromEntries([...ports].map(([name, { port }]) => [name, port]));
process.stdout.write(`${JSON.stringify({ ready: true, port: portOf(common), tls: portOf(tls), own })}\n`);
