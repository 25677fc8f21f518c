import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { log, placesOf, reasonOf } from "../flow/log.ts";
import { isBusy, isUnreached } from "../observe/database-fault.ts";
import { AccountMoving } from "../storage/residency.ts";
import type { Call } from "./api-env.ts";
import { Problem } from "./problem.ts";

/** The one place where an error becomes an answer: `application/problem+json`, RFC 9457. */

export function problemResponse(problem: Problem, request_id: string): Response {
  const headers = new Headers({ "content-type": "application/problem+json", "x-request-id": request_id });
  if (problem.retryAfter !== null) headers.set("retry-after", String(problem.retryAfter));
  if (problem.status === 401) headers.set("www-authenticate", 'Bearer realm="gluey-tracking"');
  return new Response(JSON.stringify(problem.body(request_id)), { status: problem.status, headers });
}

/** Anything thrown, as a problem. What nobody expected is told without its inside: `tellFault` says that to us. */
export function problemOf(error: unknown, request_id: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) return fromFramework(error);
  if (error instanceof AccountMoving)
    return new Problem(
      503,
      "The account is just being moved to another database. Send the request again after the time in Retry-After.",
      { retryAfter: 2 },
    );
  if (isBusy(error))
    return new Problem(503, "The database is busy. Send the request again after the time in Retry-After.", {
      retryAfter: 5,
    });
  if (isUnreached(error))
    return new Problem(
      503,
      "The database was not reached. Send the request again after the time in Retry-After.",
      { retryAfter: 1 },
    );
  return new Problem(
    500,
    `Something went wrong on our side. Send the request again, and tell us its id, ${request_id}, if it stays.`,
  );
}

function fromFramework(error: HTTPException): Problem {
  if (error.status === 415)
    return new Problem(415, "Send the body as JSON, with the header content-type: application/json.");
  if (error.status === 400) return new Problem(400, "The body is not well-formed JSON.");
  return new Problem(500, "Something went wrong on our side.");
}

/** Tells us of an answer of 500 or 503: under the id that the caller was told, why, and where in the code. */
export function tellFault(c: Call, error: unknown, { status }: Problem, request_id: string): void {
  log("request.failed", {
    request_id,
    method: c.req.method,
    // The pattern: what stands in its place may be a number, a key, a name.
    route: routePath(c),
    tenant_id: c.get("caller")?.tenant.id,
    status,
    why: reasonOf(error),
    where: placesOf(error),
  });
  const way = isBusy(error) || isUnreached(error) ? "d1" : "request";
  c.get("ctx")?.metrics.write([{ kind: "fault", way, subject: routePath(c), failed: 1 }]);
}
