import { z } from "zod";

/** What the receiver is told, and what it tells. Times are epoch milliseconds. */

export const Behaviour = z.object({
  /** `whsec_…` of each endpoint. */
  secrets: z.record(z.string(), z.string()),
  /** Base64url of the Ed25519 keys that sign. */
  public_keys: z.array(z.string()),
  /** Of the requests, drawn from the seed. */
  fault_share: z.number(),
  seed: z.number(),
  /** How long a request is worked at before it is answered. */
  answer_after_ms: z.number(),
});
export type Behaviour = z.infer<typeof Behaviour>;

export const Received = z.object({
  at: z.number(),
  endpoint: z.string(),
  /** `webhook-id`. */
  id: z.string(),
  /** `ok`, or what is wrong with it. */
  signature: z.string(),
  /** `none`, or how the receiver misbehaved. */
  fault: z.string(),
  /** Shipment and sequence of each event, in the order of the body. */
  events: z.array(z.tuple([z.string(), z.number()])),
  /** When a 2xx was written; null where none was. */
  acknowledged_at: z.number().nullable(),
  /** When the answer or the connection was over; null where it is still open. */
  ended_at: z.number().nullable(),
});
export type Received = z.infer<typeof Received>;
