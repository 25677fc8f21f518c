import type { Outcome } from "../channels/channel.ts";
import { lookAtDirectory } from "../channels/sftp/deliver.ts";
import { sampleElement } from "../channels/webhook/sample.ts";
import { deliver, portsOf } from "./attempts.ts";
import type { DeliveryParts } from "./parts.ts";
import type { TestResult } from "./views.ts";

/** A try outside of the line: its outcome is shown, listed, and counts for nothing. */
export async function sendTest(parts: DeliveryParts, subscription_id: string): Promise<TestResult> {
  const { ctx, outbox } = parts;
  const subscription = parts.lines.get(subscription_id)?.subscription ?? null;
  if (subscription === null)
    return { state: "unknown_subscription", delivery_id: null, status: null, latency_ms: null, answer: null };
  const now = ctx.now();
  const webhook = subscription.way === "webhook";
  const bytes = webhook ? new TextEncoder().encode(JSON.stringify([sampleElement(now)])) : new Uint8Array(0);
  const row = outbox.add({
    id: ctx.newId(webhook ? "msg" : "fil"),
    subscription_id,
    state: "test",
    body: bytes,
    events: webhook ? 1 : 0,
    first_position: 0,
    last_position: 0,
    shipments: [],
    place: null,
    split_from: null,
    file_name: null,
    sha256: null,
    attempts: 0,
    intervals_used: 0,
    next_at: now,
    not_before: 0,
    created_at: now,
    reason: null,
  });
  const id = ctx.newId("dlv");
  outbox.beginAttempt(row, id, now, "test");
  const outcome: Outcome =
    subscription.way === "webhook"
      ? await deliver(portsOf(parts), subscription, { id: row.id, file_name: null, bytes })
      : await lookAtDirectory(portsOf(parts), subscription);
  const state = outcome.kind === "delivered" ? "delivered" : "failed";
  const { status, latency_ms, answer } = outcome;
  outbox.attempts.end({ id, state, ended_at: ctx.now(), status, latency_ms, answer, next_attempt_at: null });
  return { state, delivery_id: id, status, latency_ms, answer };
}
