import type { Problem } from "./types.ts";

/** A call that Gluey refused, or that did not reach it. `message` is a sentence for a person. */
export class GlueyProblem extends Error {
  override readonly name = "GlueyProblem";
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** What to tell support. */
  readonly request_id: string | null;
  /** Which fields are at fault, and why. */
  readonly errors: readonly { field: string; message: string }[];
  /** Seconds after which the same call may well succeed; null where only a change would help. */
  readonly retry_after_s: number | null;

  constructor(problem: Partial<Problem> & { status: number }, retry_after_s: number | null = null) {
    const said = problem.detail ?? problem.title ?? `Gluey answered ${problem.status}.`;
    const unsaid = (problem.errors ?? []).filter((one) => !said.includes(one.message));
    super([said, ...unsaid.map((one) => `${one.field}: ${one.message}`)].join(" "));
    this.status = problem.status;
    this.request_id = problem.request_id ?? null;
    this.errors = problem.errors ?? [];
    this.retry_after_s = retry_after_s;
  }
}
