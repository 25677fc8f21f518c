import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GlueyClient } from "../../client/index.ts";
import type { Carrier } from "../../workers/carriers/carrier.ts";
import { carriers, findCarrier } from "../../workers/carriers/registry.ts";
import { type CreatedConnection, type Operator, operatorAt } from "../operator.ts";
import { portOf } from "../ports.ts";
import { dropFile } from "../sandbox-carrier.ts";
import { type Receiver, startReceiver } from "../sandbox-customer.ts";
import type { Stack } from "../stack.ts";
import { embeddedHost, sftpWay } from "./cast.ts";
import { anyCredentials, fileNameFor, type OwnDocument, proofOf, readOwnDocument } from "./document.ts";

type Say = (line: string) => void;

export interface Journey {
  carrier: Carrier;
  /** The document's path. */
  file: string;
  body: Buffer;
  /** The number that was asked for, for answers that do not repeat it. */
  asked: readonly string[];
}

/** Finds the carrier and reads the file, before anything is started. Throws a sentence when there is no such thing. */
export function planJourney(carrier_id: string, file: string, asked: readonly string[] = []): Journey {
  const carrier = findCarrier(carrier_id);
  if (carrier === null) {
    throw new Error(
      `There is no carrier ${carrier_id}. There are: ${carriers.map(({ id }) => id).join(", ")}.`,
    );
  }
  return { carrier, file, body: readFileSync(file), asked };
}

const ARRIVED_WITHIN_MS = 75_000;
const QUIET_MS = 3_000;
const LOOK_EVERY_MS = 250;
const SHIPMENTS_PER_CALL = 1_000;
const EVENTS_PER_PAGE = 100;

/**
 * A document of somebody's own goes from the carrier's side through the whole stack to a customer's webhook. Prints what
 * the customer got; returns 0 when every event of the account's feed arrived there, else 1.
 */
export async function travel(
  stack: Stack,
  { carrier, file, body, asked }: Journey,
  { folder, say }: { folder: string; say: Say },
): Promise<number> {
  const document = readOwnDocument(carrier, body, basename(file), asked);
  for (const remark of document.remarks)
    say(`  ${remark.kind}: ${remark.detail}${remark.at === null ? "" : ` (${remark.at})`}`);
  if (document.shipments.length === 0) {
    say(`✗ ${carrier.name} names no shipment in this document; there is nothing to track.`);
    return 1;
  }
  say(`${carrier.name} tells of ${document.shipments.length} shipment(s) by ${document.way}.`);

  const operator = operatorAt(stack);
  const account_number = `demo-${randomBytes(4).toString("hex")}`;
  await operator.createAccount(account_number, "The sandbox customer");
  const key = await operator.createKey(account_number, carrier.test_only === true ? "test" : "live");
  const client = new GlueyClient({ base_url: stack.url, key });
  const receiver = await startReceiver();
  const closing: (() => Promise<void>)[] = [receiver.close];
  try {
    const { secret } = await client.createWebhookSubscription(account_number, {
      endpoint: `${receiver.url}/webhook/shipment`,
    });
    receiver.setKeys([secret]);
    const send = await connect(carrier, document, { operator, account_number, body, file, folder, closing });
    await register(client, carrier, document, say);
    await send();
    return await arrive(client, account_number, receiver, say);
  } finally {
    for (const close of closing) await close();
  }
}

interface Ends {
  operator: Operator;
  account_number: string;
  body: Buffer;
  file: string;
  folder: string;
  closing: (() => Promise<void>)[];
}

