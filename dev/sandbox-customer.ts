import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { GlueyClient } from "../client/index.ts";
import type { ShipmentEvent, TrackedShipment } from "../client/types.ts";
import { verifyWebhook } from "../client/verify-webhook.ts";
import { portOf } from "./ports.ts";

/** The sandbox customer: a receiver of webhooks that verifies them, an inbox for files, and a program that asks the API. */

export interface ReceivedWebhook {
  at: number;
  /** `webhook-id`: the same at every try of one message. */
  id: string;
  events: ShipmentEvent[];
  /** What the receiver answered. */
  status: number;
}

export interface Receiver {
  url: string;
  received: readonly ReceivedWebhook[];
  /** Calls that no secret verified. */
  forged: number;
  /** What to verify with, once the subscription has told its secret. With public keys too, both signatures must fit. */
  setKeys(secrets: readonly string[], public_keys?: readonly string[]): void;
  /** What is answered instead of 204: an endpoint on a bad day. Null: 204. */
  setAnswer(answer: ((call: number) => number) | null): void;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Starts the receiver on a free port of 127.0.0.1. */
export async function startReceiver(
  onWebhook: (webhook: ReceivedWebhook) => void = () => {},
): Promise<Receiver> {
  const received: ReceivedWebhook[] = [];
  let secrets: readonly string[] = [];
  let publicKeys: readonly string[] = [];
  let answerOf: ((call: number) => number) | null = null;
  let calls = 0;

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    if (body === null) return void response.writeHead(413).end();
    const headers: Record<string, string | string[] | undefined> = request.headers;
    const verified = secrets.length === 0 ? null : await verifyWebhook({ body, headers, secrets });
    const signedTwice =
      publicKeys.length === 0 || (await verifyWebhook({ body, headers, public_keys: publicKeys })).ok;
    if (verified === null || !verified.ok || !signedTwice) {
      receiver.forged++;
      const why = verified?.ok === false ? verified.detail : "No secret is known yet, or no public key fits.";
      response.writeHead(401).end(why);
      return;
    }
    calls++;
    const status = answerOf?.(calls) ?? 204;
    const webhook = { at: Date.now(), id: verified.id, events: verified.events, status };
    received.push(webhook);
    response.writeHead(status).end();
    onWebhook(webhook);
  };
  const server = createServer((request, response) => {
    take(request, response).catch((cause: unknown) => response.writeHead(500).end(String(cause)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const receiver: Receiver = {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    forged: 0,
    setKeys: (known, public_keys = []) => {
      secrets = known;
      publicKeys = public_keys;
    },
    setAnswer: (answer) => {
      answerOf = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export interface InboxFile {
  at: number;
  name: string;
  text: string;
}

export interface Inbox {
  files: readonly InboxFile[];
  close(): void;
}

const LOOK_EVERY_MS = 50;

/**
 * Watches a folder and takes each file once, in the order of its name, for names carry the file's number. It reads at
 * once what stands under a final name: a file still being written must never have one.
 */
export function watchInbox(directory: string, onFile: (file: InboxFile) => void = () => {}): Inbox {
  const files: InboxFile[] = [];
  const taken = new Set<string>();
  const look = () => {
    for (const name of finalNames(directory)) {
      if (taken.has(name)) continue;
      taken.add(name);
      // EDIFACT of the character set UNOC is ISO 8859-1.
      const encoding = name.endsWith(".edi") ? "latin1" : "utf8";
      const file = { at: Date.now(), name, text: readFileSync(join(directory, name), encoding) };
      files.push(file);
      onFile(file);
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { files, close: () => clearInterval(timer) };
}

function finalNames(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !isUnfinished(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch {
    // Nobody has made the folder yet.
    return [];
  }
}

function isUnfinished(name: string): boolean {
  return name.startsWith(".") || /\.(tmp|temp|part|partial|filepart)$/iu.test(name);
}

/** The lines of a file in the format `json`: one webhook element each. */
export function elementsOf(file: InboxFile): ShipmentEvent[] {
  return file.text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): ShipmentEvent => JSON.parse(line));
}

export interface Poller {
  /** Resolves when the question under way is answered. */
  close(): Promise<void>;
}

/** Asks `POST /track` again and again, each time for what is new since the last answer's cursor. */
export function pollTrack(
  client: GlueyClient,
  ids: readonly string[],
  everyMs: number,
  onNews: (shipments: TrackedShipment[], at: number) => void,
  onFault: (cause: unknown) => void,
): Poller {
  let over = false;
  let since: string | undefined;
  const run = async () => {
    while (!over) {
      try {
        const answer = await client.track({ ids: [...ids], since });
        const at = Date.now();
        onNews(
          answer.shipments.flatMap((one) => ("error" in one ? [] : [one])),
          at,
        );
        since = answer.next_cursor ?? since;
      } catch (cause) {
        onFault(cause);
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const ended = run();
  return {
    close: async () => {
      over = true;
      await ended;
    },
  };
}
