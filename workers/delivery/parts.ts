import type { Context } from "../context.ts";
import type { CryptographicKey } from "../domain/signing/webhook-keys.ts";
import type { Tenant } from "../domain/tenant.ts";
import type { writeTrackingFile } from "../domain/tracking-file/index.ts";
import type { Line } from "./line.ts";
import type { Outbox } from "./outbox.ts";

/** What the parts of a customer's object share. */
export interface DeliveryParts {
  ctx: Context;
  tenant: Tenant;
  storage: DurableObjectStorage;
  outbox: Outbox;
  lines: Map<string, Line>;
  signingKey: CryptographicKey | null;
  /** Seconds for `webhook-timestamp`: never less than before. */
  timestamp_s(): number;
  /** An event of the feed as the bytes of one element. */
  serialise(element: object): Uint8Array;
  writeFile: typeof writeTrackingFile;
}
