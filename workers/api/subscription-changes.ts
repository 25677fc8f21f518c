import { probeReceiver } from "../channels/webhook/probe.ts";
import type { Context } from "../context.ts";
import type { DeliveryStatus, LineState, LineStatus } from "../delivery/views.ts";
import type { ProbeReport } from "../domain/receiver-probe.ts";
import { newWebhookSecret, signingKeyOf } from "../domain/signing/webhook-keys.ts";
import { type SftpSecrets, type SubscriptionSettings, WebhookSecrets } from "../domain/subscription.ts";
import { log, reasonOf } from "../flow/log.ts";
import { feedHead } from "../storage/feed.ts";
import {
  deleteSubscription,
  findSubscription,
  insertSubscription,
  listSubscriptions,
  type StoredSubscription,
  updateSubscription,
  type Way,
} from "../storage/subscriptions.ts";
import type { Acting, Call } from "./api-env.ts";
import { writeCursor } from "./cursor.ts";
import { creationOf } from "./idempotency.ts";
import { invalid, Problem, unknown } from "./problem.ts";
import { primarySessions } from "./sessions.ts";
import { feedPosition } from "./since.ts";

/** What creating and changing a subscription has in common under both prefixes. */

/** Of a tenant, both ways together: its object looks after all of them. */
const SUBSCRIPTIONS_MAX = 50;
/** Both secrets sign for a day while one rotates (contract, section 2). */
const BOTH_SECRETS_MS = 24 * 3_600_000;

