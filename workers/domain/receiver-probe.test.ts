import { describe, expect, it } from "vitest";
import { PROBE_STEPS, type ProbeAnswer, probeReport } from "./receiver-probe.ts";

const answered = (status: number, took_ms = 5, body_cut = false): ProbeAnswer => ({
  kind: "answered",
  status,
  took_ms,
  body_cut,
});
/** As a good receiver answers, but for some steps. */
const answers = (changed: Record<string, ProbeAnswer> = {}): ProbeAnswer[] =>
  PROBE_STEPS.map((step) => changed[step.name] ?? answered(step.expects === "taken" ? 204 : 401));
const failedOf = (given: ProbeAnswer[]) =>
  probeReport(given).checks.flatMap((check) => (check.ok ? [] : [check.name]));

describe("the plan", () => {
  it("begins with a message as news are sent, and says once of each what it expects", () => {
    expect(PROBE_STEPS[0]).toMatchObject({ expects: "taken", signature: "right", repeats: false, age_s: 0 });
    expect(new Set(PROBE_STEPS.map((step) => step.name)).size).toBe(PROBE_STEPS.length);
  });

  it("expects only what is signed rightly and fresh to be taken", () => {
    for (const { expects, signature, age_s } of PROBE_STEPS)
      expect(expects).toBe(
        (signature === "right" || signature === "foreign_first") && age_s === 0 ? "taken" : "refused",
      );
  });
});

describe("the report", () => {
  it("of a good receiver is ok, check by check, with its times", () => {
    const { ok, checks } = probeReport(answers());
    expect(ok).toBe(true);
    expect(checks.map((check) => check.name)).toEqual([
      "signed_message_taken",
      "answers_in_time",
      "redirects_nothing",
      "answer_is_short",
      "duplicate_taken",
      "second_signature_taken",
      "unsigned_refused",
      "wrong_signature_refused",
      "altered_body_refused",
      "old_message_refused",
    ]);
    expect(checks[0]).toEqual({
      name: "signed_message_taken",
      ok: true,
      detail: "A signed message was answered with 204.",
      took_ms: 5,
    });
    for (const check of checks) expect(check.detail).toMatch(/^[A-Z].*\.$/);
  });

  it.each(PROBE_STEPS.filter((step) => step.expects === "refused").map((step) => step.name))(
    "%s: taken is a fault, refused with 400, 401 or 403 is not",
    (name) => {
      expect(failedOf(answers({ [name]: answered(200) }))).toEqual([name]);
      for (const status of [400, 401, 403, 422])
        expect(failedOf(answers({ [name]: answered(status) }))).toEqual([]);
    },
  );

  it.each(PROBE_STEPS.filter((step) => step.expects === "taken").map((step) => step.name))(
    "%s: anything but 2xx is a fault",
    (name) => {
      for (const status of [101, 400, 401, 409, 410, 429, 500, 503])
        expect(failedOf(answers({ [name]: answered(status) }))).toEqual([name]);
      for (const status of [200, 202, 299])
        expect(failedOf(answers({ [name]: answered(status) }))).toEqual([]);
    },
  );

  it.each([410, 429, 500, 503])("%i is no way to refuse", (status) => {
    expect(failedOf(answers({ unsigned_refused: answered(status) }))).toEqual(["unsigned_refused"]);
  });

  it("a redirect is a fault wherever it comes", () => {
    expect(failedOf(answers({ unsigned_refused: answered(302) }))).toEqual([
      "redirects_nothing",
      "unsigned_refused",
    ]);
  });

  it("says what to do about it", () => {
    const detailOf = (name: string, answer: ProbeAnswer) =>
      probeReport(answers({ [name]: answer })).checks.find((check) => check.name === name)?.detail;
    expect(detailOf("old_message_refused", answered(200))).toContain("five minutes");
    expect(detailOf("wrong_signature_refused", answered(200))).toContain("Refuse with 401");
    expect(detailOf("duplicate_taken", answered(409))).toContain("ids you know");
    expect(detailOf("second_signature_taken", answered(401))).toContain("two v1");
    expect(detailOf("signed_message_taken", answered(401))).toContain("before anything parses");
    expect(detailOf("unsigned_refused", answered(500))).toContain("outage");
    expect(
      detailOf("signed_message_taken", { kind: "unreachable", detail: "Closed.", took_ms: 1 }),
    ).toContain("Closed.");
  });

  it("who is slow, late, endless or not there is told so", () => {
    expect(failedOf(answers({ duplicate_taken: answered(200, 12_000) }))).toEqual(["answers_in_time"]);
    expect(failedOf(answers({ duplicate_taken: { kind: "timed_out", took_ms: 10_000 } }))).toEqual([
      "answers_in_time",
      "duplicate_taken",
    ]);
    expect(failedOf(answers({ duplicate_taken: answered(200, 5, true) }))).toEqual(["answer_is_short"]);
    const nobody = PROBE_STEPS.map(
      (_step, at): ProbeAnswer =>
        at === 0
          ? { kind: "unreachable", detail: "The connection failed.", took_ms: 3 }
          : { kind: "not_tried", detail: "Not tried." },
    );
    const { ok, checks } = probeReport(nobody);
    expect(ok).toBe(false);
    expect(checks.filter((check) => check.ok)).toEqual([]);
  });
});
