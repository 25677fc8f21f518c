import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { readFeed, WebhookElement } from "../../storage/feed.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { accountPath, answers, CursorText, Limit } from "../schemas/common.ts";

const route = createRoute({
  method: "get",
  path: "/accounts/{account_number}/events",
  tags: ["Tracking"],
  summary: "Read the account's feed",
  description:
    "The same elements as the webhook's, with the same ids and sequence, in the same order. An empty page means that nothing has come yet: ask again with the same cursor.",
  request: {
    params: accountPath,
    query: z.object({
      limit: Limit,
      after: CursorText.optional().describe("Where the last page ended; left out: from the beginning."),
    }),
  },
  responses: {
    200: answers(
      "A page of the feed.",
      z
        .object({
          data: z.array(WebhookElement),
          next_cursor: z
            .string()
            .describe("Where this page ends: the next `after`, also at the end of the feed."),
        })
        .openapi("FeedPage"),
    ),
  },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { limit, after } = c.req.valid("query");
  const position = after === undefined ? 0 : readCursor("after", after).position;
  const entries = await readFeed(c.var.sessions.shard, c.var.caller.tenant.id, position, limit);
  // A stored row that can't be read is passed over, as every way out does.
  const data = entries.flatMap(({ element }) => (element === null ? [] : [element]));
  const next_cursor = writeCursor({ position: entries.at(-1)?.position ?? position });
  c.header("x-next-cursor", next_cursor);
  return c.json({ data, next_cursor }, 200);
};

export const feedRead = (api: Api) => api.openapi(route, handler);
