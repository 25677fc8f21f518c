import { readRetryAfter } from "../../domain/retry-schedule.ts";
import { signWebhook } from "../../domain/signing/sign-webhook.ts";
import type { WebhookSecrets } from "../../domain/subscription.ts";
import type { OutgoingResult } from "../../outside/http.ts";
import {
  type ChannelPorts,
  type Consignment,
  keptAnswer,
  type OpenedSubscription,
  type Outcome,
} from "../channel.ts";

/** Public contract: any 2xx within 30 s. Where time is squeezed, not below what a busy machine needs to answer. */
const TIMEOUT_MS = 30_000;
const LEAST_TIMEOUT_MS = 10_000;
/** Delivery contract C10: the status line decides; the body may be long, late or endless. */
const BODY_BYTES = 16 * 1024;
const BODY_TIMEOUT_MS = 2000;

export async function deliverWebhook(
  ports: ChannelPorts,
  subscription: Extract<OpenedSubscription, { way: "webhook" }>,
  consignment: Consignment,
): Promise<Outcome> {
  const signature = await signWebhook({
    id: consignment.id,
    timestamp_s: ports.timestamp_s,
    body: consignment.bytes,
    secrets: validSecrets(subscription.secrets, ports.now()),
    signingKey: ports.signingKey,
  });
  const timeout_ms = Math.max(LEAST_TIMEOUT_MS, TIMEOUT_MS * ports.timeScale);
  const { endpoint } = subscription.settings;
  const result = await postWebhook(ports.http, endpoint, { ...signature }, consignment.bytes, timeout_ms);
  return outcomeOf(result, ports.now());
}

/** One request as every message and every probe is sent. */
export function postWebhook(
  http: ChannelPorts["http"],
  url: string,
  signature: Record<string, string>,
  body: Uint8Array,
  timeout_ms: number,
): Promise<OutgoingResult> {
  return http.send({
    method: "POST",
    url,
    headers: {
      "content-type": "application/json",
      "user-agent": "Gluey-Webhooks/1",
      "accept-encoding": "identity",
      ...signature,
    },
    body,
    timeout_ms,
    max_body_bytes: BODY_BYTES,
    body_timeout_ms: BODY_TIMEOUT_MS,
  });
}

/** The newest first; the previous one as well while it rotates. */
export function validSecrets(secrets: WebhookSecrets, now: number): string[] {
  const { secret, previous } = secrets;
  return previous !== null && previous.until > now ? [secret, previous.secret] : [secret];
}

/** What an answer means (public contract, section 4): 2xx alone is success, and a redirect is an answer like any other. */
export function outcomeOf(result: OutgoingResult, now: number): Outcome {
  const without = { status: null, retry_after_ms: null, latency_ms: 0 };
  switch (result.kind) {
    case "address_unresolved":
    case "failed_inside":
      return { ...without, kind: "own_fault", answer: result.detail, counts: false };
    case "refused_address":
      return { ...without, kind: "unreachable", answer: result.detail, counts: true };
    case "timed_out":
      return {
        ...without,
        kind: "unreachable",
        answer: "No answer came in time.",
        latency_ms: result.took_ms,
        counts: true,
      };
    case "unreachable":
      return {
        ...without,
        kind: "unreachable",
        answer: result.detail,
        latency_ms: result.took_ms,
        counts: true,
      };
    case "answered": {
      const { status, headers, body, took_ms } = result;
      const seen = { status, latency_ms: took_ms, answer: keptAnswer(body) };
      const retry_after_ms = readRetryAfter(headers.get("retry-after"), now);
      if (status >= 200 && status <= 299)
        return { ...seen, kind: "delivered", retry_after_ms: null, counts: false };
      if (status === 410) return { ...seen, kind: "gone", retry_after_ms: null, counts: false };
      const down = status === 429 || status >= 500;
      return { ...seen, kind: down ? "unreachable" : "refused", retry_after_ms, counts: down };
    }
  }
}
