import type { MiddlewareHandler } from "hono";
import type { Context } from "../context.ts";
import type { Env } from "../env.ts";
import { withFacts } from "../flow/log.ts";
import type { ApiEnv } from "./api-env.ts";
import { RATE_POLICY } from "./auth.ts";
import { Problem } from "./problem.ts";

/** What every answer has around it: the request's id, the rate policy, the bookmark of what it read. */
export function frame(contextOf: (env: Env) => Context): MiddlewareHandler<ApiEnv> {
  // The bindings are the same object for all requests of an isolate: the variables are checked once.
  const contexts = new WeakMap<Env, Context>();
  return async (c, next) => {
    const ctx = contexts.get(c.env) ?? contextOf(c.env);
    contexts.set(c.env, ctx);
    c.set("ctx", ctx);
    c.set("request_id", ctx.newId("req"));
    await withFacts({ request_id: c.var.request_id }, next);
    if (c.res.headers.get("x-request-id") === null) c.header("x-request-id", c.var.request_id);
    c.header("ratelimit-policy", RATE_POLICY);
    const bookmark = c.var.sessions?.bookmark() ?? null;
    if (bookmark !== null) c.header("x-bookmark", bookmark);
  };
}

export const VERSION = "v1";

/** `x-version` may be left out; another than v1 is refused. */
export const requireVersion: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const version = c.req.header("x-version");
  if (version !== undefined && version !== VERSION)
    throw new Problem(
      400,
      `x-version ${version.slice(0, 20)} is not known. There is ${VERSION}; without the header, ${VERSION} is meant.`,
    );
  await next();
};
