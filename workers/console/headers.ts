import type { MiddlewareHandler } from "hono";
import type { ConsoleEnv } from "./console-env.ts";

/** Nothing from elsewhere, nothing written into the page, no frame around it, no address told on, nothing kept. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "x-robots-tag": "noindex, nofollow",
};

export const secureHeaders: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
  // Only the style sheet and the script say otherwise: they hold nothing of anybody.
  if (c.res.headers.get("cache-control") === null) c.header("cache-control", "no-store");
};
