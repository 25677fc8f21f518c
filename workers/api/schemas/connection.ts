import { z } from "@hono/zod-openapi";
import { SftpWaySettings, Ways } from "../../domain/connection.ts";
import type { ListedConnection } from "../../storage/connections.ts";
import { isoTime, Time, text } from "./common.ts";
import { AccountNumber } from "./operator.ts";

/** A connection as the operator enters and sees it. Credentials go in and never come out. */

const Credentials = z
  .record(z.string().max(100), z.string().max(20_000))
  .describe(
    "What the ways need, as the carrier's fields are named; sftp_password or sftp_private_key for the folder.",
  );

const AccountNumbers = z
  .array(AccountNumber)
  .min(1)
  .max(1000)
  .describe("The accounts that this connection feeds.");

const AutoRegister = z
  .boolean()
  .describe("Registers a number that nobody tracks yet; for a connection of one account.");

export const ConnectionInput = z
  .object({
    carrier_id: text(60).min(1).describe("The carrier's id."),
    account_numbers: AccountNumbers,
    ways: Ways,
    credentials: Credentials.default({}),
    auto_register: AutoRegister.default(false),
  })
  .openapi("NewConnection");

export const ConnectionChange = z
  .object({
    account_numbers: AccountNumbers.optional(),
    ways: Ways.optional().describe("Takes the place of all ways."),
    credentials: Credentials.optional().describe("Takes the place of all credentials."),
    auto_register: AutoRegister.optional(),
    paused: z.boolean().optional().describe("A paused connection asks the carrier nothing."),
  })
  .openapi("ConnectionChange");

export const ConnectionAnswer = z
  .object({
    id: z.string().describe("con_…"),
    carrier_id: z.string(),
    account_numbers: z.array(z.string()),
    ways: z.object({
      webhook: z.object({}).optional(),
      sftp: SftpWaySettings.optional(),
      poll: z.object({ base_url: z.string().optional(), min_minutes: z.number().optional() }).optional(),
    }),
    auto_register: z.boolean(),
    paused: z.boolean(),
    webhook_url: z
      .string()
      .nullable()
      .describe("The address to give to the carrier, where the connection has the webhook way."),
    created_at: Time,
    updated_at: Time,
  })
  .openapi("Connection");

/** `origin`: under which this Worker was called, so that the address is one it answers at. */
export function connectionAnswer(
  connection: ListedConnection,
  origin: string,
): z.infer<typeof ConnectionAnswer> {
  const { id, carrier_id, account_numbers, ways, auto_register, paused } = connection;
  return {
    id,
    carrier_id,
    account_numbers,
    ways,
    auto_register,
    paused,
    webhook_url: ways.webhook === undefined ? null : `${origin}/carriers/${carrier_id}/webhook/${id}`,
    created_at: isoTime(connection.created_at),
    updated_at: isoTime(connection.updated_at),
  };
}

export const connectionPath = z.object({ id: z.string().max(80).describe("con_…") });
