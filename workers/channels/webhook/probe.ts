import {
  PROBE_STEPS,
  type ProbeAnswer,
  type ProbeReport,
  type ProbeStep,
  probeReport,
} from "../../domain/receiver-probe.ts";
import { signWebhook } from "../../domain/signing/sign-webhook.ts";
import type { CryptographicKey } from "../../domain/signing/webhook-keys.ts";
import type { WebhookSecrets } from "../../domain/subscription.ts";
import type { Outgoing, OutgoingResult } from "../../outside/http.ts";
import { postWebhook, validSecrets } from "./deliver.ts";
import { sampleElement } from "./sample.ts";

/** Sends a receiver the messages of the probe's plan, one after the other, and says what it did with them. */

/** The first may take as long as any message; who answered it in time needs no longer for the others. */
const FIRST_TIMEOUT_MS = 30_000;
const TIMEOUT_MS = 10_000;
/** Whatever the receiver does, the caller waits no longer than this and one message. */
const ALL_MS = 60_000;

export interface ProbePorts {
  http: Pick<Outgoing, "send">;
  signingKey: CryptographicKey | null;
  now(): number;
  newMessageId(): string;
  /** A secret that no subscription has. */
  foreignSecret: string;
}

export async function probeReceiver(
  ports: ProbePorts,
  receiver: { endpoint: string; secrets: WebhookSecrets },
): Promise<ProbeReport> {
  const started = ports.now();
  const first_id = ports.newMessageId();
  const answers: ProbeAnswer[] = [];
  for (const [at, step] of PROBE_STEPS.entries()) {
    const why = at === 0 ? null : whyNotTried(answers[0], ports.now() - started);
    if (why !== null) {
      answers.push({ kind: "not_tried", detail: why });
      continue;
    }
    const id = at === 0 || step.repeats ? first_id : ports.newMessageId();
    answers.push(await ask(ports, receiver, step, id, at === 0 ? FIRST_TIMEOUT_MS : TIMEOUT_MS));
  }
  return probeReport(answers);
}

function whyNotTried(first: ProbeAnswer | undefined, passed_ms: number): string | null {
  const taken = first?.kind === "answered" && first.status >= 200 && first.status <= 299;
  if (!taken)
    return "Not tried, because a rightly signed message was not taken: what else is refused shows nothing.";
  return passed_ms > ALL_MS ? "Not tried, because the answers before took too long." : null;
}

async function ask(
  ports: ProbePorts,
  { endpoint, secrets }: { endpoint: string; secrets: WebhookSecrets },
  step: ProbeStep,
  id: string,
  timeout_ms: number,
): Promise<ProbeAnswer> {
  const now = ports.now();
  const body = new TextEncoder().encode(JSON.stringify([sampleElement(now)]));
  const right = validSecrets(secrets, now);
  const ours = step.signature !== "foreign";
  const { "webhook-signature": signature, ...headers } = await signWebhook({
    id,
    timestamp_s: Math.floor(now / 1000) - step.age_s,
    body: step.signature === "of_another_body" ? new TextEncoder().encode("[]") : body,
    secrets: [...(step.signature.startsWith("foreign") ? [ports.foreignSecret] : []), ...(ours ? right : [])],
    // A receiver that verifies v1a must find no right one either.
    signingKey: ours ? ports.signingKey : null,
  });
  const signed = step.signature === "none" ? headers : { ...headers, "webhook-signature": signature };
  return answerOf(await postWebhook(ports.http, endpoint, signed, body, timeout_ms));
}

function answerOf(result: OutgoingResult): ProbeAnswer {
  switch (result.kind) {
    case "answered":
      return { kind: "answered", status: result.status, took_ms: result.took_ms, body_cut: result.body_cut };
    case "timed_out":
      return { kind: "timed_out", took_ms: result.took_ms };
    case "unreachable":
      return { kind: "unreachable", detail: result.detail, took_ms: result.took_ms };
    case "refused_address":
    case "address_unresolved":
    case "failed_inside":
      return { kind: "unreachable", detail: result.detail, took_ms: null };
  }
}
