import { z } from "@hono/zod-openapi";
import { carriers } from "../../carriers/registry.ts";
import { LINE_STATES, type LineStatus, WARNING_CODES } from "../../delivery/views.ts";
import { CODES } from "../../domain/codes.ts";
import { EdiAgreement } from "../../domain/edi-agreement.ts";
import { ACK_WITHIN_HOURS_DEFAULT, FILE_FORMATS, MAX_BATCH_DEFAULT } from "../../domain/subscription.ts";
import { DEFAULT_FILE_NAME } from "../../domain/tracking-file/file-name.ts";
import type { StoredSubscription } from "../../storage/subscriptions.ts";
import { isoOrNull, isoTime, Time, text } from "./common.ts";

/** Where a customer hears from us: as it is entered, changed and told. */

const MILESTONES: readonly string[] = [...new Set([...CODES.values()].map((code) => code.milestone))];

const Milestones = z
  .array(z.enum(MILESTONES))
  .min(1)
  .max(MILESTONES.length)
  .nullable()
  .describe("Only events of these milestones; null or left out for all.");

const CARRIERS: readonly string[] = carriers.map(({ id }) => id);

const Carriers = z
  .array(z.enum(CARRIERS))
  .min(1)
  .max(CARRIERS.length)
  .nullable()
  .describe("Only events of these carriers, by their ids; null or left out for all.");

const FirstTimeInStatus = z
  .boolean()
  .describe(
    "true: only events with which the shipment enters a status it had not been in before. registered, in which every shipment begins, is never entered; a status that comes again is not entered again.",
  );

/** Which events are told: those that pass all three. */
const filter = {
  milestones: Milestones.default(null),
  carriers: Carriers.default(null),
  first_time_in_status: FirstTimeInStatus.default(false),
};
const filterChange = {
  milestones: Milestones.optional(),
  carriers: Carriers.optional(),
  first_time_in_status: FirstTimeInStatus.optional(),
};
const filterAnswer = {
  milestones: z.array(z.string()).nullable(),
  carriers: z.array(z.string()).nullable(),
  first_time_in_status: z.boolean(),
};

const MaxBatch = z.number().int().min(1).max(100).describe("The most events of one message, 1 to 100.");
const Endpoint = z
  .string()
  .min(1)
  .max(2048)
  .describe("An https address. Without a path it gets /webhook/shipment.");
const Paused = z.boolean().describe("true holds deliveries back; false resumes them where they stopped.");

export const WebhookInput = z
  .object({
    endpoint: Endpoint,
    ...filter,
    max_batch: MaxBatch.default(MAX_BATCH_DEFAULT),
  })
  .openapi("NewWebhookSubscription");

export const WebhookChange = z
  .object({
    endpoint: Endpoint.optional(),
    ...filterChange,
    max_batch: MaxBatch.optional(),
    paused: Paused.optional(),
  })
  .openapi("WebhookSubscriptionChange");

const Host = text(253)
  .min(1)
  .regex(/^[^\s/@:]+$/u, "host must be a host's name, without a scheme, a port or a path.");
const Port = z.number().int().min(1).max(65_535);
const Username = text(200).min(1);
const Password = z.string().min(1).max(1000);
const PrivateKey = z.string().min(1).max(20_000);
const HostKey = z
  .string()
  .transform((value) =>
    value
      .trim()
      .replace(/^SHA256:/u, "")
      .replace(/=+$/u, ""),
  )
  .pipe(
    z
      .string()
      .regex(
        /^[A-Za-z0-9+/]{43}$/u,
        "host_key_sha256 must be the SHA-256 of the host's key as OpenSSH prints it: 43 characters of base 64.",
      ),
  );
const Directory = text(1000).min(1);
const Minutes = z.number().int().min(1).max(1440).describe("How often a file is written, 1 to 1440.");
const FileName = text(120)
  .min(1)
  .regex(
    /^(?:[A-Za-z0-9._-]|\{(?:account|date|time|number|format)\})+$/u,
    "file_name may hold letters, digits, . _ - and {account}, {date}, {time}, {number}, {format}.",
  );

const Edi = EdiAgreement.describe(
  "What you and we agree on for IFTSTA and X12 files: ids, qualifiers, SCACs, references. All of it has a default.",
).openapi("EdiAgreement");
const AckDirectory = text(1000)
  .min(1)
  .describe(
    "A folder of your server where you put CONTRL, 997, 999 and TA1. What was read is moved to done/ in it.",
  );
const AckHours = z
  .number()
  .int()
  .min(1)
  .max(720)
  .describe(
    `How long an acknowledgement may take before you are warned; ${ACK_WITHIN_HOURS_DEFAULT} by default.`,
  );

