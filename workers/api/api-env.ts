import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import type { Tenant } from "../domain/tenant.ts";
import type { Env } from "../env.ts";
import type { HeldClaim } from "../storage/idempotency.ts";
import type { Sessions } from "./sessions.ts";

/** Who asks: the key's tenant. Every query of a customer's call is bound to it. */
export interface Caller {
  key_id: string;
  tenant: Tenant;
}

/** What the middleware leaves for the routes. */
export interface ApiEnv {
  Bindings: Env;
  Variables: {
    ctx: Context;
    request_id: string;
    caller: Caller;
    /** The D1 sessions of this request; their bookmark goes out with the answer. */
    sessions: Sessions;
    /** On creations with an Idempotency-Key. */
    claim?: HeldClaim;
  };
}

/** As much of a call as acts for an account: also the console's, which is no call of the API. */
export interface Acting {
  readonly var: Readonly<Pick<ApiEnv["Variables"], "ctx" | "caller" | "sessions">>;
  set(name: "sessions", sessions: Sessions): void;
}

export type Api = OpenAPIHono<ApiEnv>;
export type Call = HonoContext<ApiEnv>;
