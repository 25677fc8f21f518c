import { describe, expect, it } from "vitest";
import { STATUS_WORDS, type Status } from "../domain/statuses.ts";
import { stepsOf } from "./steps.ts";

/** A bar in a line: done steps plain, the current one in brackets, those ahead in round ones. */
function drawn(status: Status, been: Status[] = [], direction: "outbound" | "return" = "outbound"): string {
  return stepsOf({ status, been, direction })
    .map(({ step, state }) => (state === "now" ? `[${step}]` : state === "ahead" ? `(${step})` : step))
    .join(" ");
}

describe("the bar", () => {
  it.each<[Status, Status[], string]>([
    ["registered", [], "(announced) (accepted) (in_transit) (out_for_delivery) (delivered)"],
    ["info_received", [], "[announced] (accepted) (in_transit) (out_for_delivery) (delivered)"],
    ["collection", [], "announced [collecting] (in_transit) (out_for_delivery) (delivered)"],
    ["accepted", [], "announced [accepted] (in_transit) (out_for_delivery) (delivered)"],
    ["in_transit", [], "announced accepted [in_transit] (out_for_delivery) (delivered)"],
    ["customs", [], "announced accepted [customs] (out_for_delivery) (delivered)"],
    ["out_for_delivery", [], "announced accepted in_transit [out_for_delivery] (delivered)"],
    ["delivery_attempted", [], "announced accepted in_transit [attempted] (delivered)"],
    ["ready_for_pickup", [], "announced accepted in_transit [pickup] (delivered)"],
    ["delivered", ["ready_for_pickup"], "announced accepted in_transit pickup [delivered]"],
    ["delivered", ["out_for_delivery"], "announced accepted in_transit out_for_delivery [delivered]"],
    ["exception", ["in_transit"], "announced accepted [stopped] (out_for_delivery) (delivered)"],
    ["exception", [], "[stopped] (accepted) (in_transit) (out_for_delivery) (delivered)"],
    [
      "returning",
      ["in_transit", "delivery_attempted"],
      "announced accepted in_transit [returning] (returned)",
    ],
    ["returning", ["info_received"], "announced [returning] (returned)"],
    ["returned", ["in_transit"], "announced accepted in_transit returning [returned]"],
    ["failed", ["in_transit"], "announced accepted in_transit [failed]"],
    ["failed", ["delivered"], "announced accepted in_transit out_for_delivery [failed]"],
    ["cancelled", ["info_received"], "announced [cancelled]"],
  ])("of %s after %s", (status, been, bar) => {
    expect(drawn(status, been)).toBe(bar);
  });

  it.each<[Status, Status[], string]>([
    ["info_received", [], "[announced] (accepted) (in_transit) (return_arrived)"],
    ["returning", ["accepted"], "announced accepted [in_transit] (return_arrived)"],
    ["out_for_delivery", [], "announced accepted [in_transit] (return_arrived)"],
    ["returned", [], "announced accepted in_transit [return_arrived]"],
    ["delivered", [], "announced accepted in_transit [return_arrived]"],
    ["exception", ["in_transit"], "announced accepted [stopped] (return_arrived)"],
    ["failed", ["in_transit"], "announced accepted in_transit [failed]"],
    ["cancelled", [], "announced [cancelled]"],
  ])("of a return in %s after %s", (status, been, bar) => {
    expect(drawn(status, been, "return")).toBe(bar);
  });

  it("has one current step for every status that says anything, and at most five steps", () => {
    for (const direction of ["outbound", "return"] as const) {
      for (const status of STATUS_WORDS) {
        for (const been of [[], ["in_transit"], ["delivered"]] satisfies Status[][]) {
          const steps = stepsOf({ status, been, direction });
          expect(steps.length).toBeLessThanOrEqual(5);
          const now = steps.filter(({ state }) => state === "now").length;
          expect(now, `${status} ${direction}`).toBe(
            status === "registered" || status === "notice" ? now : 1,
          );
        }
      }
    }
  });
});
