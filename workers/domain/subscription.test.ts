import { describe, expect, it } from "vitest";
import { NO_FILTER, SubscriptionSettings, wants } from "./subscription.ts";

const event = { milestone: "delivery", carrier_id: "ups", enters_status: false };

describe("a subscription's filter", () => {
  it("lets everything through where it asks for nothing", () => {
    expect(wants(NO_FILTER, event)).toBe(true);
    expect(wants(NO_FILTER, { ...event, enters_status: null })).toBe(true);
  });

  it.each([
    [{ milestones: ["delivery"] }, true],
    [{ milestones: ["in_transit", "order"] }, false],
    [{ carriers: ["postnord", "ups"] }, true],
    [{ carriers: ["postnord"] }, false],
    [{ first_time_in_status: true }, false],
    [{ milestones: ["delivery"], carriers: ["postnord"] }, false],
    [{ milestones: ["order"], carriers: ["ups"] }, false],
  ])("%j", (filter, passes) => {
    expect(wants({ ...NO_FILTER, ...filter }, event)).toBe(passes);
  });

  it("lets the event pass by which a status is entered, if the rest of it passes too", () => {
    const entering = { ...event, enters_status: true };
    expect(wants({ ...NO_FILTER, first_time_in_status: true }, entering)).toBe(true);
    expect(wants({ ...NO_FILTER, first_time_in_status: true, carriers: ["dhl"] }, entering)).toBe(false);
  });

  it("does not guess where the feed was read without its statuses", () => {
    const unread = { ...event, enters_status: null };
    expect(() => wants({ ...NO_FILTER, first_time_in_status: true }, unread)).toThrow(/statuses/);
  });
});

it("settings that were kept before a filter existed let everything through it", () => {
  const kept = { way: "webhook", endpoint: "https://example.com/", milestones: ["delivery"], max_batch: 3 };
  expect(SubscriptionSettings.parse(kept)).toEqual({
    ...kept,
    carriers: null,
    first_time_in_status: false,
  });
});
