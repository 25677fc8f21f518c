/** What can be wrong with a call, and the HTTP status that says so. */
export const STATUS_OF_KIND = {
  bad_request: 400,
  unauthorized: 401,
  address_refused: 403,
  /** No such session, or it is closed: open a new one. */
  session_unknown: 404,
  /** No such file or directory on the server. */
  not_found: 404,
  conflict: 409,
  too_large: 413,
  /** The server did not accept the user's password or key. */
  auth_failed: 502,
  host_key_mismatch: 502,
  /** Nobody has pinned a host key yet: the detail names the one seen. */
  host_key_unknown: 502,
  unreachable: 502,
  permission: 502,
  sftp_error: 502,
  busy: 503,
  /** The host, or this login there, failed time after time and is left alone for a while. */
  quarantined: 503,
  timeout: 504,
} as const;

export type ProblemKind = keyof typeof STATUS_OF_KIND;

const BUSY_RETRY_AFTER_S = 5;
const MAX_SERVER_WORDS = 200;

/** A call that cannot be answered as asked. `detail` is a sentence for an operator, without secrets. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly #retryAfterMs: number | undefined;

  /** `retryAfterMs`: after what time the same call may well succeed. */
  constructor(kind: ProblemKind, detail: string, retryAfterMs?: number) {
    super(`${kind}: ${detail}`);
    this.name = "Problem";
    this.kind = kind;
    this.detail = detail;
    this.#retryAfterMs = retryAfterMs;
  }

  get status(): number {
    return STATUS_OF_KIND[this.kind];
  }

  /** Seconds after which the same call may well succeed; undefined where only a change would help. */
  get retryAfterS(): number | undefined {
    if (this.#retryAfterMs !== undefined) return Math.ceil(this.#retryAfterMs / 1_000);
    return this.kind === "busy" ? BUSY_RETRY_AFTER_S : undefined;
  }
}

/** Codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7) and, for NO_SUCH_PATH, of later drafts. */
export const SFTP_STATUS = {
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  NO_SUCH_PATH: 10,
} as const;

/** The status code in an error of ssh2; undefined when the server gave none (the connection was lost). */
export function sftpStatusOf(cause: unknown): number | undefined {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "number") return cause.code;
  return undefined;
}

/**
 * Turns what ssh2 threw while `doing` something ("read /out/a.edi") into a problem.
 * A Problem passes unchanged.
 */
export function problemOf(cause: unknown, doing: string): Problem {
  if (cause instanceof Problem) return cause;
  switch (sftpStatusOf(cause)) {
    case SFTP_STATUS.NO_SUCH_FILE:
    case SFTP_STATUS.NO_SUCH_PATH:
      return new Problem("not_found", `Cannot ${doing}: the server has no such file or directory.`);
    case SFTP_STATUS.PERMISSION_DENIED:
      return new Problem("permission", `Cannot ${doing}: the server does not permit it to this user.`);
    case undefined:
      return new Problem("unreachable", `Cannot ${doing}: the connection to the server was lost.`);
    default:
      return new Problem("sftp_error", `Cannot ${doing}: the server answered "${serverWords(cause)}".`);
  }
}

/** What a server said, made fit for one line: it is text of a stranger. */
export function serverWords(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, MAX_SERVER_WORDS);
}
