import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passLines } from "../../dev/campaign/pass-lines.ts";
import { type Report, runCampaign } from "../../dev/campaign/run.ts";

const EVENTS = 300;
/** One of each kind. */
const KILLS = 6;

/** The campaign as `npm run campaign` runs it, small: what it counts is asserted, and nothing that a slow machine changes. */
describe("a short campaign: faults, kills, a deploy, a customer that hangs, forged pushes, full inboxes", () => {
  const directory = mkdtempSync(join(tmpdir(), "gluey-campaign-test-"));
  let report: Report;

  beforeAll(async () => {
    report = await runCampaign({
      seed: 7,
      measures: false,
      events: EVENTS,
      customers: 4,
      kills: KILLS,
      time_scale: 0.00004,
      within_ms: 280_000,
      directory,
      say: () => {},
    });
  }, 360_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("holds every pass line that is no matter of speed", () => {
    const failed = passLines(report).filter(({ passes, timed }) => !passes && !timed);
    expect({ failed, findings: report.verdict.findings }).toEqual({ failed: [], findings: [] });
  });

  it("has put the contract to the test", () => {
    const { verdict, cuts } = report;
    expect(cuts.filter(({ what }) => what !== "deploy")).toHaveLength(KILLS);
    expect(verdict.accepted).toBe(EVENTS);
    expect(verdict.owed).toBeGreaterThan(EVENTS);
    expect(verdict.attempts).toBeGreaterThan(0);
    expect(report.inboxes.documents).toBeGreaterThan(0);
    expect(verdict.forgeries).toBeGreaterThan(0);
  });

  it("knows every ending: delivered, dead, cancelled", () => {
    const { delivered, dead, cancelled } = report.verdict;
    for (const ending of [delivered, dead, cancelled]) expect(ending).toBeGreaterThan(0);
  });
});
