import { z } from "zod";

/** What travels on the queues. Every message is a hint or can be made again from a row: losing one loses nothing. */

/** Step 2: a raw document waits in D1. */
export const DocumentMessage = z.object({ document_id: z.string() });
export type DocumentMessage = z.infer<typeof DocumentMessage>;

/** Steps 1b.1 and 1c.1: a slot that was claimed. `after` goes on with a slot of many numbers. */
export const CheckMessage = z.object({
  connection_id: z.string(),
  way: z.enum(["poll", "sftp"]),
  interval_s: z.number(),
  slot: z.number(),
  claim: z.string(),
  after: z.string().nullable(),
  /** Since when its turn has been due, epoch ms. */
  turn_at: z.number().default(0),
  /** It goes by the lane for slow ones. */
  slow: z.boolean().default(false),
  /** How many numbers the turn has gone through before, null where it did not begin with the first; and when it began, epoch ms. */
  seen: z.number().nullable().default(null),
  begun_at: z.number().nullable().default(null),
});
export type CheckMessage = z.infer<typeof CheckMessage>;

/** Step 3: events for one tenant. `posts` is null where they were too large for a message and lie in `document_posts`. */
export const PostMessage = z.object({
  tenant_id: z.string(),
  document_id: z.string(),
  run: z.number(),
  part: z.number(),
  parts: z.number(),
  /** The run was written down when it began. */
  begun: z.boolean().default(true),
  /** JSON of Post[], already written once: what is checked on the way in is not checked again between our own steps. */
  posts: z.string().nullable(),
});
export type PostMessage = z.infer<typeof PostMessage>;

/** A queue takes 128,000 bytes a message; a quarter is for the envelope and what quoting JSON in JSON adds. */
export const POSTS_MAX_BYTES = 90_000;
