import { z } from "zod";
import { EdiAgreement } from "./edi-agreement.ts";

/** A subscription: where and how a customer hears from us. What may be read back is `settings`; secrets are apart, sealed. */

export const MAX_BATCH_DEFAULT = 20;

/** Which events a subscription is told of: those that pass all three. A row that was kept before a filter existed lets everything through it. */
const FILTER = {
  /** Only events of these milestones; null: all. */
  milestones: z.array(z.string()).nullable(),
  /** Only events of these carriers, by id; null: all. */
  carriers: z.array(z.string()).nullable().default(null),
  /** Only events with which the shipment enters a status it had not been in before. */
  first_time_in_status: z.boolean().default(false),
};
export const EventFilter = z.object(FILTER);
export type EventFilter = z.infer<typeof EventFilter>;

export const NO_FILTER: EventFilter = { milestones: null, carriers: null, first_time_in_status: false };

export const WebhookSettings = z.object({
  way: z.literal("webhook"),
  endpoint: z.string(),
  ...FILTER,
  max_batch: z.number().int().min(1).max(100),
});
export type WebhookSettings = z.infer<typeof WebhookSettings>;

export const FILE_FORMATS = ["iftsta-d01b", "iftsta-d96a", "x12-214", "csv", "json"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** Freight receivers answer within minutes to a day. */
export const ACK_WITHIN_HOURS_DEFAULT = 24;

export const SftpSettings = z.object({
  way: z.literal("sftp"),
  host: z.string(),
  port: z.number().int(),
  username: z.string(),
  host_key_sha256: z.string(),
  directory: z.string(),
  format: z.enum(FILE_FORMATS),
  every_minutes: z.number().int().min(1).max(1440),
  /** Pattern with {account}, {date}, {time}, {number}, {format}; {number} is the file's control number and must be in it. */
  file_name: z.string(),
  ...FILTER,
  /** What the partners agreed on for EDIFACT and X12. */
  edi: EdiAgreement.optional(),
  /** The folder of the same server where the customer puts CONTRL, 997, 999 and TA1; absent: none are expected. */
  ack_directory: z.string().optional(),
  /** How long after the upload an acknowledgement may take; absent: `ACK_WITHIN_HOURS_DEFAULT`. */
  ack_within_hours: z.number().int().min(1).max(720).optional(),
});
export type SftpSettings = z.infer<typeof SftpSettings>;

export const SubscriptionSettings = z.discriminatedUnion("way", [WebhookSettings, SftpSettings]);
export type SubscriptionSettings = z.infer<typeof SubscriptionSettings>;

/** What is sealed beside a webhook subscription. `previous` is valid until its time while a secret rotates. */
export const WebhookSecrets = z.object({
  /** `whsec_` and base64 of 32 bytes. */
  secret: z.string(),
  previous: z.object({ secret: z.string(), until: z.number() }).nullable(),
});
export type WebhookSecrets = z.infer<typeof WebhookSecrets>;

export const SftpSecrets = z.object({ password: z.string().nullable(), private_key: z.string().nullable() });
export type SftpSecrets = z.infer<typeof SftpSecrets>;

/** What the filter looks at of an event of the feed. */
export interface FilteredFacts {
  milestone: string;
  carrier_id: string;
  /** See storage/feed.ts; null where it was not asked for, which is a fault where a filter needs it. */
  enters_status: boolean | null;
}

/** Whether a subscription wants an event. The same event gets the same answer whenever it is read. */
export function wants(filter: EventFilter, facts: FilteredFacts): boolean {
  const { milestones, carriers, first_time_in_status } = filter;
  if (milestones !== null && !milestones.includes(facts.milestone)) return false;
  if (carriers !== null && !carriers.includes(facts.carrier_id)) return false;
  if (!first_time_in_status) return true;
  if (facts.enters_status === null) throw new Error("The feed was read without its statuses.");
  return facts.enters_status;
}
