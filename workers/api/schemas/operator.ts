import { z } from "@hono/zod-openapi";
import { ACCOUNT_NUMBER } from "../../domain/tenant.ts";
import type { Account } from "../../storage/accounts.ts";
import type { ListedKey } from "../../storage/api-keys.ts";
import { isoOrNull, isoTime, Time, text } from "./common.ts";

/** Accounts and keys as the operator sees them. */

export const AccountNumber = z
  .string()
  .regex(ACCOUNT_NUMBER, "account_number must be 1 to 40 letters, digits, _ or -.");

export const AccountInput = z
  .object({ account_number: AccountNumber, name: text(200).min(1).describe("The customer's name.") })
  .openapi("NewAccount");

export const AccountAnswer = z
  .object({ account_number: z.string(), name: z.string(), created_at: Time })
  .openapi("Account");

export function accountAnswer({ account_number, name, created_at }: Account): z.infer<typeof AccountAnswer> {
  return { account_number, name, created_at: isoTime(created_at) };
}

export const KeyInput = z
  .object({ mode: z.enum(["live", "test"]).default("live").describe("test keys see test data only.") })
  .openapi("NewKey");

export const KeyAnswer = z
  .object({
    id: z.string().describe("key_…, by which it is revoked."),
    account_number: z.string(),
    mode: z.enum(["live", "test"]),
    hint: z.string().describe("The key's first characters."),
    created_at: Time,
    revoked_at: Time.nullable(),
  })
  .openapi("Key");

export const NewKeyAnswer = KeyAnswer.extend({
  key: z.string().describe("The key itself: shown here and never again."),
}).openapi("CreatedKey");

export function keyAnswer(account_number: string, key: ListedKey): z.infer<typeof KeyAnswer> {
  return {
    ...key,
    account_number,
    created_at: isoTime(key.created_at),
    revoked_at: isoOrNull(key.revoked_at),
  };
}
