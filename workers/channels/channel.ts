import type { CryptographicKey } from "../domain/signing/webhook-keys.ts";
import type { SftpSecrets, SftpSettings, WebhookSecrets, WebhookSettings } from "../domain/subscription.ts";
import type { Outgoing } from "../outside/http.ts";

/** A way out. One folder a channel, one line in the registry; each passes channel-suite.ts. */
export interface Channel {
  way: OpenedSubscription["way"];
  /** Sends it once. Never throws: whatever happens is an outcome. */
  deliver(ports: ChannelPorts, subscription: OpenedSubscription, consignment: Consignment): Promise<Outcome>;
}

/** A subscription with its secrets opened. Lives in memory only. */
export type OpenedSubscription = {
  id: string;
  tenant_id: string;
  account_number: string;
  /** The customer's own pause. */
  paused: boolean;
  start_position: number;
} & (
  | { way: "webhook"; settings: WebhookSettings; secrets: WebhookSecrets }
  | { way: "sftp"; settings: SftpSettings; secrets: SftpSecrets }
);

/** What is sent: the same id, name and bytes at every try. */
export interface Consignment {
  /** The `webhook-id`, or the file's id. */
  id: string;
  file_name: string | null;
  bytes: Uint8Array;
}

/** What a channel needs of the sFTP container. Throws SftpFault (outside/sftp.ts). */
export interface FilePort {
  run<T>(target: FileTarget, work: (session: FileSession) => Promise<T>): Promise<T>;
}

export interface FileTarget {
  host: string;
  port: number;
  username: string;
  password: string | null;
  private_key: string | null;
  passphrase: string | null;
  host_key_sha256: string;
}

export interface FileSession {
  list(directory: string, limit: number): Promise<object>;
  /** Temporary name, size, rename; the same name and bytes again: `already`. */
  write(path: string, body: Uint8Array): Promise<{ size: number; already: boolean }>;
}

export interface ChannelPorts {
  http: Pick<Outgoing, "send">;
  sftp: FilePort;
  /** Ed25519, for `v1a`; null where the installation has none. */
  signingKey: CryptographicKey | null;
  now(): number;
  /** Seconds for `webhook-timestamp`: never less than at an earlier attempt. */
  timestamp_s: number;
  timeScale: number;
}

/**
 * How a try ended. `delivered`: acknowledged. `refused`: somebody is there and says no. `unreachable`: time-out, network,
 * 429, 5xx. `gone`: 410. `host_key_changed`: not the server that was pinned. `own_fault`: the try failed on our side, and
 * costs the receiver nothing.
 */
export interface Outcome {
  kind: "delivered" | "refused" | "unreachable" | "gone" | "host_key_changed" | "own_fault";
  /** The HTTP status; null where none came. */
  status: number | null;
  latency_ms: number;
  /** The first 1 KiB of the answer with control characters escaped, or a sentence that says what went wrong. */
  answer: string | null;
  retry_after_ms: number | null;
  /** Counts against the receiver's breaker. */
  counts: boolean;
}

const ANSWER_KEPT_BYTES = 1024;

/** A stranger's bytes as one line of text: its first 1 KiB, control and format characters escaped. */
export function keptAnswer(bytes: Uint8Array): string {
  return escaped(new TextDecoder().decode(bytes.subarray(0, ANSWER_KEPT_BYTES)));
}

/** The same for a text that is ours in part only, such as what an sFTP server said. */
export function escaped(text: string): string {
  return text
    .slice(0, ANSWER_KEPT_BYTES)
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
    );
}
