import { hmacOf, sameSecret } from "./authentic.ts";
import type { Push } from "./carrier.ts";

/**
 * OAuth 2.0 towards us: a carrier that wants a token before it pushes (RFC 6749, 4.4, client credentials) gets one here. The
 * client is the connection, its id the client's id, and the secret the one in the connection's credentials. A token is
 * its own proof: when it ends, and an HMAC of that under the secret. So nothing of it is kept anywhere, a new secret ends
 * every token at once, and one connection's token is worth nothing at another.
 */

/** How long a token is good, seconds. */
export const PUSH_TOKEN_LIFE_S = 3600;

/** Longer forms are not read. */
const FORM_MAX = 4000;

/** What asks for a token, before anything believed it. */
export interface TokenRequest {
  connection_id: string;
  authorization: string | null;
  /** The body as text: `application/x-www-form-urlencoded`. */
  form: string;
  /** Epoch milliseconds. */
  now: number;
}

export interface TokenAnswer {
  status: 200 | 400 | 401;
  headers: Record<string, string>;
  body: string;
}

/** The answer to a request for a token, by RFC 6749, 5.1 and 5.2; the client proves itself by Basic authentication or in the form (2.3.1). */
export function answerTokenRequest(request: TokenRequest, secret: string): TokenAnswer {
  const form = request.form.length > FORM_MAX ? null : new URLSearchParams(request.form);
  if (
    form === null ||
    ["grant_type", "client_id", "client_secret"].some((name) => form.getAll(name).length > 1)
  )
    return refused(400, "invalid_request", "Send grant_type once, in a short form.");
  const client = clientOf(request.authorization, form);
  if (client === "both")
    return refused(
      400,
      "invalid_request",
      "Prove the client by Basic authentication or in the form, not by both.",
    );
  // Both are compared, so that the time tells not which of them was wrong.
  const known = [
    client !== null && sameSecret(client.id, request.connection_id),
    client !== null && sameSecret(client.secret, secret),
  ];
  if (!known.every(Boolean))
    return refused(
      401,
      "invalid_client",
      "client_id is the connection's id, client_secret the secret of its credentials.",
    );
  const grant = form.get("grant_type");
  if (grant === null) return refused(400, "invalid_request", "grant_type is missing.");
  if (grant !== "client_credentials")
    return refused(400, "unsupported_grant_type", "grant_type must be client_credentials.");
  const until_s = Math.floor(request.now / 1000) + PUSH_TOKEN_LIFE_S;
  return answer(200, {
    access_token: tokenOf(request.connection_id, until_s, secret),
    token_type: "Bearer",
    expires_in: PUSH_TOKEN_LIFE_S,
  });
}

/** Whether a push carries a token that we gave for its connection and that has not ended. */
export function hasIssuedToken(push: Push, secret: string): boolean {
  const token = bearerOf(push);
  const until = /^gpt_(\d{1,12})_[A-Za-z0-9+/]{43}=$/u.exec(token ?? "")?.[1];
  if (token === null || until === undefined || push.connection_id === undefined) return false;
  const until_s = Number(until);
  const left_s = until_s - push.now / 1000;
  return (
    left_s > 0 &&
    left_s <= PUSH_TOKEN_LIFE_S &&
    sameSecret(token, tokenOf(push.connection_id, until_s, secret))
  );
}

/** The token of `Authorization: Bearer …` (RFC 6750, 2.1); null where there is none. */
export function bearerOf(push: Push): string | null {
  return /^Bearer +(\S{1,2000})$/iu.exec(push.headers.get("authorization")?.trim() ?? "")?.[1] ?? null;
}

function tokenOf(connection_id: string, until_s: number, secret: string): string {
  const said = new TextEncoder().encode(`gluey push token\n${connection_id}\n${until_s}`);
  return `gpt_${until_s}_${hmacOf("sha256", secret, [said], "base64")}`;
}

function clientOf(
  authorization: string | null,
  form: URLSearchParams,
): { id: string; secret: string } | "both" | null {
  const [id, secret] = [form.get("client_id"), form.get("client_secret")];
  const inForm = id !== null && secret !== null ? { id, secret } : null;
  if (authorization === null) return inForm;
  if (secret !== null) return "both";
  const pair = basicPair(authorization);
  if (pair === null) return null;
  // RFC 6749 has both form-encoded before they become a pair; many clients do without.
  return { id: decoded(pair.user), secret: decoded(pair.password) };
}

/** User and password of `Basic …` (RFC 7617); null where it is something else. */
export function basicPair(header: string): { user: string; password: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/]{1,2000}={0,2})$/iu.exec(header.trim())?.[1];
  if (encoded === undefined) return null;
  try {
    const pair = new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
    const colon = pair.indexOf(":");
    return colon < 0 ? null : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
  } catch {
    return null; // no base64
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refused(status: 400 | 401, error: string, error_description: string): TokenAnswer {
  return answer(status, { error, error_description });
}

function answer(status: TokenAnswer["status"], body: Record<string, string | number>): TokenAnswer {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...(status === 401 ? { "www-authenticate": 'Basic realm="gluey"' } : {}),
    },
    body: JSON.stringify(body),
  };
}
