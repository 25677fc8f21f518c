import { z } from "zod";
import { credential, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, Push } from "../carrier.ts";
import { ups1z, upsWaybill } from "../check-digits.ts";
import { ediFiles, looksLikeEdifact } from "../edi-files.ts";
import { clientCredentials, OAuthCredentials } from "../oauth.ts";
import { oneNumber, under } from "../polling.ts";
import { bearerOf, hasIssuedToken } from "../push-tokens.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * Track Alert v1 sends back the credential given at subscription, in a header of that name or as a bearer token. v2 knows our
 * address from "Manage Webhook Credentials" and may ask a token endpoint of ours first, as a client that proves itself by Basic
 * authentication (UPSTrackAlertEnhanced.yaml, `clientOauth2`); the push then has that token, and the client's id in `x-api-key`.
 * The body is not signed.
 */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const wanted = credential(credentials, "webhook_credential");
  const sent = push.headers.get("credential") ?? bearerOf(push);
  return (sent !== null && sameSecret(sent, wanted)) || hasIssuedToken(push, wanted);
}

/** UPS: Track API v1 (poll), Track Alert (webhook), Quantum View IFTSTA (sFTP). */
export const ups: Carrier = {
  id: "ups",
  name: "UPS",
  rules,
  harmonize,
  sourceOf: (body) => {
    if (looksLikeEdifact(body)) return "sftp";
    return /"localActivityDate"/u.test(new TextDecoder().decode(body.subarray(0, 4000))) ? "webhook" : "poll";
  },
  numbers: [
    { pattern: /^1Z[A-Z0-9]{16}$/u, check: ups1z, likelihood: 1 },
    { pattern: /^[AHJKTV]\d{10}$/u, check: upsWaybill, likelihood: 0.7 },
  ],
  webhook: {
    credentials: z.object({ webhook_credential: z.string().min(16) }),
    tokens: { secret: (credentials) => credential(credentials, "webhook_credential") },
    verify,
  },
  poll: {
    credentials: OAuthCredentials,
    numbers_per_call: 1,
    rate: {},
    base_url: "https://onlinetools.ups.com",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "api/track/v1/details")}/${oneNumber(numbers)}?locale=en_US&returnSignature=false`,
      headers: { accept: "application/json", transid: oneNumber(numbers), transactionsrc: "gluey" },
      body: null,
    }),
    token: clientCredentials({ path: "security/v1/oauth/token", client: "basic" }),
  },
  sftp: { files: ediFiles },
};
