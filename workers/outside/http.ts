import { checkUrl, judgeResolved, type ResolvedVerdict } from "../domain/address-gate.ts";
import { log, reasonOf } from "../flow/log.ts";
import { dnsOverHttps, type Resolver } from "./dns.ts";

/** Calls to the outside by HTTP: behind the gate for addresses (delivery contract C12), bounded in time and size, redirects never followed. */

export interface OutgoingRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  /** Milliseconds for all of it, the look-up of the name included. */
  timeout_ms: number;
  /** At most this much of the answer's body is read. */
  max_body_bytes: number;
  /** How long the body may take once the status line is there; what is missing then counts as cut. Default: the whole time. */
  body_timeout_ms?: number;
}

/**
 * How a call ended. `took_ms` of an answer: until its status line was there. `address_unresolved`: only the resolver
 * failed, which says nothing about the address. `failed_inside`: the call did not leave, which says nothing about
 * whoever it was for.
 */
export type OutgoingResult =
  | {
      kind: "answered";
      status: number;
      headers: Headers;
      body: Uint8Array;
      body_cut: boolean;
      took_ms: number;
    }
  | { kind: "refused_address"; detail: string }
  | { kind: "address_unresolved"; detail: string }
  | { kind: "failed_inside"; detail: string }
  | { kind: "timed_out"; took_ms: number }
  | { kind: "unreachable"; detail: string; took_ms: number };

export interface Outgoing {
  send(request: OutgoingRequest): Promise<OutgoingResult>;
  /** The gate alone: null when the address may be called, else why not. `later` is true where only the resolver failed. */
  check(url: string): Promise<{ refused: string; later: boolean } | null>;
}

export interface OutgoingOptions {
  /** Local work only, see the gate. */
  allowPrivate: boolean;
  /** Our own names: never called, so that no delivery loops back. */
  ownHosts?: readonly string[];
  resolver?: Resolver;
}

let told = false;

/** Outgoing HTTP over the runtime's `fetch`. Where this machine may be called, the log says so once a start. */
export function outgoingHttp(options: OutgoingOptions): Outgoing {
  if (options.allowPrivate && !told) {
    told = true;
    console.warn(
      JSON.stringify({
        event: "gate.opened",
        detail:
          "ALLOW_PRIVATE_DESTINATIONS is set: addresses of this machine may be called. For local work only.",
      }),
    );
  }
  const resolver = options.resolver ?? dnsOverHttps();
  const gate = async (raw: string): Promise<{ url: string; verdict: ResolvedVerdict }> => {
    const checked = checkUrl(raw, options);
    if (checked.kind === "refused") return { url: raw, verdict: checked };
    if (!checked.resolve) return { url: checked.url, verdict: { kind: "allowed" } };
    return { url: checked.url, verdict: judgeResolved(await resolver(checked.host), options.ownHosts) };
  };
  return {
    async check(url) {
      const { verdict } = await gate(url);
      return verdict.kind === "allowed" ? null : { refused: verdict.detail, later: verdict.kind === "later" };
    },
    async send(request) {
      const started = Date.now();
      const took = () => Math.max(0, Date.now() - started);
      const { url, verdict } = await gate(request.url);
      if (verdict.kind === "refused") return { kind: "refused_address", detail: verdict.detail };
      if (verdict.kind === "later") return { kind: "address_unresolved", detail: verdict.detail };
      if (verdict.kind === "missing") return { kind: "unreachable", detail: verdict.detail, took_ms: took() };
      return call(request, url, took);
    },
  };
}

async function call(request: OutgoingRequest, url: string, took: () => number): Promise<OutgoingResult> {
  const cut = new AbortController();
  let timedOut = false;
  const giveUp = () => {
    timedOut = true;
    cut.abort();
  };
  const timer = setTimeout(giveUp, Math.max(1, request.timeout_ms - took()));
  try {
    const { method, headers, body } = request;
    const answer = await fetch(url, { method, headers, body, redirect: "manual", signal: cut.signal });
    const took_ms = took();
    const left = Math.max(1, request.timeout_ms - took_ms);
    const bodyMs = Math.min(left, request.body_timeout_ms ?? left);
    const read = await readBody(answer.body, request.max_body_bytes, bodyMs);
    const { status, headers: answered } = answer;
    return { kind: "answered", status, headers: answered, body: read.bytes, body_cut: read.cut, took_ms };
  } catch (error) {
    if (timedOut) return { kind: "timed_out", took_ms: took() };
    if (!isOfNetwork(error)) {
      log("http.failed_inside", { why: reasonOf(error) });
      return { kind: "failed_inside", detail: "The call failed on our side before it was sent." };
    }
    return { kind: "unreachable", detail: "The connection failed before an answer came.", took_ms: took() };
  } finally {
    clearTimeout(timer);
    // What is left of the answer is not wanted: the connection goes back.
    cut.abort();
  }
}

/**
 * An error of the connection, as the runtime marks it; or, where it does not, by its words. Any other is ours: an
 * invocation that makes too many calls, say.
 */
function isOfNetwork(error: unknown): boolean {
  if (!(error instanceof Error) || /subrequest/iu.test(error.message)) return false;
  const marked = ["remote", "retryable"].some((mark) => Reflect.get(error, mark) === true);
  // Node tells the error of the socket as the cause.
  const ofSocket = error.cause instanceof Error && "code" in error.cause;
  return marked || ofSocket || NETWORK.test(error.message);
}

const NETWORK =
  /network connection lost|internal error|disconnected|connection (?:was )?(?:refused|reset|closed)|dns|tls|certificate/iu;

/** Up to `max` bytes of a body for at most `ms`. A body that ends early, late or never is cut; the status line has decided already. */
async function readBody(
  body: ReadableStream<Uint8Array> | null,
  max: number,
  ms: number,
): Promise<{ bytes: Uint8Array; cut: boolean }> {
  if (body === null) return { bytes: new Uint8Array(0), cut: false };
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  let cut = true;
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), ms);
  try {
    while (size <= max) {
      const next = await Promise.race([reader.read(), late.promise]);
      if (next === null) break;
      if (next.done) {
        cut = false;
        break;
      }
      parts.push(next.value);
      size += next.value.byteLength;
    }
  } catch {
    // A reset or a truncated body: what came is kept.
  } finally {
    clearTimeout(timer);
    if (cut) void reader.cancel().catch(() => undefined);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return { bytes: bytes.subarray(0, max), cut };
}
