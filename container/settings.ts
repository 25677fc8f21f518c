import { z } from "zod";

const wholeNumber = (from: number, to: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(from).max(to))
    .default(otherwise);

const Environment = z.object({
  SFTP_CONTAINER_TOKEN: z.string().min(16),
  HOST: z.string().min(1).default("0.0.0.0"),
  PORT: wholeNumber(0, 65_535, 8080),
  SESSION_IDLE_MS: wholeNumber(1, 3_600_000, 30_000),
  SESSION_LIFETIME_MS: wholeNumber(1, 3_600_000, 600_000),
  MAX_SESSIONS: wholeNumber(1, 10_000, 100),
  MAX_SESSIONS_PER_HOST: wholeNumber(1, 10_000, 4),
  CONNECT_TIMEOUT_MS: wholeNumber(1, 600_000, 15_000),
  OPERATION_TIMEOUT_MS: wholeNumber(1, 600_000, 60_000),
  TRANSFER_TIMEOUT_MS: wholeNumber(1, 3_600_000, 600_000),
  QUARANTINE_AFTER: wholeNumber(1, 1_000, 3),
  QUARANTINE_FIRST_MS: wholeNumber(1, 3_600_000, 30_000),
  QUARANTINE_MOST_MS: wholeNumber(1, 86_400_000, 900_000),
  MAX_FILE_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER, 1024 ** 3),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(1, 840_000, 600_000),
  ALLOW_PRIVATE_DESTINATIONS: z.enum(["true", "false", ""]).default("false"),
});

export interface Settings {
  token: string;
  host: string;
  port: number;
  /** Opens loopback, and nothing else, to connections. */
  allowLoopback: boolean;
  maxSessions: number;
  maxSessionsPerHost: number;
  connectTimeoutMs: number;
  quarantineAfter: number;
  quarantineFirstMs: number;
  quarantineMostMs: number;
  /** How long the transfers in hand may go on after SIGTERM. */
  shutdownTimeoutMs: number;
  idleMs: number;
  lifetimeMs: number;
  operationTimeoutMs: number;
  transferTimeoutMs: number;
  maxFileBytes: number;
}

/**
 * Reads the settings from the environment; the README lists them.
 * @throws {Error} with a line for each variable that is missing or out of range, without its value.
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    throw new Error(read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"));
  }
  const env = read.data;
  return {
    token: env.SFTP_CONTAINER_TOKEN,
    host: env.HOST,
    port: env.PORT,
    allowLoopback: env.ALLOW_PRIVATE_DESTINATIONS === "true",
    maxSessions: env.MAX_SESSIONS,
    maxSessionsPerHost: env.MAX_SESSIONS_PER_HOST,
    connectTimeoutMs: env.CONNECT_TIMEOUT_MS,
    quarantineAfter: env.QUARANTINE_AFTER,
    quarantineFirstMs: env.QUARANTINE_FIRST_MS,
    quarantineMostMs: env.QUARANTINE_MOST_MS,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    idleMs: env.SESSION_IDLE_MS,
    lifetimeMs: env.SESSION_LIFETIME_MS,
    operationTimeoutMs: env.OPERATION_TIMEOUT_MS,
    transferTimeoutMs: env.TRANSFER_TIMEOUT_MS,
    maxFileBytes: env.MAX_FILE_BYTES,
  };
}
