import { HTTPException } from "hono/http-exception";
import { AccountMoving } from "../storage/residency.ts";
import { Problem } from "./problem.ts";

/** The one place where an error becomes an answer: `application/problem+json`, RFC 9457. */

export function problemResponse(problem: Problem, request_id: string): Response {
  const headers = new Headers({ "content-type": "application/problem+json", "x-request-id": request_id });
  if (problem.retryAfter !== null) headers.set("retry-after", String(problem.retryAfter));
  if (problem.status === 401) headers.set("www-authenticate", 'Bearer realm="gluey-tracking"');
  return new Response(JSON.stringify(problem.body(request_id)), { status: problem.status, headers });
}

/** Anything thrown, as a problem. What nobody expected is logged and told without its inside. */
export function problemOf(error: unknown, request_id: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) return fromFramework(error);
  if (error instanceof AccountMoving)
    return new Problem(
      503,
      "The account is just being moved to another database. Send the request again after the time in Retry-After.",
      { retryAfter: 2 },
    );
  const text = error instanceof Error ? error.message : String(error);
  // D1 queues what it can't answer at once and gives up on the rest; nothing of such a statement was done.
  if (/overloaded|too many requests queued|queued for too long/iu.test(text))
    return new Problem(503, "The database is busy. Send the request again after the time in Retry-After.", {
      retryAfter: 5,
    });
  if (
    /network connection lost|storage caused object to be reset|reset because its code was updated/iu.test(
      text,
    )
  )
    return new Problem(
      503,
      "The database was not reached. Send the request again after the time in Retry-After.",
      { retryAfter: 1 },
    );
  console.error(JSON.stringify({ event: "request.failed", request_id, error: stackOf(error) }));
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

function stackOf(error: unknown): string {
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2000);
}
