import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { RETRY_AFTER_MS } from "../../../workers/domain/retry-schedule.ts";
import { type SenderSettings, TIMEOUT_MS } from "./contestant.ts";

/** What the hand-written senders have in common: the settings, the signed POST, the waits between attempts. */

/** Reads the file named on the command line, which `engage` wrote. */
export function readSettings(): SenderSettings {
  const settings: SenderSettings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
  return settings;
}

/** Resolves once sending may begin. */
export function untilReleased({ held }: SenderSettings): Promise<void> {
  if (!held) return Promise.resolve();
  return new Promise((resolve) => {
    // A signal alone keeps no process alive.
    const waiting = setInterval(() => {}, 60_000);
    process.once("SIGUSR2", () => {
      clearInterval(waiting);
      resolve();
    });
  });
}

export function sayReady(): void {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** POSTs elements, signed with `v1` and `v1a`; true for a 2xx within the time. */
export function posterOf({ destinations, signing_key }: SenderSettings) {
  const key = createPrivateKey({ key: Buffer.from(signing_key, "base64"), format: "der", type: "pkcs8" });
  const lines = destinations.map(({ url, secret }) => ({
    url,
    secret: Buffer.from(secret.replace(/^whsec_/u, ""), "base64"),
  }));
  return (customer: number, id: string, elements: readonly string[]): Promise<boolean> => {
    const line = lines[customer];
    if (line === undefined) throw new Error(`There is no customer ${customer}.`);
    return post(line.url, line.secret, key, id, Buffer.from(`[${elements.join(",")}]`));
  };
}

function post(url: string, secret: Buffer, key: KeyObject, id: string, body: Buffer): Promise<boolean> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const v1 = createHmac("sha256", secret).update(content).digest("base64");
  const v1a = sign(null, content, key).toString("base64");
  return new Promise((resolve) => {
    const call = request(
      url,
      {
        agent,
        method: "POST",
        timeout: TIMEOUT_MS,
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": `v1,${v1} v1a,${v1a}`,
        },
      },
      (answer) => {
        answer.resume();
        answer.once("error", () => {});
        resolve((answer.statusCode ?? 0) >= 200 && (answer.statusCode ?? 0) <= 299);
      },
    );
    call.once("timeout", () => call.destroy(new Error("No answer came in time.")));
    call.once("error", () => resolve(false));
    call.end(body);
  });
}

/** Gluey's own schedule: the wait after the n-th failure, from 1 on. */
export function waitAfter(failures: number, time_scale: number): number {
  return (RETRY_AFTER_MS[Math.min(failures, RETRY_AFTER_MS.length) - 1] ?? 0) * time_scale;
}
