import { OpenAPIHono } from "@hono/zod-openapi";
import { createConsole } from "../console/app.tsx";
import type { Context } from "../context.ts";
import type { Env } from "../env.ts";
import { issueToken } from "../flow/issue-token.ts";
import { receivePush } from "../flow/receive.ts";
import { trackingPages } from "../tracking-page/routes.tsx";
import type { Api, ApiEnv } from "./api-env.ts";
import { requireKey, requireOperator, requireOwnPath } from "./auth.ts";
import { readBoundedBody, refuseLargeBodies } from "./body.ts";
import { problemOf, problemResponse, tellFault } from "./error-response.ts";
import { frame, requireVersion } from "./frame.ts";
import { invalidInput, Problem } from "./problem.ts";
import { routes } from "./routes/index.ts";

/** The HTTP face of Gluey: customers, carriers and the operator. One definition of a route checks its requests and describes it. */
export function createApi(contextOf: (env: Env) => Context): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(result.error.issues);
    },
  });
  api.onError((error, c) => {
    // Without variables there is no context, and so no id of the usual kind.
    const request_id = c.get("request_id") ?? `req_${crypto.randomUUID()}`;
    const problem = problemOf(error, request_id);
    if (problem.status >= 500) tellFault(c, error, problem, request_id);
    return problemResponse(problem, request_id);
  });
  api.notFound((c) => {
    const detail = "There is no such call. /openapi.json lists those there are.";
    return problemResponse(new Problem(404, detail), c.var.request_id);
  });

  api.use(frame(contextOf));
  // Carriers are verified by their own schemes, and nothing of theirs is read before.
  api.on(["GET", "POST"], "/carriers/:carrier_id/webhook/:connection_id", (c) =>
    receivePush(c.var.ctx, c.req.param("carrier_id"), c.req.param("connection_id"), c.req.raw),
  );
  api.post("/carriers/:carrier_id/webhook/:connection_id/token", (c) =>
    issueToken(c.var.ctx, c.req.param("carrier_id"), c.req.param("connection_id"), c.req.raw),
  );

  api.route("/console", createConsole());

  // Read by people with a link, in a browser that knows nothing of keys and versions.
  trackingPages(api);

  api.use(refuseLargeBodies, requireVersion);
  for (const path of ["/shipments/*", "/track", "/accounts/*"]) api.use(path, requireKey);
  api.use("/accounts/:account_number/*", requireOwnPath);
  api.use("/admin/*", requireOperator);
  api.use(readBoundedBody);
  for (const register of routes) register(api);
  return api;
}
