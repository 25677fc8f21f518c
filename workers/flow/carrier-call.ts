import type { CarrierRequest, PollWay } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../domain/connection.ts";
import { retryAfterMs } from "../domain/retry-after.ts";
import type { OutgoingResult } from "../outside/http.ts";
import { contentHash } from "../storage/content-hash.ts";
import { keptTokens } from "./tokens.ts";

/** One call of a carrier's API, with the token that it wants, and what kept it from an answer. */

const CALL_TIMEOUT_MS = 30_000;
const ANSWER_MAX_BYTES = 10 * 1024 * 1024;

export interface Failed {
  kind: "failed";
  error: string;
  retry_after_ms: number | null;
  /** Whether the fault may lie in what was asked rather than in the API: other numbers may fare better. */
  by_numbers: boolean;
  /** The carrier refuses the call as it stands (HTTP 4xx): fewer numbers may fare better. */
  refused?: boolean;
}

/** 4xx that say nothing of what was asked for: who asks, how, or how often. */
const NOT_FOR_NUMBERS: ReadonlySet<number> = new Set([401, 402, 403, 405, 406, 407, 408, 415, 426, 429]);

export function refuses(status: number): boolean {
  return status >= 400 && status < 500 && !NOT_FOR_NUMBERS.has(status);
}

/** SOAP 1.1 (section 6.2) tells "no such parcel" under HTTP 500, as it tells that the service is down: what is read decides. */
export function isSoapFault(status: number, body: Uint8Array): boolean {
  return status === 500 && /<(?:\w+:)?Fault[\s>]/u.test(new TextDecoder().decode(body.subarray(0, 4000)));
}

/** Asks for numbers, with a token where the carrier wants one; where it is refused, once more with a new one. */
export async function callCarrier(
  ctx: Context,
  way: PollWay,
  connection: Connection,
  numbers: readonly string[],
): Promise<OutgoingResult | Failed> {
  const to = {
    base_url: (connection.ways.poll?.base_url ?? way.base_url).replace(/\/+$/, ""),
    credentials: connection.credentials,
  };
  const send = (request: CarrierRequest) =>
    ctx.http.send({ ...request, timeout_ms: CALL_TIMEOUT_MS, max_body_bytes: ANSWER_MAX_BYTES });
  if (way.token === undefined) return send(way.request(numbers, to));
  const { token: tokenWay } = way;
  const tokenRequest = tokenWay.request(to);
  const key = await contentHash(new TextEncoder().encode(JSON.stringify(tokenRequest)));
  const withToken = async (refused: string | null) => {
    const taken = await tokens.take({
      key,
      now: ctx.now(),
      refused,
      fetch: async () => {
        const answer = await send(tokenRequest);
        const read = answer.kind === "answered" && answer.status < 300 ? tokenWay.read(answer.body) : null;
        return read === null ? { kind: "refused", why: answer } : { kind: "token", ...read };
      },
    });
    if (taken.kind === "refused") return { token: null, answer: withoutToken(taken.why, ctx.now()) };
    return {
      token: taken.token,
      answer: await send(tokenWay.apply(way.request(numbers, to), taken.token)),
    };
  };
  const first = await withToken(null);
  // A token may end early or be taken back: one new one, once.
  const { token, answer } = first;
  const again =
    token !== null &&
    answer.kind === "answered" &&
    (answer.status === 401 || tokenWay.refused?.(answer.body) === true);
  return again ? (await withToken(token)).answer : answer;
}

/** Whoever asks for tokens of a carrier in this isolate asks here. */
const tokens = keptTokens<OutgoingResult>();

/** Why there is no token: what kept its call from an answer, or an answer that holds none. */
function withoutToken(answer: OutgoingResult, now: number): Failed {
  const fault = faultOf(answer, now);
  if (fault !== null) return { ...fault, by_numbers: false };
  const status = answer.kind === "answered" ? ` (HTTP ${answer.status})` : "";
  return failed(`The carrier gave no token for these credentials${status}. Enter them again.`);
}

function failed(error: string, retry_after_ms: number | null = null): Failed {
  return { kind: "failed", error, retry_after_ms, by_numbers: false };
}

export function ofNumbers(error: string): Failed {
  return { kind: "failed", error, retry_after_ms: null, by_numbers: true };
}

/** What kept a call from an answer worth reading; null for one that is. 404 may be a carrier's way to say "not yet". */
export function faultOf(answer: OutgoingResult, now: number): Failed | null {
  switch (answer.kind) {
    case "refused_address":
      return failed(`The address of the carrier's API is refused: ${answer.detail}`);
    case "address_unresolved":
      return failed(`The address of the carrier's API can't be looked up now: ${answer.detail}`);
    case "failed_inside":
      return failed(`The carrier's API could not be called: ${answer.detail}`);
    case "timed_out":
      return ofNumbers("The carrier's API did not answer in time.");
    case "unreachable":
      return failed(`The carrier's API can't be reached: ${answer.detail}`);
    case "answered":
      break;
  }
  const { status, headers, body_cut } = answer;
  const retry_after_ms = retryAfterMs(headers.get("retry-after"), now);
  if (status === 401 || status === 403)
    return failed(`The carrier refuses these credentials (HTTP ${status}). Enter them again.`);
  if (status === 429)
    return failed("The carrier asks to be asked less often (HTTP 429).", retry_after_ms ?? 60_000);
  if (status >= 500) {
    const error = `The carrier's API fails (HTTP ${status}).`;
    return retry_after_ms === null ? ofNumbers(error) : failed(error, retry_after_ms);
  }
  if (status >= 300 && status < 400)
    return failed(
      `The carrier's API answers with a redirect (HTTP ${status}), which is not followed. Enter the address it points to.`,
    );
  if (body_cut)
    return ofNumbers(`The carrier's answer is larger than ${ANSWER_MAX_BYTES} bytes, or was cut.`);
  return null;
}