export const SftpInput = z
  .object({
    host: Host,
    port: Port.default(22),
    username: Username,
    password: Password.optional(),
    private_key: PrivateKey.optional().describe("In OpenSSH's or PEM form; instead of a password."),
    host_key_sha256: HostKey.describe(
      "The host key's fingerprint. It is pinned: another key stops the transfer.",
    ),
    directory: Directory.default("."),
    format: z.enum(FILE_FORMATS),
    every_minutes: Minutes.default(15),
    file_name: FileName.default(DEFAULT_FILE_NAME),
    ...filter,
    edi: Edi.optional(),
    ack_directory: AckDirectory.optional(),
    ack_within_hours: AckHours.optional(),
  })
  .refine(({ password, private_key }) => (password === undefined) !== (private_key === undefined), {
    error: "password or private_key: give one of the two.",
    path: ["password"],
  })
  .openapi("NewSftpSubscription");

export const SftpChange = z
  .object({
    username: Username.optional(),
    password: Password.optional(),
    private_key: PrivateKey.optional(),
    host_key_sha256: HostKey.optional(),
    directory: Directory.optional(),
    every_minutes: Minutes.optional(),
    file_name: FileName.optional(),
    ...filterChange,
    edi: Edi.nullable().optional().describe("null: the defaults."),
    ack_directory: AckDirectory.nullable().optional().describe("null: no acknowledgements are expected."),
    ack_within_hours: AckHours.nullable().optional(),
    paused: Paused.optional(),
  })
  .refine(({ password, private_key }) => password === undefined || private_key === undefined, {
    error: "password or private_key: give one of the two.",
    path: ["password"],
  })
  .openapi("SftpSubscriptionChange");

const standing = {
  state: z.enum(LINE_STATES).describe("What its deliveries are doing."),
  warnings: z
    .array(z.object({ code: z.enum(WARNING_CODES), at: Time, detail: z.string() }))
    .describe("What the account should know about it, until it is no longer so."),
  paused: z.boolean().describe("Paused by you."),
  waiting: z.number().int().describe("Messages or files not delivered yet."),
  dead: z.number().int().describe("Messages or files given up, kept 90 days."),
  last_success_at: Time.nullable(),
  next_attempt_at: Time.nullable(),
  test: z.boolean(),
  created_at: Time,
  updated_at: Time,
};

export const WebhookAnswer = z
  .object({
    id: z.string().describe("sub_…"),
    endpoint: z.string(),
    ...filterAnswer,
    max_batch: z.number().int(),
    ...standing,
  })
  .openapi("WebhookSubscription");

export const NewWebhookAnswer = WebhookAnswer.extend({
  secret: z.string().describe("Signs the messages; shown here and never again."),
}).openapi("CreatedWebhookSubscription");

export const ProbeAnswer = z
  .object({
    ok: z.boolean().describe("Every check is ok."),
    checks: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        detail: z.string().describe("What was seen and, where it is not ok, what to do."),
        took_ms: z.number().nullable().describe("Until the status line; null where nothing was sent for it."),
      }),
    ),
  })
  .openapi("ReceiverProbe");

export const SftpAnswer = z
  .object({
    id: z.string().describe("sub_…"),
    host: z.string(),
    port: z.number().int(),
    username: z.string(),
    host_key_sha256: z.string(),
    directory: z.string(),
    format: z.enum(FILE_FORMATS),
    every_minutes: z.number().int(),
    file_name: z.string(),
    ...filterAnswer,
    edi: EdiAgreement.nullable(),
    ack_directory: z.string().nullable(),
    ack_within_hours: z.number().int().nullable(),
    ...standing,
  })
  .openapi("SftpSubscription");

/** What its line in the customer's object says; where that could not be read, what the row says. */
function standingOf(subscription: StoredSubscription, line: LineStatus | undefined) {
  const { paused, created_at, updated_at, tenant_id } = subscription;
  return {
    state: paused ? ("paused" as const) : (line?.state ?? ("active" as const)),
    warnings: (line?.warnings ?? []).map(({ code, at, detail }) => ({ code, at: isoTime(at), detail })),
    paused,
    waiting: line?.waiting ?? 0,
    dead: line?.dead ?? 0,
    last_success_at: isoOrNull(line?.last_success_at ?? null),
    next_attempt_at: isoOrNull(line?.next_attempt_at ?? null),
    test: tenant_id.endsWith(".test"),
    created_at: isoTime(created_at),
    updated_at: isoTime(updated_at),
  };
}

export function webhookAnswer(
  subscription: StoredSubscription,
  line: LineStatus | undefined,
): z.infer<typeof WebhookAnswer> {
  const { id, settings } = subscription;
  if (settings.way !== "webhook") throw new Error(`Subscription ${id} is no webhook's.`);
  const { way: _, ...told } = settings;
  return { id, ...told, ...standingOf(subscription, line) };
}

export function sftpAnswer(
  subscription: StoredSubscription,
  line: LineStatus | undefined,
): z.infer<typeof SftpAnswer> {
  const { id, settings } = subscription;
  if (settings.way !== "sftp") throw new Error(`Subscription ${id} is no sFTP server's.`);
  const { way: _, edi = null, ack_directory = null, ack_within_hours = null, ...told } = settings;
  return { id, ...told, edi, ack_directory, ack_within_hours, ...standingOf(subscription, line) };
}
