import { z } from "zod";

/** What travels on the queues. Every message can be made again from a row: losing one loses nothing. */

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
