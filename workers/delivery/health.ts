import { z } from "zod";
import { HEALTHY } from "../domain/breaker.ts";
import { WARNING_CODES } from "./views.ts";

/** What is kept of a line beside its position: the JSON of `lines.health`. */
export const LineHealth = z.object({
  /** The customer's own pause is in the control database; `paused` here is ours. */
  state: z.enum(["active", "paused", "gone", "stopped_host_key"]),
  breaker: z.object({
    failures: z.number(),
    opened_at: z.number().nullable(),
    probe_at: z.number(),
    last_success_at: z.number().nullable(),
    failing_since: z.number().nullable(),
    recovered_at: z.number().nullable(),
  }),
  /** Once gone: the feed up to here becomes dead letters, what comes later waits; null until the feed's head was read. */
  gone_until: z.number().nullable(),
  /** The pinned key that the partner's server no longer shows: another pin starts the line again. */
  refused_pin: z.string().nullable(),
  /** Files: the last control number, and when the last file was written. */
  last_number: z.number(),
  last_file_at: z.number(),
  notes: z.array(z.object({ code: z.enum(WARNING_CODES), at: z.number(), detail: z.string() })),
});
export type LineHealth = z.infer<typeof LineHealth>;

export const NEW_LINE: LineHealth = {
  state: "active",
  breaker: HEALTHY,
  gone_until: null,
  refused_pin: null,
  last_number: 0,
  last_file_at: 0,
  notes: [],
};
