import type { z } from "@hono/zod-openapi";
import type { Context } from "../context.ts";
import type { RedeliverRequest } from "../delivery/views.ts";
import { writeCursor } from "./cursor.ts";
import { Problem, unknown } from "./problem.ts";
import type { RedeliveryAnswer } from "./schemas/delivery.ts";

/** Has a customer's object send something again; how many messages, or the problem that says why not. */
export async function redeliver(
  ctx: Context,
  tenant_id: string,
  request: RedeliverRequest,
  what: { noun: string; id: string },
): Promise<z.infer<typeof RedeliveryAnswer>> {
  const result = await ctx.deliveryOf(tenant_id).redeliver(request);
  switch (result.kind) {
    case "queued": {
      const { messages, rebuilt, next_position } = result;
      const next_cursor = next_position === null ? null : writeCursor({ position: next_position });
      return { messages, rebuilt, next_cursor };
    }
    case "unknown":
      throw unknown(what.noun, what.id);
    case "not_kept":
      throw new Problem(
        409,
        "Its bytes are no longer kept. Send its stretch of the feed again, from its first_cursor to its last_cursor: POST …/redeliver makes new messages of it.",
      );
    case "still_underway":
      throw new Problem(
        409,
        "It is still being delivered: it is sent again by itself until it arrives or is given up.",
      );
  }
}