const NO_PATH = /^(https?:\/\/[^/?#]+)\/?((?:\?[^#]*)?)$/iu;

/** The address as it will be called, or 422 with what the gate has against it. It is asked as it was given: parsing first would hide tricks. */
export async function checkedEndpoint(ctx: Context, given: string): Promise<string> {
  const refused = await ctx.http.check(given);
  if (refused?.later)
    throw new Problem(
      503,
      `endpoint: ${refused.refused} Send the request again after the time in Retry-After.`,
      { retryAfter: 10 },
    );
  if (refused) throw invalid("endpoint", `endpoint: ${refused.refused}`);
  return given.replace(NO_PATH, "$1/webhook/shipment$2");
}

/** Keeps a new subscription: it hears of what happens from now on. One that an earlier try of the same request kept is found as it is. */
export async function createSubscription(
  c: Call,
  settings: SubscriptionSettings,
  secrets: WebhookSecrets | SftpSecrets,
): Promise<StoredSubscription> {
  const { ctx, caller } = c.var;
  const { id: tenant_id, account_number } = caller.tenant;
  const sessions = primarySessions(ctx, account_number);
  c.set("sessions", sessions);
  const { id, at } = await creationOf(c, "sub");
  const subscription: StoredSubscription = {
    id,
    tenant_id,
    account_number,
    settings,
    sealed: await ctx.vault.seal(id, secrets),
    start_position: await feedHead(sessions.shard, tenant_id),
    paused: false,
    created_at: at,
    updated_at: at,
  };
  const kept = (await insertSubscription(sessions.control, subscription, SUBSCRIPTIONS_MAX))
    ? subscription
    : await findSubscription(sessions.control, tenant_id, settings.way, id);
  if (kept === null)
    throw new Problem(409, `An account may have ${SUBSCRIPTIONS_MAX} subscriptions. Delete one first.`);
  await tellObject(ctx, tenant_id, id);
  return kept;
}

export function newSecret(): string {
  return newWebhookSecret(crypto.getRandomValues(new Uint8Array(32)));
}

/** The caller's subscription, read where it is surely current, or 404. */
export async function requireSubscription(c: Acting, way: Way, id: string): Promise<StoredSubscription> {
  const { ctx, caller } = c.var;
  const sessions = primarySessions(ctx, caller.tenant.account_number);
  c.set("sessions", sessions);
  const found = await findSubscription(sessions.control, caller.tenant.id, way, id);
  if (found === null) throw unknown("subscription", id);
  return found;
}

/** Writes a change on top of what was read; 409 where somebody else was faster. */
export async function changeSubscription(
  c: Acting,
  before: StoredSubscription,
  change: Partial<Pick<StoredSubscription, "settings" | "sealed" | "paused">>,
): Promise<StoredSubscription> {
  const { ctx, sessions } = c.var;
  // Later than before even within one millisecond: whoever keeps a copy sees by it that something changed.
  const after = { ...before, ...change, updated_at: Math.max(ctx.now(), before.updated_at + 1) };
  if (!(await updateSubscription(sessions.control, after, before.updated_at)))
    throw new Problem(
      409,
      "The subscription was changed by another request at the same time. Read it and try again.",
    );
  await tellObject(ctx, before.tenant_id, before.id);
  if (change.paused === false) await resume(ctx, before.tenant_id, before.id);
  return after;
}

/** A new secret beside the old one, which still signs for 24 hours. */
export async function rotateSecret(
  c: Call,
  before: StoredSubscription,
): Promise<{ secret: string; previous_until: number }> {
  const { ctx } = c.var;
  const { secret: old } = await ctx.vault.open(before.id, before.sealed, WebhookSecrets);
  const secret = newSecret();
  const previous_until = ctx.now() + BOTH_SECRETS_MS;
  const secrets: WebhookSecrets = { secret, previous: { secret: old, until: previous_until } };
  await changeSubscription(c, before, { sealed: await ctx.vault.seal(before.id, secrets) });
  return { secret, previous_until };
}

export async function sealSftp(
  ctx: Context,
  before: StoredSubscription,
  given: Partial<SftpSecrets>,
): Promise<StoredSubscription["sealed"]> {
  if (given.password === undefined && given.private_key === undefined) return before.sealed;
  const secrets: SftpSecrets = { password: given.password ?? null, private_key: given.private_key ?? null };
  return ctx.vault.seal(before.id, secrets);
}

/** The object reads its subscriptions itself whenever it is woken: being told only makes it sooner. */
async function tellObject(ctx: Context, tenant_id: string, subscription_id: string): Promise<void> {
  try {
    await ctx.deliveryOf(tenant_id).refresh();
  } catch (error) {
    log("subscription.not_told", { tenant_id, subscription_id, why: reasonOf(error) });
  }
}

async function resume(ctx: Context, tenant_id: string, subscription_id: string): Promise<void> {
  await ctx.deliveryOf(tenant_id).resume(subscription_id);
}

/** Resumes a subscription, from a place of the feed where one is named: 422 where that is before its start or beyond the feed. */
export async function resumeFrom(
  c: Acting,
  before: StoredSubscription,
  after: string | undefined,
): Promise<{ state: LineState; position: number }> {
  const { ctx, sessions } = c.var;
  const { id, tenant_id, paused } = before;
  const place =
    after === undefined ? undefined : await feedPosition(sessions.shard, tenant_id, "after", after);
  if (place !== undefined && place > (await feedHead(sessions.shard, tenant_id)))
    throw invalid("after", "after lies beyond the end of the feed. Take a cursor that an answer gave you.");
  // First the place, then the pause: nothing of what is to be passed over leaves in between.
  const resumed = await ctx.deliveryOf(tenant_id).resume(id, place);
  if (resumed.kind === "unknown") throw unknown("subscription", id);
  if (resumed.kind === "before_start") {
    const earliest = writeCursor({ position: resumed.start_position });
    throw invalid("after", `after lies before the subscription's start. The earliest is ${earliest}.`);
  }
  if (paused) await changeSubscription(c, before, { paused: false });
  return { state: resumed.state === "paused" ? "active" : resumed.state, position: resumed.position };
}

/** Sends the receiver of a webhook subscription the probe's messages; 429 within a minute of the last time. */
export async function probeSubscription(
  ctx: Context,
  subscription: StoredSubscription,
): Promise<ProbeReport> {
  const { id, tenant_id, settings, sealed } = subscription;
  if (settings.way !== "webhook") throw new Error(`Subscription ${id} is no webhook's.`);
  const { wait_ms } = await ctx.deliveryOf(tenant_id).mayProbe(id);
  if (wait_ms > 0)
    throw new Problem(
      429,
      "A receiver is probed once a minute. Send the request again after the time in Retry-After.",
      {
        retryAfter: Math.ceil(wait_ms / 1000),
      },
    );
  const secrets = await ctx.vault.open(id, sealed, WebhookSecrets);
  const signingKey = ctx.signingKey === null ? null : await signingKeyOf(ctx.signingKey);
  const { http, now } = ctx;
  const ports = { http, now, signingKey, foreignSecret: newSecret(), newMessageId: () => ctx.newId("msg") };
  const report = await probeReceiver(ports, { endpoint: settings.endpoint, secrets });
  const failed = report.checks.flatMap((check) => (check.ok ? [] : [check.name])).join(" ");
  log("receiver.probed", { tenant_id, subscription: id, ok: report.ok, failed });
  return report;
}

/** How the tenant's lines stand; none where the object can't tell, so that a subscription can be read all the same. */
export async function linesOf(ctx: Context, tenant_id: string): Promise<Map<string, LineStatus>> {
  try {
    const status: DeliveryStatus = await ctx.deliveryOf(tenant_id).status();
    return new Map(status.lines.map((line) => [line.subscription_id, line]));
  } catch (error) {
    log("subscription.standing_unknown", { tenant_id, why: reasonOf(error) });
    return new Map();
  }
}

/** The id of the caller's only subscription of a way: 404 where there is none, 409 where there are several. */
export async function onlySubscription(c: Call, way: Way): Promise<string> {
  const { ctx, caller } = c.var;
  const sessions = primarySessions(ctx, caller.tenant.account_number);
  c.set("sessions", sessions);
  const [only, another] = await listSubscriptions(sessions.control, caller.tenant.id, way, "", 2);
  if (only === undefined) throw new Problem(404, "There is no subscription to delete.");
  if (another !== undefined)
    throw new Problem(
      409,
      "There are several subscriptions. Name the one to delete: DELETE …/subscriptions/{id}.",
    );
  return only.id;
}

/** Deletes a subscription, and cancels what it still had to send. */
export async function removeSubscription(c: Call, id: string): Promise<void> {
  const { ctx, caller, sessions } = c.var;
  if (!(await deleteSubscription(sessions.control, caller.tenant.id, id))) throw unknown("subscription", id);
  try {
    await ctx.deliveryOf(caller.tenant.id).drop(id);
  } catch (error) {
    log("subscription.not_told", { tenant_id: caller.tenant.id, subscription_id: id, why: reasonOf(error) });
  }
}
