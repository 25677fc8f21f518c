/** Calls to the outside by HTTP: behind the gate for addresses (delivery contract C12), bounded in time and size, redirects never followed. */

export interface OutgoingRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  /** Milliseconds for all of it. */
  timeout_ms: number;
  /** At most this much of the answer's body is read. */
  max_body_bytes: number;
  /** How long the body may take once the status line is there; what is missing then counts as cut. Default: the whole time. */
  body_timeout_ms?: number;
}

/** How a call ended, told apart by phase and status, never by an error's text. */
export type OutgoingResult =
  | { kind: "answered"; status: number; headers: Headers; body: Uint8Array; body_cut: boolean; took_ms: number }
  | { kind: "refused_address"; detail: string }
  | { kind: "address_unresolved"; detail: string }
  | { kind: "timed_out"; took_ms: number }
  | { kind: "unreachable"; detail: string; took_ms: number };

export interface Outgoing {
  send(request: OutgoingRequest): Promise<OutgoingResult>;
  /** The gate alone: null when the address may be called, else why not. `later` is true where only the resolver failed. */
  check(url: string): Promise<{ refused: string; later: boolean } | null>;
}
