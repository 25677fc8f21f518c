import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Context } from "../context.ts";
import { type IdPrefix, newId } from "../domain/ids.ts";
import {
  claimKey,
  endLease,
  type HeldClaim,
  type IdempotentRequest,
  keepAnswer,
  releaseKey,
} from "../storage/idempotency.ts";
import type { ApiEnv, Call } from "./api-env.ts";
import { Problem } from "./problem.ts";

/**
 * `Idempotency-Key` on creations, honoured for 24 hours: the same request again gets the same answer and has no second
 * effect. Answers are kept sealed, since some hold a secret that is shown once. Where a request breaks off after its
 * effect and before its answer is kept, the repeat runs again and finds by `creationOf` what the first one made.
 */

/** A row of D1 ends at 2 MB, and sealing adds a third. Larger answers are not kept: what they tell of is created once by its own nature (a shipment's number), so the request runs again. */
const ANSWER_MAX_BYTES = 1_000_000;

export const idempotent: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return await next();
  if (!/^[\x21-\x7e]{1,255}$/u.test(key))
    throw new Problem(400, "Idempotency-Key must have 1 to 255 visible ASCII characters.");
  const ctx = c.var.ctx;
  const request = { scope: scopeOf(c), key, request_hash: await hashOf(c) };
  const claim = await claimKey(ctx.control, request, ctx.now());
  switch (claim.kind) {
    case "another_request":
      throw new Problem(
        409,
        "This Idempotency-Key was used for another request. Take a new key for a new request.",
      );
    case "at_work":
      throw stillAtWork();
    case "answered":
      if (claim.response !== null) return replay(claim.status, await open(ctx, request, claim.response));
      return await next();
    case "mine":
      c.set("claim", claim.held);
      await next();
      return await settle(c, claim.held);
  }
};

/** 409: another request with the same key has not answered yet. */
export function stillAtWork(): Problem {
  return new Problem(
    409,
    "The first request with this Idempotency-Key is still at work. Send it again a little later.",
    { retryAfter: 2 },
  );
}

/** What a new row goes by. */
export interface Creation {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  /** Null without an Idempotency-Key: then nothing can be there yet. */
  claim: HeldClaim | null;
}

/** The id and time of what a request creates: with an Idempotency-Key the same at every try, so that a further try finds the row of an earlier one. */
export async function creationOf(c: Call, prefix: IdPrefix): Promise<Creation> {
  const { ctx, claim = null } = c.var;
  if (claim === null) return { id: ctx.newId(prefix), at: ctx.now(), claim };
  const { scope, key, request_hash, created_at: at } = claim;
  const seed = new TextEncoder().encode(JSON.stringify([scope, key, request_hash, at]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", seed));
  return { id: newId(prefix, at, digest), at, claim };
}

/** A success is kept. A refusal had no effect, and the key is free again. Of a fault nobody knows: only the same request may use the key. */
async function settle(c: Call, request: HeldClaim): Promise<void> {
  const ctx = c.var.ctx;
  if (c.res.status >= 500) return await endLease(ctx.control, request);
  if (c.res.status >= 300) return await releaseKey(ctx.control, request);
  const text = await c.res.clone().text();
  const bytes = new TextEncoder().encode(text).length;
  const response = bytes > ANSWER_MAX_BYTES ? null : await seal(ctx, request, text);
  const kept = await keepAnswer(ctx.control, request, { status: c.res.status, response });
  if (!kept) throw stillAtWork();
}

function replay(status: number, body: string): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "application/json", "idempotency-replayed": "true" },
  });
}

function scopeOf(c: Call): string {
  return c.req.path.startsWith("/admin/") ? "operator" : c.var.caller.tenant.id;
}

async function hashOf(c: Call): Promise<string> {
  const body = new Uint8Array(await c.req.arrayBuffer());
  const head = new TextEncoder().encode(`${c.req.method} ${c.req.path}\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)));
}

const SealedText = z.object({ key_id: z.string(), bytes: z.string() });
const rowOf = (request: IdempotentRequest) => `${request.scope}/${request.key}`;

async function seal(ctx: Context, request: IdempotentRequest, text: string): Promise<string> {
  const { key_id, bytes } = await ctx.vault.seal(rowOf(request), text);
  return JSON.stringify({ key_id, bytes: base64(bytes) });
}

async function open(ctx: Context, request: IdempotentRequest, sealed: string): Promise<string> {
  const { key_id, bytes } = SealedText.parse(JSON.parse(sealed));
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  return ctx.vault.open(rowOf(request), { key_id, bytes: raw }, z.string());
}

/** In slices: an argument list has a length limit. */
function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
