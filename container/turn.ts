import type { SFTPWrapper } from "ssh2";
import { unlessAborted } from "./connection.ts";
import { Problem } from "./errors.ts";

/** How long one operation may take. */
export interface TimeLimits {
  /** Without any progress; a plain operation makes none until it is done. */
  silenceMs: number;
  totalMs: number;
}

/** What an operation works with while it has the connection for itself. */
export interface Turn {
  sftp: SFTPWrapper;
  /** To be called whenever bytes moved. */
  progressed: () => void;
}

/**
 * Runs one operation under its time limits. It ends early when the limits are passed, when the caller goes
 * away, or when `stop` aborts; then `onBroken` is called first, to drop the connection: whatever the server
 * still answers would meet the next operation.
 */
export async function takeTurn<T>(
  work: (turn: Turn) => Promise<T>,
  { sftp, limits, doing, caller, stop, onBroken }: TurnRules,
): Promise<T> {
  const late = new AbortController();
  const expire = () =>
    late.abort(
      new Problem("timeout", `Cannot ${doing}: the server did not do it in time, the session is closed.`),
    );
  const total = setTimeout(expire, limits.totalMs);
  const silence = setTimeout(expire, limits.silenceMs);
  const ended = AbortSignal.any([late.signal, caller, stop]);
  ended.addEventListener("abort", onBroken, { once: true });
  try {
    return await unlessAborted(work({ sftp, progressed: () => silence.refresh() }), ended);
  } finally {
    ended.removeEventListener("abort", onBroken);
    clearTimeout(total);
    clearTimeout(silence);
  }
}

export interface TurnRules {
  sftp: SFTPWrapper;
  limits: TimeLimits;
  /** "read /out/a.edi": the operation in an error's sentence. */
  doing: string;
  caller: AbortSignal;
  stop: AbortSignal;
  onBroken: () => void;
}
