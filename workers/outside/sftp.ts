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
  "container_unreachable",
] as const;
export type SftpFaultKind = (typeof SFTP_FAULTS)[number];

export class SftpFault extends Error {
  override readonly name = "SftpFault";
  readonly kind: SftpFaultKind;
  constructor(kind: SftpFaultKind, detail: string) {
    super(detail);
    this.kind = kind;
  }
}

export interface SftpSession {
  /** At most `limit` files: the oldest of a folder that is emptied, the newest of one that only grows. */
  list(
    directory: string,
    limit: number,
    keep?: "oldest" | "newest",
  ): Promise<{ files: RemoteFile[]; truncated: boolean }>;
  /** Streams a file, or `length` bytes of it from `offset`. */
  read(path: string, range?: { offset: number; length: number }): Promise<ReadableStream<Uint8Array>>;
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

/** Sends a request to the container: the Containers binding on Cloudflare, a URL locally. */
export type ContainerFetch = (path: string, init: RequestInit) => Promise<Response>;

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
    method: string,
    path: string,
    body?: string | Uint8Array,
    type?: string,
  ): Promise<Response> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (type !== undefined) headers["content-type"] = type;
    let answer: Response;
    try {
      answer = await send(path, {
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
    if (fault.success) throw new SftpFault(fault.data.kind, fault.data.detail);
    throw new SftpFault(
      "container_unreachable",
      `The sFTP container answered ${answer.status} without saying why.`,
    );
  };
  return {
    async run(target, work) {
      const opened = await call("POST", "/sessions", JSON.stringify(target), "application/json");
      const { session_id } = Opened.parse(await opened.json());
      const session = sessionOver(call, `/sessions/${encodeURIComponent(session_id)}`);
      try {
        return await work(session);
      } finally {
        // A session that can't be closed now is closed by the container once idle; the work's own outcome counts.
        await session.close().catch((error: unknown) => log("sftp.close_failed", { why: reasonOf(error) }));
      }
    },
  };
}

type Call = (method: string, path: string, body?: string | Uint8Array, type?: string) => Promise<Response>;

function sessionOver(call: Call, base: string): SftpSession {
  const query = (fields: Record<string, string | number>) =>
    `?${new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]))}`;
  return {
    async list(directory, limit, keep = "oldest") {
      return Listing.parse(
        await (await call("GET", `${base}/files${query({ directory, limit, keep })}`)).json(),
      );
    },
    async read(path, range) {
      const answer = await call("GET", `${base}/file${query({ path, ...range })}`);
      if (answer.body === null) throw new SftpFault("sftp_error", "The container sent no body for a file.");
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
