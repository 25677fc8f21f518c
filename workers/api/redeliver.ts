import type { Context } from "../context.ts";
import type { RedeliverRequest } from "../delivery/views.ts";
import { Problem, unknown } from "./problem.ts";

/** Has a customer's object send something again; how many messages, or the problem that says why not. */
export async function redeliver(
  ctx: Context,
  tenant_id: string,
  request: RedeliverRequest,
  what: { noun: string; id: string },
): Promise<{ messages: number }> {
  const result = await ctx.deliveryOf(tenant_id).redeliver(request);
  switch (result.kind) {
    case "queued":
      return { messages: result.messages };
    case "unknown":
      throw unknown(what.noun, what.id);
    case "not_kept":
      throw new Problem(
        409,
        "It was delivered longer ago than messages are kept. Read its events from the feed: GET …/events.",
      );
    case "still_underway":
      throw new Problem(
        409,
        "It is still being delivered: it is sent again by itself until it arrives or is given up.",
      );
  }
}
