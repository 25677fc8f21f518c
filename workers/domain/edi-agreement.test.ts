import { describe, expect, it } from "vitest";
import { agreementFault, EdiAgreement, envelopeIds } from "./edi-agreement.ts";
import { NO_FILTER, SftpSettings } from "./subscription.ts";

const stored = {
  way: "sftp",
  host: "sftp.example.com",
  port: 22,
  username: "gluey",
  host_key_sha256: "pinned",
  directory: "/in",
  format: "iftsta-d01b",
  every_minutes: 15,
  file_name: "{number}",
  milestones: null,
};

describe("settings", () => {
  it("stored before there were agreements are read as before", () => {
    expect(SftpSettings.parse(stored)).toEqual({ ...stored, ...NO_FILTER });
  });

  it("with an agreement are kept as they are", () => {
    const edi = {
      sender: "GLUEY",
      receiver: "4000000000001",
      include_notices: true,
      qualifiers: { receiver: "14", scac: { postnord: "PNSE" }, references: { order: "ON" } },
    };
    const given = { ...stored, ...NO_FILTER, edi, ack_directory: "/out/acks", ack_within_hours: 4 };
    expect(SftpSettings.parse(given)).toEqual(given);
  });

  it.each([
    { sender: "" },
    { sender: " A" },
    { receiver: "Malmö" },
    { receiver: "9".repeat(36) },
    { qualifiers: { scac: { postnord: "pn" } } },
    { qualifiers: { references: { order: "TOOLONG" } } },
    { qualifiers: { sender: "ZZZZZ" } },
    { qualifiers: { status_text: "ahn" } },
  ])("that no envelope holds are refused: %o", (edi) => {
    expect(EdiAgreement.safeParse(edi).success).toBe(false);
  });
});

describe("the envelope's ids", () => {
  const long = "a-very-long-account-number-of-40-letters";

  it.each([
    ["iftsta-d96a", 35],
    ["iftsta-d01b", 35],
    ["x12-214", 15],
  ] as const)("of %s shorten an account's number to %i letters rather than never writing", (format, size) => {
    const { sender, receiver } = envelopeIds(format, long, undefined);
    expect(sender).toBe("GLUEY");
    expect(receiver).toBe(long.slice(0, size));
    expect(agreementFault({ format, edi: { sender, receiver } })).toBeNull();
  });

  it("of X12 have two letters at least", () => {
    expect(envelopeIds("x12-214", "7", undefined).receiver).toBe("70");
  });

  it("are those agreed where some are", () => {
    expect(envelopeIds("x12-214", long, { sender: "US", receiver: "THEM" })).toEqual({
      sender: "US",
      receiver: "THEM",
    });
  });
});

describe("an agreement", () => {
  it.each([
    [{ format: "iftsta-d01b", edi: { receiver: "9".repeat(35) } }, null],
    [{ format: "x12-214", edi: { receiver: "9".repeat(16) } }, "edi.receiver"],
    [{ format: "x12-214", edi: { sender: "A" } }, "edi.sender"],
    [{ format: "x12-214", edi: { sender: "A*B" } }, "edi.sender"],
    [{ format: "x12-214", edi: { qualifiers: { receiver: "ZZZ" } } }, "edi.qualifiers.receiver"],
    [{ format: "iftsta-d96a", edi: { qualifiers: { receiver: "ZZZ" } } }, null],
    [{ format: "x12-214", ack_directory: "acks", ack_within_hours: 2 }, null],
    [{ format: "x12-214", ack_within_hours: 2 }, "ack_within_hours"],
    [{ format: "csv", ack_directory: "acks" }, "ack_directory"],
    [{ format: "json" }, null],
  ] as const)("%o: %s", (agreed, field) => {
    expect(agreementFault(agreed)?.field ?? null).toBe(field);
  });
});
