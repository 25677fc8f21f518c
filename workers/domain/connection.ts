import { z } from "zod";

/** A connection: one agreement with one carrier, and by which ways its news reach us. Credentials are apart, sealed. */

export const SftpWaySettings = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535).default(22),
  username: z.string().min(1).max(200),
  /** Base64 SHA-256 of the host's key as OpenSSH prints it; pinned. */
  host_key_sha256: z.string().min(20).max(100),
  directory: z.string().min(1).max(1000).default("."),
  /** What becomes of a file once it is posted: moved to `done_directory`, deleted, or left and remembered. */
  after: z.enum(["move", "delete", "leave"]).default("move"),
  done_directory: z.string().min(1).max(1000).default("done"),
  failed_directory: z.string().min(1).max(1000).default("failed"),
});
export type SftpWaySettings = z.infer<typeof SftpWaySettings>;

export const PollWaySettings = z.object({
  /** Another address of the carrier's API: a test system. The carrier's own where absent. */
  base_url: z.url().max(2048).optional(),
  /** Never more often than this, whatever the shipment's state asks for. */
  min_minutes: z.number().int().min(1).max(1440).optional(),
});
export type PollWaySettings = z.infer<typeof PollWaySettings>;

export const WebhookWaySettings = z.object({});

export const Ways = z
  .object({
    webhook: WebhookWaySettings.optional(),
    sftp: SftpWaySettings.optional(),
    poll: PollWaySettings.optional(),
  })
  .refine((ways) => ways.webhook || ways.sftp || ways.poll, {
    error: "Name at least one way: webhook, sftp or poll.",
  });
export type Ways = z.infer<typeof Ways>;

/** Credentials of the sFTP way, the same for every carrier. */
export const SftpCredentials = z
  .object({
    sftp_password: z.string().min(1).optional(),
    sftp_private_key: z.string().min(1).optional(),
    sftp_passphrase: z.string().optional(),
  })
  .refine((c) => (c.sftp_password === undefined) !== (c.sftp_private_key === undefined), {
    error: "Give either sftp_password or sftp_private_key.",
  });

/** A connection as the pipeline sees it: opened, its credentials in clear, in memory only. */
export interface Connection {
  id: string;
  carrier_id: string;
  account_numbers: string[];
  ways: Ways;
  credentials: Readonly<Record<string, string>>;
  auto_register: boolean;
  paused: boolean;
  /** How many inboxes store what its carrier sends. */
  lanes: number;
}
