import type { MiddlewareHandler } from "hono";
import { readBounded } from "../outside/bounded.ts";
import type { ApiEnv } from "./api-env.ts";
import { Problem } from "./problem.ts";

/** Bodies are bounded before they are read (contract, section 1). */

const MIB = 1024 * 1024;

/** The most bytes a call may send. */
export function bodyLimit(path: string): number {
  if (path.startsWith("/carriers/")) return 10 * MIB;
  return path === "/shipments/batch" ? 5 * MIB : MIB;
}

function tooLarge(limit: number): Problem {
  return new Problem(413, `The body is larger than ${limit / MIB} MiB. Send it in several requests.`);
}

/** Refuses by the announced length, before anything is read or anybody is asked who they are. */
export const refuseLargeBodies: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const limit = bodyLimit(c.req.path);
  const announced = c.req.header("content-length");
  if (announced !== undefined && Number(announced) > limit) throw tooLarge(limit);
  await next();
};

/** Reads the body up to its limit, so that one without an announced length is bounded too. */
export const readBoundedBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const stream = c.req.raw.body;
  if (stream !== null) {
    const limit = bodyLimit(c.req.path);
    const body = await readBounded(stream, limit);
    if (body === null) throw tooLarge(limit);
    c.req.raw = new Request(c.req.raw, { body });
  }
  await next();
};
