import type { Hono, Context as HonoContext } from "hono";
import type { ApiEnv } from "../api/api-env.ts";
import type { Tenant } from "../domain/tenant.ts";
import type { Env } from "../env.ts";
import type { Session } from "./session.ts";

/** Who looks: the operator, who sees all, or an account's key, which sees its own tenant. */
export type Viewer = { kind: "operator" } | { kind: "account"; key_id: string; tenant: Tenant };

/** What the console's middleware leaves for its pages. */
export interface ConsoleEnv {
  Bindings: Env;
  Variables: ApiEnv["Variables"] & {
    session: Session;
    /** For the hidden field of every form. */
    form_token: string;
    viewer: Viewer;
    /** The fields of a form that was sent, each once. */
    form: ReadonlyMap<string, string>;
  };
}

export type Console = Hono<ConsoleEnv>;
export type Look = HonoContext<ConsoleEnv>;
