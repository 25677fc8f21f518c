import { z } from "zod";
import { EdiAgreement } from "./edi-agreement.ts";

/** A subscription: where and how a customer hears from us. What may be read back is `settings`; secrets are apart, sealed. */

export const MAX_BATCH_DEFAULT = 20;

export const WebhookSettings = z.object({
  way: z.literal("webhook"),
  endpoint: z.string(),
  /** Only events of these milestones; null: all. */
  milestones: z.array(z.string()).nullable(),
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
  milestones: z.array(z.string()).nullable(),
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

/** Whether a subscription wants an event: only its milestones filter decides. */
export function wants(settings: { milestones: string[] | null }, event: { milestone: string }): boolean {
  return settings.milestones === null || settings.milestones.includes(event.milestone);
}
