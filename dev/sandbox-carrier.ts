import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { portOf } from "./ports.ts";

/**
 * The sandbox carrier: a parcel service without vans. It tells its news by signed webhook, by files in the folder of an
 * sFTP server, and by its API (`GET /track`). It shares no code with the Worker: it stands for a stranger.
 */
export interface SandboxEvent {
  id?: string;
  code: string;
  sub_code?: string;
  text?: string;
  /** ISO 8601 with offset. */
  time: string;
  place?: { name?: string; city?: string; postal_code?: string; country?: string };
  signed_by?: string;
}

export interface SandboxTracking {
  tracking_number: string;
  shipment_number?: string;
  parcel_number?: string;
  /** The carrier goes on under another number. */
  new_tracking_number?: string;
  new_tracking_url?: string;
  events: SandboxEvent[];
}

/** An answer in the place of the API's own: a carrier on a bad day. Null: the ordinary answer. */
export type BadDay = (
  numbers: readonly string[],
) => { status: number; type: string; body: string; retry_after?: string } | null;

export interface SandboxCarrier {
  api_url: string;
  api_key: string;
  webhook_secret: string;
  /** Where pushes go that a person asks for with `GET /tell?number=…&code=…`. */
  setWebhookUrl(url: string): void;
  /** From now on the API tells this about its number, in the place of what it told before. */
  publish(tracking: SandboxTracking): void;
  /** One push, signed; the status of the answer. */
  push(url: string, body: string, options?: { secret?: string; signedAtS?: number }): Promise<number>;
  setBadDay(badDay: BadDay | null): void;
  /** Which numbers the API was asked for, call by call. */
  calls: readonly { at: number; numbers: string[] }[];
  close(): Promise<void>;
}

const NUMBERS_PER_CALL = 50;

/** Starts the carrier's API on a free port of 127.0.0.1. */
export async function startSandboxCarrier(): Promise<SandboxCarrier> {
  const api_key = randomBytes(18).toString("base64url");
  const webhook_secret = randomBytes(18).toString("base64url");
  const known = new Map<string, SandboxTracking>();
  const calls: { at: number; numbers: string[] }[] = [];
  let badDay: BadDay | null = null;
  let webhookUrl: string | null = null;

  const push: SandboxCarrier["push"] = async (url, body, options = {}) => {
    const { secret = webhook_secret, signedAtS = Math.floor(Date.now() / 1000) } = options;
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-sandbox-signature": signature(secret, signedAtS, body),
      },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    await answer.body?.cancel();
    return answer.status;
  };

  /** For a person at a terminal: one fact, told now. */
  const tell = async (words: URLSearchParams): Promise<[status: number, words: string]> => {
    const number = words.get("number");
    const code = words.get("code");
    if (number === null || code === null || webhookUrl === null)
      return [400, "Name ?number= and ?code=, DELIVERED say."];
    const event = {
      code,
      time: new Date().toISOString().replace(/\.\d+Z$/u, "+00:00"),
      place: { city: "Hamburg", country: "DE" },
    };
    const status = await push(webhookUrl, newsOf([{ tracking_number: number, events: [event] }])).catch(
      () => 503,
    );
    return [status === 202 ? 200 : 502, `Gluey answered ${status}.`];
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://carrier.invalid");
    const say = (status: number, type: string, body: string, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(body);
    };
    if (url.pathname === "/tell") {
      void tell(url.searchParams).then(([status, words]) => say(status, "text/plain", `${words}\n`));
      return;
    }
    if (request.headers.authorization !== `Bearer ${api_key}`)
      return say(401, "application/json", '{"error":"no such key"}');
    if (request.method !== "GET" || url.pathname !== "/track")
      return say(404, "application/json", '{"error":"no such page"}');
    const numbers = (url.searchParams.get("numbers") ?? "").split(",").filter((number) => number !== "");
    if (numbers.length > NUMBERS_PER_CALL)
      return say(400, "application/json", '{"error":"at most 50 numbers"}');
    calls.push({ at: Date.now(), numbers });
    const bad = badDay?.(numbers) ?? null;
    if (bad !== null) {
      return say(
        bad.status,
        bad.type,
        bad.body,
        bad.retry_after === undefined ? {} : { "retry-after": bad.retry_after },
      );
    }
    const asked = new Set(numbers);
    const tracking = [...known.values()].filter((one) =>
      [one.tracking_number, one.shipment_number].some((number) => number !== undefined && asked.has(number)),
    );
    say(200, "application/json", JSON.stringify({ tracking }));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    api_url: `http://127.0.0.1:${portOf(server)}`,
    api_key,
    webhook_secret,
    calls,
    publish: (tracking) => known.set(tracking.tracking_number, tracking),
    setBadDay: (day) => {
      badDay = day;
    },
    push,
    setWebhookUrl: (url) => {
      webhookUrl = url;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the carrier sends by any of its ways. */
export function newsOf(tracking: readonly SandboxTracking[]): string {
  return `${JSON.stringify({ tracking }, null, 2)}\n`;
}

/** Puts a file into a folder as a careful sender does: under a hidden name first, so that nobody fetches half of it. */
export function dropFile(directory: string, name: string, body: string | Uint8Array): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `.${name}.part`), body);
  renameSync(join(directory, `.${name}.part`), join(directory, name));
}

function signature(secret: string, atS: number, body: string): string {
  return `t=${atS},v1=${createHmac("sha256", secret).update(`${atS}.`).update(body).digest("hex")}`;
}
