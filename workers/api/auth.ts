import type { MiddlewareHandler } from "hono";
import type { Context } from "../context.ts";
import { findKey, looksLikeKey } from "../storage/api-keys.ts";
import type { ApiEnv, Call } from "./api-env.ts";
import { Problem } from "./problem.ts";
import { openSessions, readConstraint } from "./sessions.ts";

/** Who asks. Customers by their key, the operator by the admin token. */

/** The contract's rate for a key. The binding counts for each location, not exactly: so there is a policy, and no count. */
export const RATE_POLICY = '"default";q=600;w=60';
const RATE_WINDOW_S = 60;

/** The key is looked up on the nearest replica; one that is not there may be new, so the primary is asked before 401. */
export const requireKey: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const ctx = c.var.ctx;
  const key = presentedKey(c);
  if (key === null)
    throw new Problem(
      401,
      "Send your API key in the header x-key: gl-acc-… for live or gl-test-… for test data.",
    );
  const wrong = new Problem(
    401,
    "This API key is not valid or was revoked. Use a key that is, or ask the operator for a new one.",
  );
  if (!looksLikeKey(key)) throw wrong;
  const owner =
    (await findKey(ctx.control.withSession("first-unconstrained"), key)) ?? (await findOnPrimary(c, key));
  if (owner === null) throw wrong;
  await keepRate(c, owner.key_id);
  c.set("caller", owner);
  c.set(
    "sessions",
    openSessions(ctx, owner.tenant.account_number, readConstraint(c.req.header("x-bookmark"))),
  );
  await next();
};

/** Guessing keys must not cost the primary more than a customer may. */
async function findOnPrimary(c: Call, key: string) {
  await keepRate(c, `unknown:${addressOf(c)}`);
  return findKey(c.var.ctx.control.withSession("first-primary"), key);
}

/** The path names an account: the key's own, or 403. */
export const requireOwnPath: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { account_number } = c.var.caller.tenant;
  if (c.req.param("account_number") !== account_number)
    throw new Problem(403, `This key belongs to account ${account_number}: use that number in the path.`);
  await next();
};

export const requireOperator: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const token = bearer(c);
  if (token === null || !(await isOperatorToken(c.var.ctx, token))) {
    await keepRate(c, `operator:${addressOf(c)}`);
    throw new Problem(401, "Send the operator's token: Authorization: Bearer <ADMIN_TOKEN>.");
  }
  await next();
};

/** Whether a text is the operator's token; told in constant time. */
export function isOperatorToken(
  { adminToken }: Pick<Context, "adminToken">,
  given: string,
): Promise<boolean> {
  return same(given, adminToken);
}

async function keepRate(c: Call, key: string): Promise<void> {
  const { success } = await c.var.ctx.keyRate.limit({ key });
  if (!success)
    throw new Problem(429, "More than 600 requests a minute. Wait for the time in Retry-After.", {
      retryAfter: RATE_WINDOW_S,
    });
}

function presentedKey(c: Call): string | null {
  return c.req.header("x-key")?.trim() ?? bearer(c);
}

function bearer(c: Call): string | null {
  return /^Bearer +(\S+)$/iu.exec(c.req.header("authorization") ?? "")?.[1] ?? null;
}

function addressOf(c: Call): string {
  return c.req.header("cf-connecting-ip") ?? "local";
}

/** Compares digests in constant time, so that neither the length nor the first wrong letter shows. */
async function same(given: string, expected: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  return crypto.subtle.timingSafeEqual(a, b);
}
