import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Credentials, Push } from "../carrier.ts";

export const SIGNATURE_HEADER = "x-sandbox-signature";

/** Older or newer than this, seconds: a recorded push sent again. */
const TOLERANCE_S = 300;

/** The header of a push: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. */
export function sign(secret: string, atS: number, body: Uint8Array): string {
  return `t=${atS},v1=${hmacOf("sha256", secret, [new TextEncoder().encode(`${atS}.`), body], "hex")}`;
}

/** Whether one of the header's `v1` is ours over these very bytes, and the time is now. */
export async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const header = push.headers.get(SIGNATURE_HEADER) ?? "";
  if (header.length > 1000) return false;
  const parts = header.split(",").map((part) => part.trim());
  const time = /^t=(\d{1,12})$/u.exec(parts.find((part) => part.startsWith("t=")) ?? "")?.[1];
  if (time === undefined || Math.abs(push.now / 1000 - Number(time)) > TOLERANCE_S) return false;
  const wanted = sign(credential(credentials, "webhook_secret"), Number(time), push.body).split(",")[1] ?? "";
  return parts.filter((part) => part.startsWith("v1=")).some((part) => sameSecret(part, wanted));
}
