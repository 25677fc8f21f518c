import { z } from "zod";
import { basicAuth, credential } from "./authentic.ts";
import type { CarrierRequest, PollWay } from "./carrier.ts";
import { under } from "./polling.ts";

/** OAuth 2.0 client credentials (RFC 6749, 4.4), as carriers offer it. */

export const OAuthCredentials = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  /** Seconds; some carriers write it as text, some leave it out. */
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/u).transform(Number)]).nullish(),
});

/** The token way for a carrier's `poll.token`. `client`: whether the credentials go as Basic or in the form. */
export function clientCredentials(way: {
  path: string;
  client: "basic" | "form";
  scope?: string;
}): NonNullable<PollWay["token"]> {
  return {
    request: ({ base_url, credentials }): CarrierRequest => {
      const id = credential(credentials, "client_id");
      const secret = credential(credentials, "client_secret");
      const form = new URLSearchParams({ grant_type: "client_credentials" });
      if (way.scope !== undefined) form.set("scope", way.scope);
      if (way.client === "form") {
        form.set("client_id", id);
        form.set("client_secret", secret);
      }
      const headers: Record<string, string> = {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
      };
      if (way.client === "basic") headers.authorization = basicAuth(id, secret);
      return { method: "POST", url: under(base_url, way.path), headers, body: form.toString() };
    },
    read: readToken,
    apply: bearer,
  };
}

/** `access_token` and its life; an hour where the answer does not say. Null where the body holds no token. */
export function readToken(body: Uint8Array): { token: string; expires_in_s: number } | null {
  try {
    const answer = TokenAnswer.parse(JSON.parse(new TextDecoder().decode(body)));
    return { token: answer.access_token, expires_in_s: answer.expires_in ?? 3600 };
  } catch {
    return null;
  }
}

/** The call with `Authorization: Bearer …`. */
export function bearer(request: CarrierRequest, token: string): CarrierRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}
