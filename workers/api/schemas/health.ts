import { z } from "@hono/zod-openapi";
import { CursorText, Time } from "./common.ts";

/** What /admin/health and a connection's history tell. */

const lag = (which: string) =>
  z
    .number()
    .int()
    .nullable()
    .describe(`How late checks began, ${which}, milliseconds; null where none began.`);

const SuccessRate = z
  .number()
  .nullable()
  .describe("Calls that went well of all, 0 to 1; null where none was made.");

const CheckCounts = z.object({
  calls: z.number().int().describe("Calls to the carrier's API, or looks into its folder."),
  numbers: z.number().int().describe("Numbers asked for by these calls."),
  success_rate: SuccessRate,
  lag_p50_ms: lag("half of them no later"),
  lag_p95_ms: lag("95 of 100 no later"),
});

const Way = z.enum(["webhook", "sftp", "poll"]);

const ConnectionHealth = z.object({
  connection_id: z.string(),
  carrier_id: z.string(),
  paused: z.boolean(),
  breaker: z
    .enum(["closed", "open", "waiting"])
    .nullable()
    .describe(
      "open: the carrier's API failed so often that only a probe goes out now and then. waiting: it asked us to wait. null: not known now.",
    ),
  failures_in_a_row: z.number().int().nullable(),
  blocked_until: Time.nullable().describe("Nobody calls the carrier's API before."),
  news: z
    .array(
      z.object({
        way: Way,
        silent_since: Time.nullable().describe("When the carrier last said anything new by this way."),
        silent_s: z.number().int().nullable(),
      }),
    )
    .describe("One for each way of the connection."),
  checks: z.array(
    CheckCounts.extend({
      way: z.enum(["poll", "sftp"]),
      slots: z.number().int(),
      failing: z.number().int().describe("Slots whose last check failed."),
      last_success_at: Time.nullable(),
      last_check_at: Time.nullable(),
      lag_s: z.number().describe("How long the oldest check has been due."),
      last_error: z.string().nullable(),
    }).describe("Calls, success rate and lag are those of this hour and the one before."),
  ),
});

const CarrierHealth = z.object({
  carrier_id: z.string(),
  source: Way,
  documents: z.number().int(),
  waiting: z.number().int(),
  unreadable: z.number().int().describe("GET /admin/documents shows them."),
  error_rate: z.number().describe("Unreadable of all, 0 to 1."),
  last_received_at: Time,
  lag_s: z.number().describe("How long the oldest document has waited to be harmonized."),
});

const AccountHealth = z.object({
  account_number: z.string(),
  mode: z.enum(["live", "test"]),
  last_event_at: Time.nullable().describe("When the account's feed was last added to."),
  waiting: z.number().int().describe("Messages that were not delivered for a minute."),
  dead: z.number().int().describe("Messages given up, and events set aside."),
  lag_s: z.number().describe("How long news have waited to be delivered."),
  deliveries: z
    .object({
      attempts: z.number().int(),
      failed: z.number().int(),
      error_rate: z.number().nullable().describe("Failed of all, 0 to 1; null where none was made."),
    })
    .nullable()
    .describe("Attempts of the last hour; null where nobody subscribes, or where it is not known now."),
});

export const HealthAnswer = z
  .object({
    connections: z.array(ConnectionHealth).describe("A page of connections; next_cursor goes on."),
    carriers: z
      .array(CarrierHealth)
      .describe("What came in during the last hour, of the latest 10,000 documents."),
    accounts: z.array(AccountHealth).describe("A page of accounts, each with its sides that hold anything."),
    next_cursor: z.string().nullable().describe("Where the connections go on; null at the end."),
    next_accounts_cursor: z.string().nullable().describe("Where the accounts go on; null at the end."),
  })
  .openapi("Health");

/** Each connection and account of a page is asked itself: so a page is short. */
export const HealthQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .default(25)
    .describe("How many connections and accounts at most, 1 to 50; default 25."),
  cursor: CursorText.optional(),
  accounts_cursor: z.string().max(200).optional().describe("The next_accounts_cursor of an earlier answer."),
});

export const HistoryQuery = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(840)
    .default(48)
    .describe("How many hours back, 1 to 840 (35 days); default 48."),
});

export const HistoryAnswer = z
  .object({
    connection_id: z.string(),
    since: Time,
    data: z
      .array(
        CheckCounts.extend({
          way: z.enum(["poll", "sftp"]),
          hour: Time.describe("When the hour begins."),
          failed: z.number().int().describe("Calls that did not go well."),
        }),
      )
      .describe("Hours in which calls were made, in order."),
  })
  .openapi("ConnectionHistory");
