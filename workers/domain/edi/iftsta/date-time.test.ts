import { describe, expect, it } from "vitest";
import { localOf, readDateTime } from "./date-time.ts";

function read(value: string, format: string | null): string {
  const reading = readDateTime(value, format);
  if (reading.kind === "invalid") return "invalid";
  const fits = reading.fits ? "" : " (by shape)";
  if (reading.kind === "period") return `${localOf(reading.from)}/${localOf(reading.to)}${fits}`;
  const { part } = reading;
  return `${localOf(part) ?? part.time}${part.offset ?? ""}${part.zone === null ? "" : ` ${part.zone}`}${fits}`;
}

describe("readDateTime", () => {
  it.each([
    ["20260312", "102", "2026-03-12"],
    ["260312", "101", "2026-03-12"],
    ["2603120815", "201", "2026-03-12T08:15"],
    ["260312081530", "202", "2026-03-12T08:15:30"],
    ["202603120815", "203", "2026-03-12T08:15"],
    ["20260312081530", "204", "2026-03-12T08:15:30"],
    ["202603120815+0100", "205", "2026-03-12T08:15+01:00"],
    ["202603120815-0330", "205", "2026-03-12T08:15-03:30"],
    ["202603120815UTC", "303", "2026-03-12T08:15+00:00"],
    ["202603120815CET", "303", "2026-03-12T08:15 CET"],
    ["20260312081530+01", "304", "2026-03-12T08:15:30+01:00"],
    ["12032026", "4", "2026-03-12"],
    ["120326", "2", "2026-03-12"],
    ["081530", "402", "08:15:30"],
    ["0815", "401", "08:15"],
    ["2026031220260315", "718", "2026-03-12/2026-03-15"],
    ["20260312-20260315", "718", "2026-03-12/2026-03-15"],
    ["202603120815202603121200", "719", "2026-03-12T08:15/2026-03-12T12:00"],
  ])("%s under %s is %s", (value, format, expected) => expect(read(value, format)).toBe(expected));

  it.each([
    ["20260312081530", "203", "2026-03-12T08:15:30 (by shape)"],
    ["20260312", "203", "2026-03-12 (by shape)"],
    ["202603120815+0100", "203", "2026-03-12T08:15+01:00 (by shape)"],
    ["2026-03-12T08:15:30Z", "203", "2026-03-12T08:15:30+00:00 (by shape)"],
    ["202603120815", null, "2026-03-12T08:15"],
  ])("goes by the shape: %s under %s is %s", (value, format, expected) =>
    expect(read(value, format)).toBe(expected),
  );

  it.each([
    "",
    "20260230",
    "20250229",
    "202613010000",
    "202603122400",
    "202603120860",
    "20020148",
    "soon",
    "2026",
  ])("%j is no time at all", (value) => {
    expect(read(value, "203")).toBe(value === "2026" ? "20:26 (by shape)" : "invalid");
  });
});
