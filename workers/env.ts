import { z } from "zod";
import type { CarrierInbox } from "./durable/carrier-inbox.ts";
import type { ConnectionPace } from "./durable/connection-pace.ts";
import type { CustomerDelivery } from "./durable/customer-delivery.ts";
import type { SandboxCarrier } from "./durable/sandbox-carrier.ts";
import type { SftpContainer } from "./durable/sftp-container.ts";

/** Bindings and variables of the Worker, as wrangler.toml names them. */
export interface Env {
  DB: D1Database;
  /** Further databases that accounts live in, each with the same migrations; see docs/shards.md. */
  [shard: `SHARD_${number}`]: D1Database | undefined;
  /** Where bodies of older documents lie; without it they stay in D1. */
  ARCHIVE?: R2Bucket;
  CHECKS: Queue;
  SLOW_CHECKS: Queue;
  FILE_CHECKS: Queue;
  CARRIER_INBOX: DurableObjectNamespace<CarrierInbox>;
  CUSTOMER_DELIVERY: DurableObjectNamespace<CustomerDelivery>;
  CONNECTION_PACE: DurableObjectNamespace<ConnectionPace>;
  SFTP_CONTAINER: DurableObjectNamespace<SftpContainer>;
  SANDBOX_CARRIER: DurableObjectNamespace<SandboxCarrier>;
  KEY_RATE: RateLimit;
  /** Analytics Engine; without it nothing is plotted, and nothing else changes. */
  METRICS?: AnalyticsEngineDataset;
  SIGN_IN_RATE: RateLimit;
  ADMIN_TOKEN: string;
  /** JSON {key id: base64 of 32 bytes}; the last one seals, all open. */
  CREDENTIALS_KEYS: string;
  /** Base64 PKCS#8 Ed25519 key that signs webhooks (v1a). */
  SIGNING_KEY?: string;
  SFTP_CONTAINER_TOKEN: string;
  /** Where the container's server runs as a plain process (local work); without it the Containers binding is used. */
  SFTP_CONTAINER_URL?: string;
  /** Over how many instances of the container hosts are spread: no more than its max_instances. */
  SFTP_CONTAINERS?: string;
  ALLOW_PRIVATE_DESTINATIONS?: string;
  /** Which of the deployments this is: staging, production. Absent locally. */
  ENVIRONMENT?: string;
  /** Where Durable Objects must stay: eu, us, fedramp; see `npm run deploy`. Absent: anywhere. */
  JURISDICTION?: string;
  /** Where Durable Objects are created, as a hint to the platform: weur, eeur, enam, wnam, apac, oc, afr, me, sam. With a jurisdiction it says nothing. */
  LOCATION_HINT?: string;
  /** Our own host names, parted by commas: nothing of ours is ever delivered to ourselves. */
  OWN_HOSTS?: string;
  /** Among which of the databases new accounts are placed, by binding, parted by commas. */
  NEW_ACCOUNTS_ON?: string;
  TIME_SCALE?: string;
  /** Bytes that an inbox stores before it refuses further documents; by default 4 GB of the 10 GB that an object may hold. */
  INBOX_MAX_BYTES?: string;
  EVENTS_KEPT_MONTHS?: string;
  DOCUMENTS_KEPT_DAYS?: string;
  ATTEMPTS_KEPT_DAYS?: string;
  /** Another word ends every link to a tracking page that was given out; without it, "1". */
  TRACKING_LINKS_SERIES?: string;
}

/** Words parted by commas. */
const words = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== ""),
  );

const Variables = z.object({
  ADMIN_TOKEN: z
    .string()
    .min(12, "ADMIN_TOKEN is a secret of at least 12 characters: wrangler secret put ADMIN_TOKEN."),
  CREDENTIALS_KEYS: z
    .string()
    .min(2, 'CREDENTIALS_KEYS is JSON {"k1": base64 of 32 bytes}: wrangler secret put CREDENTIALS_KEYS.'),
  SIGNING_KEY: z.string().optional(),
  SFTP_CONTAINER_TOKEN: z
    .string()
    .min(
      16,
      "SFTP_CONTAINER_TOKEN is the secret the container asks for: wrangler secret put SFTP_CONTAINER_TOKEN.",
    ),
  SFTP_CONTAINER_URL: z.url().optional(),
  SFTP_CONTAINERS: z.coerce.number().int().min(1).max(1000).default(1),
  OWN_HOSTS: words,
  JURISDICTION: z.enum(["eu", "us", "fedramp"]).optional(),
  LOCATION_HINT: z.enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"]).optional(),
  NEW_ACCOUNTS_ON: words,
  ALLOW_PRIVATE_DESTINATIONS: z.enum(["true", "false"]).default("false"),
  EVENTS_KEPT_MONTHS: z.coerce.number().int().min(1).max(1200).default(24),
  // Events of numbers that nobody tracks yet are promised to be there for 30 days.
  DOCUMENTS_KEPT_DAYS: z.coerce.number().int().min(30).max(3650).default(30),
  ATTEMPTS_KEPT_DAYS: z.coerce.number().int().min(90).max(3650).default(90),
  INBOX_MAX_BYTES: z.coerce.number().int().min(100_000).max(8_000_000_000).default(4_000_000_000),
  TIME_SCALE: z.coerce.number().positive().max(1).default(1),
  TRACKING_LINKS_SERIES: z.string().min(1).max(60).default("1"),
});
export type Variables = z.infer<typeof Variables>;

/** The variables, checked; throws one sentence for each that is missing or wrong, and never with a value in it. */
export function readVariables(env: Env): Variables {
  const read = Variables.safeParse(env);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) =>
    issue.message.includes(issue.path.join("."))
      ? issue.message
      : `${issue.path.join(".")}: ${issue.message}`,
  );
  throw new Error(`The Worker's variables are not complete. ${faults.join(" ")}`);
}

const SHARD_NAME = /^SHARD_[1-9]\d*$/u;
const isShardName = (name: string): name is `SHARD_${number}` => SHARD_NAME.test(name);

/** Every database that accounts may live in, by its binding: the control database's own first. */
export function databasesOf(env: Env): ReadonlyMap<string, D1Database> {
  const databases = new Map([["DB", env.DB]]);
  for (const name of Object.keys(env).sort()) {
    const database = isShardName(name) ? env[name] : undefined;
    if (database !== undefined) databases.set(name, database);
  }
  return databases;
}
