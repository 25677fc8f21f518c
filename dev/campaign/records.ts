import { z } from "zod";

/** The lines of the campaign's append-only files, written by the receiver and the carriers, read by the judge. Times are epoch milliseconds. */

export const CarriedEvent = z.object({
  shipment: z.string(),
  sequence: z.number(),
  event: z.string(),
  fact: z.string(),
});
export type CarriedEvent = z.infer<typeof CarriedEvent>;

export const Line = z.discriminatedUnion("kind", [
  /** A request arrived, whole. */
  z.object({
    kind: z.literal("request"),
    n: z.number(),
    at: z.number(),
    endpoint: z.string(),
    /** `webhook-id`, or the file's name. */
    id: z.string(),
    /** `ok`, or what is wrong with it. */
    signature: z.string(),
    /** What the receiver is going to do; `none` where it just answers 204. */
    fault: z.string(),
    events: z.array(CarriedEvent),
  }),
  /** Written before a status line leaves. `ack`: `clean` for a well-formed 2xx, `broken` for a 2xx whose rest is not, `no` for all else. */
  z.object({
    kind: z.literal("answered"),
    n: z.number(),
    at: z.number(),
    ack: z.enum(["clean", "broken", "no"]),
  }),
  /** The connection is gone. */
  z.object({ kind: z.literal("closed"), n: z.number(), at: z.number() }),
  /** The target of a redirect was called. */
  z.object({ kind: z.literal("strayed"), at: z.number(), path: z.string() }),
  /** What an endpoint does from now on. */
  z.object({ kind: z.literal("behaves"), at: z.number(), endpoint: z.string(), behaviour: z.string() }),
  /** A carrier was answered 202 for all of these. */
  z.object({ kind: z.literal("accepted"), at: z.number(), facts: z.array(z.string()) }),
  /** A carrier was answered 202 for this body; `sha256` in hex. */
  z.object({ kind: z.literal("stored"), at: z.number(), sha256: z.string() }),
  /** A carrier was answered 503: the connection's inboxes are full. */
  z.object({ kind: z.literal("full"), at: z.number() }),
  /** A push that nobody may accept, and what was answered; 0: no answer. */
  z.object({ kind: z.literal("forgery"), at: z.number(), how: z.string(), status: z.number() }),
  /** Gluey was cut off at `at` and listened again at `up_at`. */
  z.object({
    kind: z.literal("cut"),
    at: z.number(),
    spawned_at: z.number(),
    up_at: z.number(),
    what: z.string(),
  }),
]);
export type Line = z.infer<typeof Line>;
export type RequestLine = Extract<Line, { kind: "request" }>;

/** Reads a file's lines. The last one may be cut off in the middle while the file is being written. */
export function readLines(text: string): Line[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Line.parse(JSON.parse(line)));
}
