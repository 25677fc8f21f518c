import type { z } from "@hono/zod-openapi";

/** An error of a call as RFC 9457 has it. Thrown by a route or a middleware; `error-response.ts` writes it down. */

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;
export type ProblemStatus = keyof typeof TITLES;

export interface FieldFault {
  field: string;
  message: string;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: FieldFault[];
}

export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly errors: FieldFault[];
  /** Seconds, for 409, 429 and 503. */
  readonly retryAfter: number | null;

  constructor(
    status: ProblemStatus,
    detail: string,
    { errors = [], retryAfter = null }: { errors?: FieldFault[]; retryAfter?: number | null } = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  body(request_id: string): ProblemBody {
    return {
      type: "about:blank",
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      request_id,
      ...(this.errors.length > 0 ? { errors: this.errors } : {}),
    };
  }
}

/** 422 with one field at fault. `message` is a sentence that names the field. */
export function invalid(field: string, message: string): Problem {
  return new Problem(422, message, { errors: [{ field, message }] });
}

/** What a read throws where nothing of the caller's has that id; says the same for another account's. */
export function unknown(what: string, id: string): Problem {
  return new Problem(404, `There is no ${what} ${id.slice(0, 80)} in this account.`);
}

/** 422 from a failed check: at most ten faults, each a sentence that names its field. */
export function invalidInput(issues: readonly Issue[]): Problem {
  const errors = issues.slice(0, 10).map((issue) => {
    const field = fieldOf(issue.path);
    return { field, message: sentenceOf(issue, field) };
  });
  const [first] = errors;
  return new Problem(422, first?.message ?? "The request is not valid.", { errors });
}

type Issue = z.core.$ZodIssue;

/** `parcels[0].carrier_tracking_id`; `body` for the whole of it. */
function fieldOf(path: readonly PropertyKey[]): string {
  const parts = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return parts.join("").replace(/^\./u, "") || "body";
}

const UNITS = new Map([
  ["string", "character"],
  ["array", "element"],
]);

/** "at most 100 elements", "at least 1". */
function bound(word: string, count: number | bigint, origin: string): string {
  const unit = UNITS.get(origin);
  return unit === undefined
    ? `be ${word} ${count}`
    : `have ${word} ${count} ${unit}${count === 1 ? "" : "s"}`;
}

function sentenceOf(issue: Issue, field: string): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.message.endsWith("received undefined")) return `${field} is missing.`;
      return `${field} must be ${article(issue.expected)}.`;
    case "invalid_value": {
      const words = issue.values.map((value) => String(value));
      return words.length === 1
        ? `${field} must be ${words[0]}.`
        : `${field} must be one of ${words.join(", ")}.`;
    }
    case "too_big":
      return `${field} must ${bound("at most", issue.maximum, issue.origin)}.`;
    case "too_small":
      return `${field} must ${bound("at least", issue.minimum, issue.origin)}.`;
    case "custom":
    case "invalid_format":
      return issue.message.includes(field) ? issue.message : `${field}: ${issue.message}`;
    default:
      return `${field}: ${issue.message}`;
  }
}

function article(expected: string): string {
  const word = expected === "int" ? "integer" : expected;
  return word === "array" ? "a list" : `${/^[aeio]/u.test(word) ? "an" : "a"} ${word}`;
}