/** Connects the carrier by the document's way; what is returned sends it. */
async function connect(carrier: Carrier, { way }: OwnDocument, ends: Ends): Promise<() => Promise<void>> {
  const { operator, account_number, body, closing } = ends;
  const common = { carrier_id: carrier.id, account_numbers: [account_number] };
  switch (way) {
    case "webhook": {
      const proof = proofOf(carrier);
      const connection = await operator.createConnection({
        ...common,
        ways: { webhook: {} },
        credentials: proof.credentials,
      });
      return () => push(connection, body, proof.headers(body, Math.floor(Date.now() / 1000)));
    }
    case "sftp": {
      const host = await embeddedHost(join(ends.folder, "carrier"));
      closing.push(host.close);
      const outbox = host.account("out");
      await operator.createConnection({ ...common, ...sftpWay(outbox) });
      return async () => dropFile(outbox.place, fileNameFor(carrier, ends.file), body);
    }
    case "poll": {
      const stub = await startStub(body);
      closing.push(() => new Promise((resolve) => stub.close(() => resolve())));
      const base_url = `http://127.0.0.1:${portOf(stub)}`;
      await operator.createConnection({
        ...common,
        ways: { poll: { base_url } },
        credentials: anyCredentials(carrier),
      });
      return async () => {};
    }
    default:
      return way satisfies never;
  }
}

async function push(
  { webhook_url }: CreatedConnection,
  body: Buffer,
  headers: Record<string, string>,
): Promise<void> {
  if (webhook_url === null) throw new Error("The connection has no address for webhooks.");
  const type = body.subarray(0, 100).toString().trimStart().startsWith("<")
    ? "application/xml"
    : "application/json";
  const answer = await fetch(webhook_url, {
    method: "POST",
    headers: { "content-type": type, ...headers },
    body: new Uint8Array(body),
  });
  if (answer.status !== 202)
    throw new Error(`Gluey answered the webhook ${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
}

/** What carriers' token services answer, all their fields in one: OAuth's, and Posti's two. */
const TOKENS = JSON.stringify({
  ...{ access_token: "demo", token_type: "Bearer", expires_in: 3600 },
  ...{ id_token: "demo", role_tokens: [{ type: "demo", token: "demo" }] },
});

/** Stands for the carrier's API: a token for whoever asks for one, the document for every other question. */
async function startStub(body: Buffer): Promise<Server> {
  const first = body.subarray(0, 100).toString().trimStart();
  const server = createServer((request, response) => {
    request.resume();
    const token = /token|oauth|auth/iu.test(request.url?.split("?")[0] ?? "");
    response.writeHead(200, {
      "content-type": token || !first.startsWith("<") ? "application/json" : "application/xml",
    });
    response.end(token ? TOKENS : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return server;
}

async function register(
  client: GlueyClient,
  carrier: Carrier,
  { shipments }: OwnDocument,
  say: Say,
): Promise<void> {
  for (let at = 0; at < shipments.length; at += SHIPMENTS_PER_CALL) {
    const results = await client.createShipments(
      shipments.slice(at, at + SHIPMENTS_PER_CALL).map(({ carrier_tracking_id, parcels }) => ({
        carrier_id: carrier.id,
        carrier_tracking_id,
        parcels: parcels.map((number) => ({ carrier_tracking_id: number })),
      })),
    );
    for (const result of results)
      if (!("shipment" in result)) say(`  not registered: ${JSON.stringify(result)}`);
  }
}

async function arrive(
  client: GlueyClient,
  account_number: string,
  receiver: Receiver,
  say: Say,
): Promise<number> {
  const deadline = Date.now() + ARRIVED_WITHIN_MS;
  const got = () => receiver.received.flatMap(({ events }) => events);
  let quietSince = Date.now();
  let last = -1;
  while (Date.now() < deadline && (last < 1 || Date.now() - quietSince < QUIET_MS)) {
    await sleep(LOOK_EVERY_MS);
    if (got().length === last) continue;
    last = got().length;
    quietSince = Date.now();
  }
  const told = await feedSize(client, account_number);
  say(JSON.stringify(got(), null, 2));
  const good = told > 0 && new Set(got().map(({ event }) => event.id)).size === told && got().length === told;
  say(
    good
      ? `✓ The customer's webhook got ${told} event(s).`
      : `✗ The customer's webhook got ${got().length} of ${told} event(s).`,
  );
  return good ? 0 : 1;
}

async function feedSize(client: GlueyClient, account_number: string): Promise<number> {
  let size = 0;
  let after: string | undefined;
  for (;;) {
    const page = await client.events(account_number, { after, limit: EVENTS_PER_PAGE });
    size += page.data.length;
    if (page.next_cursor === null || page.data.length === 0) return size;
    after = page.next_cursor;
  }
}
