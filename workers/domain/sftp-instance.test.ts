import { describe, expect, it } from "vitest";
import { sftpInstance } from "./sftp-instance.ts";

describe("an instance of the sFTP container", () => {
  it("is the same for a host however it is written, and whatever the port", () => {
    const spellings = ["files.carrier.example", "FILES.Carrier.Example", "files.carrier.example."];
    expect(new Set(spellings.map((host) => sftpInstance(host, 7))).size).toBe(1);
  });

  it("stays the same from release to release", () => {
    // Were it to change, both instances would speak with a host for as long as a deploy takes.
    expect(
      ["a.example", "b.example", "files.carrier.example", "192.0.2.1"].map((h) => sftpInstance(h, 3)),
    ).toEqual(["sftp-1", "sftp-1", "sftp-2", "sftp-1"]);
  });

  it("is one of those there are, and all of them get about as many hosts", () => {
    const hosts = Array.from({ length: 3_000 }, (_, n) => `sftp${n}.partner-${n % 7}.example`);
    const count = new Map<string, number>();
    for (const host of hosts) {
      const name = sftpInstance(host, 3);
      count.set(name, (count.get(name) ?? 0) + 1);
    }
    expect([...count.keys()].sort()).toEqual(["sftp-0", "sftp-1", "sftp-2"]);
    for (const hosts of count.values()) expect(hosts).toBeGreaterThan(900);
    expect(new Set(hosts.map((host) => sftpInstance(host, 1)))).toEqual(new Set(["sftp-0"]));
  });
});
