/**
 * What a customer's receiver is asked to show before news depend on it: it takes what is signed rightly, refuses what is
 * not, and behaves as the webhook's contract expects. Pure: the plan of the messages, and what an answer says.
 */

export interface ProbeStep {
  name: string;
  expects: "taken" | "refused";
  /** What it is, as a sentence about it begins. */
  message: string;
  /** Repeats the id of the first message. */
  repeats: boolean;
  /**
   * `right`: as news are signed. `foreign`: by a secret of nobody. `of_another_body`: right, but for other bytes.
   * `foreign_first`: as while a secret rotates, the receiver's own signature being the second. `none`: no signature.
   */
  signature: "right" | "foreign" | "of_another_body" | "foreign_first" | "none";
  /** How old its timestamp is. */
  age_s: number;
}

const STEP = { expects: "taken", repeats: false, signature: "right", age_s: 0 } as const;

/** In this order. Without a first message that is taken, the others would show nothing. */
export const PROBE_STEPS: readonly ProbeStep[] = [
  { ...STEP, name: "signed_message_taken", message: "A signed message" },
  { ...STEP, name: "duplicate_taken", message: "The same message once more", repeats: true },
  {
    ...STEP,
    name: "second_signature_taken",
    message: "A message with two signatures, the second of them yours",
    signature: "foreign_first",
  },
  {
    ...STEP,
    name: "unsigned_refused",
    expects: "refused",
    message: "A message without a signature",
    signature: "none",
  },
  {
    ...STEP,
    name: "wrong_signature_refused",
    expects: "refused",
    message: "A message signed with another secret",
    signature: "foreign",
  },
  {
    ...STEP,
    name: "altered_body_refused",
    expects: "refused",
    message: "A message whose body was altered after it was signed",
    signature: "of_another_body",
  },
  {
    ...STEP,
    name: "old_message_refused",
    expects: "refused",
    message: "A rightly signed message with a timestamp of an hour ago",
    age_s: 3600,
  },
];

/** How a message ended, as far as judging looks at it. `detail`: why it never arrived, as a sentence. */
export type ProbeAnswer =
  | { kind: "answered"; status: number; took_ms: number; body_cut: boolean }
  | { kind: "timed_out"; took_ms: number }
  | { kind: "unreachable"; detail: string; took_ms: number | null }
  | { kind: "not_tried"; detail: string };

export interface ProbeCheck {
  name: string;
  ok: boolean;
  /** A sentence that says what was seen and, where it is not ok, what to do. */
  detail: string;
  /** Milliseconds until the status line; null where nothing was sent for it. */
  took_ms: number | null;
}

export interface ProbeReport {
  ok: boolean;
  checks: ProbeCheck[];
}

/** The checks of a probe from the answers to its steps, in their order. */
export function probeReport(answers: readonly ProbeAnswer[]): ProbeReport {
  const steps = PROBE_STEPS.map((step, at) =>
    judge(step, answers[at] ?? { kind: "not_tried", detail: "Not tried." }),
  );
  const [first, ...others] = steps;
  if (first === undefined) throw new Error("A probe has steps.");
  const checks = [first, inTime(answers), notRedirected(answers), shortAnswer(answers), ...others];
  return { ok: checks.every((check) => check.ok), checks };
}

function judge(step: ProbeStep, answer: ProbeAnswer): ProbeCheck {
  const { name } = step;
  switch (answer.kind) {
    case "not_tried":
      return { name, ok: false, detail: answer.detail, took_ms: null };
    case "timed_out":
      return {
        name,
        ok: false,
        detail: `${step.message} was not answered in time.`,
        took_ms: answer.took_ms,
      };
    case "unreachable":
      return {
        name,
        ok: false,
        detail: `${step.message} did not arrive. ${answer.detail}`,
        took_ms: answer.took_ms,
      };
    case "answered": {
      const { status, took_ms } = answer;
      const fault = step.expects === "taken" ? faultOfTaking(step, status) : faultOfRefusing(step, status);
      const seen = `${step.message} was answered with ${status}`;
      return { name, ok: fault === null, detail: fault === null ? `${seen}.` : `${seen}: ${fault}`, took_ms };
    }
  }
}

