import { z } from "zod";
import { log, reasonOf } from "../flow/log.ts";

/** The Worker's side of the sFTP container: one session for a run, closed at its end. The container knows files and no carriers. */

export interface SftpTarget {
  host: string;
  port: number;
  username: string;
  password: string | null;
  private_key: string | null;
  passphrase: string | null;
  host_key_sha256: string;
  /** A person asks: a host that is in quarantine is tried at once. */
  probe?: boolean;
}

export interface RemoteFile {
  name: string;
  size: number;
  mtime_ms: number;
}

/** What can go wrong, told apart so that a caller knows whether another try may help. */
export const SFTP_FAULTS = [
  "bad_request",
  "unauthorized",
  "session_unknown",
  "not_found",
  "conflict",
  "too_large",
  "busy",
  "auth_failed",
  "host_key_mismatch",
  "host_key_unknown",
  "unreachable",
  "permission",
  "timeout",
  "address_refused",
  "sftp_error",
  /** The host, or this login there, failed time after time: it is left alone, and was not asked. */
  "quarantined",
  "container_unreachable",
] as const;
export type SftpFaultKind = (typeof SFTP_FAULTS)[number];

export class SftpFault extends Error {
  override readonly name = "SftpFault";
  readonly kind: SftpFaultKind;
  /** How long to wait before the next try, as far as the container knows. */
  readonly retry_after_ms: number | null;
  constructor(kind: SftpFaultKind, detail: string, retry_after_ms: number | null = null) {
    super(detail);
    this.kind = kind;
    this.retry_after_ms = retry_after_ms;
  }
}

export interface SftpSession {
  /** At most `limit` files: the oldest of a folder that is emptied, the newest of one that only grows. `from`: those behind that one only. Oldest first either way. */
  list(
    directory: string,
    limit: number,
    keep?: "oldest" | "newest",
    from?: Pick<RemoteFile, "name" | "mtime_ms">,
  ): Promise<{ files: RemoteFile[]; truncated: boolean }>;
  /** Streams a file, or `length` bytes of it from `offset`. With `listed`, only the file that was listed; else SftpFault `conflict`. */
  read(
    path: string,
    range?: { offset: number; length: number },
    listed?: Pick<RemoteFile, "size" | "mtime_ms">,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Uploads under a temporary name, checks the size, renames. The same name and bytes again: `already`. */
  write(path: string, body: Uint8Array): Promise<{ size: number; sha256: string; already: boolean }>;
  /** With `listed`, only if the file is still the one that was listed; else SftpFault `conflict`. */
  move(from: string, to: string, listed?: Pick<RemoteFile, "size" | "mtime_ms">): Promise<void>;
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface Sftp {
  /** Opens a session, runs `work`, and closes the session whatever happens. Throws SftpFault. */
  run<T>(target: SftpTarget, work: (session: SftpSession) => Promise<T>): Promise<T>;
}

/** Sends a request to the instance of the container that speaks with a host: the Containers binding on Cloudflare, a URL locally. */
export type ContainerFetch = (host: string, path: string, init: RequestInit) => Promise<Response>;

const Fault = z.object({ kind: z.enum(SFTP_FAULTS), detail: z.string() });
const Listing = z.object({
  files: z.array(z.object({ name: z.string(), size: z.number(), mtime_ms: z.number() })),
  truncated: z.boolean(),
});
const Written = z.object({ size: z.number(), sha256: z.string(), already: z.boolean() });
const Opened = z.object({ session_id: z.string() });

/** The longest a single call to the container may take; the container's own limits are shorter. */
const CALL_TIMEOUT_MS = 11 * 60_000;

/** An `Sftp` over the container's HTTP face. */
export function sftpOver(send: ContainerFetch, token: string): Sftp {
  const call = async (
    host: string,
    method: string,
    path: string,
    body?: string | Uint8Array,
    type?: string,
  ): Promise<Response> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (type !== undefined) headers["content-type"] = type;
    let answer: Response;
    try {
      answer = await send(host, path, {
        method,
        headers,
        body: body ?? null,
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
    } catch (error) {
      throw new SftpFault(
        "container_unreachable",
        `The sFTP container did not answer: ${String(error).slice(0, 200)}`,
      );
    }
    if (answer.ok) return answer;
    const fault = Fault.safeParse(await answer.json().catch(() => null));
    if (fault.success)
      throw new SftpFault(
        fault.data.kind,
        fault.data.detail,
        retryAfterMs(answer.headers.get("retry-after")),
      );
    throw new SftpFault(
      "container_unreachable",
      `The sFTP container answered ${answer.status} without saying why.`,
    );
  };
  return {
    async run(target, work) {
      const here: Call = (...request) => call(target.host, ...request);
      const opened = await here("POST", "/sessions", JSON.stringify(target), "application/json");
      const { session_id } = Opened.parse(await opened.json());
      const session = sessionOver(here, `/sessions/${encodeURIComponent(session_id)}`);
      try {
        return await work(session);
      } finally {
        // A session that can't be closed now is closed by the container once idle; the work's own outcome counts.
        await session.close().catch((error: unknown) => log("sftp.close_failed", { why: reasonOf(error) }));
      }
    },
  };
}

const SECONDS_MAX = 86_400;

/** RFC 9110, section 10.2.3; the container tells seconds. */
function retryAfterMs(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN);
  return Number.isInteger(seconds) && seconds >= 0 ? Math.min(seconds, SECONDS_MAX) * 1000 : null;
}

function isListed(headers: Headers, { size, mtime_ms }: Pick<RemoteFile, "size" | "mtime_ms">): boolean {
  return headers.get("x-file-size") === String(size) && headers.get("x-file-mtime-ms") === String(mtime_ms);
}

type Call = (method: string, path: string, body?: string | Uint8Array, type?: string) => Promise<Response>;

function sessionOver(call: Call, base: string): SftpSession {
  const query = (fields: Record<string, string | number>) =>
    `?${new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]))}`;
  return {
    async list(directory, limit, keep = "oldest", from) {
      const behind: Record<string, string | number> =
        from === undefined ? {} : { from_name: from.name, from_mtime_ms: from.mtime_ms };
      const path = `${base}/files${query({ directory, limit, keep, ...behind })}`;
      return Listing.parse(await (await call("GET", path)).json());
    },
    async read(path, range, listed) {
      const answer = await call("GET", `${base}/file${query({ path, ...range })}`);
      if (answer.body === null) throw new SftpFault("sftp_error", "The container sent no body for a file.");
      if (listed !== undefined && !isListed(answer.headers, listed)) {
        // Read to its end: an answer that is broken off costs the session.
        await answer.body.pipeTo(new WritableStream());
        throw new SftpFault(
          "conflict",
          `${path} has changed since it was listed; it is left to be read again.`,
        );
      }
      return answer.body;
    },
    async write(path, body) {
      return Written.parse(
        await (await call("PUT", `${base}/file${query({ path })}`, body, "application/octet-stream")).json(),
      );
    },
    async move(from, to, listed) {
      await call("POST", `${base}/move`, JSON.stringify({ from, to, listed }), "application/json");
    },
    async remove(path) {
      await call("DELETE", `${base}/file${query({ path })}`);
    },
    async close() {
      await call("DELETE", base);
    },
  };
}
