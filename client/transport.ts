import { GlueyProblem } from "./problem.ts";
import type { Problem } from "./types.ts";

export interface GlueyOptions {
  /** `https://…` of the service, without a path. */
  base_url: string;
  /** `gl-acc-…`, or `gl-test-…` for test data. */
  key: string;
  /** In the place of the global `fetch`. */
  fetch?: typeof fetch;
  /** For one try, in milliseconds. */
  timeout_ms?: number;
  /** Further tries after 429, 503 or a network fault, where a repeated call does no harm. */
  retries?: number;
}

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** Sent with a creation, so that a repeated call creates nothing twice. */
  idempotency_key?: string;
  /** True where the call may be repeated: reads always may. */
  repeatable?: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;
/** A longer wait is the caller's to decide: it gets the problem, with `retry_after_s`. */
const LONGEST_WAIT_S = 20;

/** Sends calls, one version and one key; remembers the bookmark, so that this client always reads its own writes. */
export class Transport {
  readonly #options: GlueyOptions;
  #bookmark: string | null = null;

  constructor(options: GlueyOptions) {
    this.#options = options;
  }

  /** The answer of a call that succeeded. Throws GlueyProblem. */
  async send(call: Call): Promise<Response> {
    const repeatable = call.repeatable ?? (call.method === "GET" || call.idempotency_key !== undefined);
    const tries = 1 + (repeatable ? (this.#options.retries ?? DEFAULT_RETRIES) : 0);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#once(call);
      if (outcome instanceof Response) return outcome;
      const worthAnotherTry = outcome.status === 0 || outcome.status === 429 || outcome.status === 503;
      const waitS = outcome.retry_after_s ?? 2 ** (attempt - 1) / 2;
      if (attempt >= tries || !worthAnotherTry || waitS > LONGEST_WAIT_S) throw outcome;
      await new Promise((resolve) => setTimeout(resolve, waitS * 1000 * (1 + Math.random() / 10)));
    }
  }

  /** The JSON of the answer; null for an answer without a body. */
  async json<T>(call: Call): Promise<T> {
    return bodyOf<T>(await this.send(call));
  }

  async #once(call: Call): Promise<Response | GlueyProblem> {
    const url = new URL(call.path, this.#options.base_url);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = {
      accept: "application/json",
      "x-key": this.#options.key,
      "x-version": "v1",
    };
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (call.idempotency_key !== undefined) headers["idempotency-key"] = call.idempotency_key;
    if (this.#bookmark !== null) headers["x-bookmark"] = this.#bookmark;
    const send = this.#options.fetch ?? fetch;
    let answer: Response;
    try {
      answer = await send(url, {
        method: call.method,
        headers,
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(this.#options.timeout_ms ?? DEFAULT_TIMEOUT_MS),
      });
    } catch (cause) {
      return new GlueyProblem({ status: 0, detail: `Gluey could not be reached: ${wordsOf(cause)}.` });
    }
    this.#bookmark = answer.headers.get("x-bookmark") ?? this.#bookmark;
    return answer.ok ? answer : problemOf(answer);
  }
}

/** The JSON body of an answer; null where there is none. */
export async function bodyOf<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  return JSON.parse(text === "" ? "null" : text);
}

async function problemOf(answer: Response): Promise<GlueyProblem> {
  const told: Partial<Problem> | null = await bodyOf<Partial<Problem> | null>(answer).catch(() => null);
  const retryAfter = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return new GlueyProblem(
    { ...told, status: answer.status },
    Number.isFinite(retryAfter) ? Math.max(0, retryAfter) : null,
  );
}

function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error && cause.cause.message !== "" ? cause.cause.message : cause.message;
}