const isTaken = (status: number) => status >= 200 && status <= 299;
const isRedirect = (status: number) => status >= 300 && status <= 399;

function faultOfTaking(step: ProbeStep, status: number): string | null {
  if (isTaken(status)) return null;
  const fault = faultOfAny(status);
  if (fault !== null) return fault;
  if (step.repeats)
    return "a message comes again when its answer was lost. Answer 2xx, and pass over the events whose ids you know.";
  if (step.signature === "foreign_first")
    return "while a secret rotates there are two v1 signatures. Take the message if any of them fits.";
  return "answer 2xx. Is the secret this subscription's, and is the signature compared with the body's bytes as they came, before anything parses them?";
}

function faultOfRefusing(step: ProbeStep, status: number): string | null {
  if (isTaken(status))
    return step.age_s > 0
      ? "whoever records a message could send it again. Refuse a webhook-timestamp more than five minutes from now."
      : "anyone who knows the address could send you events. Refuse with 401 unless a signature fits the id, the timestamp and the body's bytes.";
  return faultOfAny(status);
}

/** What is wrong with a status whatever it answers; null where nothing is. */
function faultOfAny(status: number): string | null {
  if (isRedirect(status))
    return "redirects are never followed. Give the address it leads to as the endpoint.";
  if (status === 410) return "410 ends a subscription for good. Refuse with 401.";
  if (status === 429)
    return "it limits how often it may be called, so the check shows nothing. Try again later.";
  if (status >= 500)
    return "5xx counts as an outage, and deliveries stop. Refuse with 401, and take with 2xx.";
  if (status < 200) return "that is no final answer.";
  return null;
}

/** Public contract, section 4: any 2xx within 30 s. Who takes so long is close to it. */
const SLOW_MS = 10_000;

function inTime(answers: readonly ProbeAnswer[]): ProbeCheck {
  const name = "answers_in_time";
  const late = answers.filter((answer) => answer.kind === "timed_out").length;
  const times = answers.flatMap((answer) => (answer.kind === "answered" ? [answer.took_ms] : []));
  const slowest = Math.max(0, ...times);
  const advice =
    "Answer as soon as the events are stored, and work on them afterwards: after 30 s a message counts as lost and comes again.";
  if (late > 0)
    return {
      name,
      ok: false,
      detail: `No answer came in time to ${late} of the messages. ${advice}`,
      took_ms: null,
    };
  if (times.length === 0) return { name, ok: false, detail: "Nothing was answered.", took_ms: null };
  const seen = `The slowest answer came after ${slowest} ms.`;
  return {
    name,
    ok: slowest < SLOW_MS,
    detail: slowest < SLOW_MS ? seen : `${seen} ${advice}`,
    took_ms: slowest,
  };
}

function notRedirected(answers: readonly ProbeAnswer[]): ProbeCheck {
  const name = "redirects_nothing";
  const redirect = answers.find((answer) => answer.kind === "answered" && isRedirect(answer.status));
  if (redirect !== undefined)
    return {
      name,
      ok: false,
      detail: "It redirects, and redirects are never followed. Give the address it leads to as the endpoint.",
      took_ms: null,
    };
  const answered = answers.some((answer) => answer.kind === "answered");
  return {
    name,
    ok: answered,
    detail: answered ? "No answer was a redirect." : "Nothing was answered.",
    took_ms: null,
  };
}

function shortAnswer(answers: readonly ProbeAnswer[]): ProbeCheck {
  const name = "answer_is_short";
  const answered = answers.flatMap((answer) => (answer.kind === "answered" ? [answer] : []));
  if (answered.length === 0) return { name, ok: false, detail: "Nothing was answered.", took_ms: null };
  const ok = answered.every((answer) => !answer.body_cut);
  const detail = ok
    ? "Only the status counts; what the body says is ignored."
    : "The status alone counts, but a body went on beyond 16 KiB or 2 s, or broke off. Answer with an empty one.";
  return { name, ok, detail, took_ms: null };
}
