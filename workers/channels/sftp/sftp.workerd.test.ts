import { expect, it } from "vitest";
import { SFTP_FAULTS, SftpFault, type SftpFaultKind } from "../../outside/sftp.ts";
import type { ChannelPorts, FileSession, FileTarget, Outcome } from "../channel.ts";
import { channelSuite, SUBSCRIPTION_OF } from "../channel-suite.ts";
import { sftpChannel } from "./index.ts";

const subscription = SUBSCRIPTION_OF.sftp;
const consignment = {
  id: "fil_1",
  file_name: "acme_000001.jsonl",
  bytes: new TextEncoder().encode('{"sequence":1}\n'),
};

const unused = () => Promise.reject(new Error("Only a file is written."));

function portsTo(write: FileSession["write"], seen: FileTarget[] = []): ChannelPorts {
  const session: FileSession = { list: unused, write };
  return {
    http: { send: unused },
    sftp: {
      run: (target, work) => {
        seen.push(target);
        return work(session);
      },
    },
    signingKey: null,
    now: () => 1_800_000_000_000,
    timestamp_s: 1_800_000_000,
    timeScale: 1,
  };
}

const failing = (kind: SftpFaultKind, words = `It was ${kind}.`) =>
  portsTo(async () => {
    throw new SftpFault(kind, words);
  });

const OURS: readonly SftpFaultKind[] = [
  "bad_request",
  "unauthorized",
  "session_unknown",
  "busy",
  "container_unreachable",
];

function kindOf(fault: SftpFaultKind): Outcome["kind"] {
  if (fault === "host_key_mismatch") return "host_key_changed";
  return OURS.includes(fault) ? "own_fault" : "unreachable";
}

channelSuite({
  channel: sftpChannel,
  subscription,
  consignment,
  secrets: ["the partner's password"],
  taking() {
    const arrived = new Map<string, Uint8Array>();
    const ports = portsTo(async (path, body) => {
      const already = arrived.has(path);
      arrived.set(path, body);
      return { size: body.byteLength, sha256: "", already };
    });
    return { ports, arrived: () => arrived };
  },
  failing: SFTP_FAULTS.map((fault) => ({
    how: fault,
    ports: failing(fault),
    kind: kindOf(fault),
    counts: kindOf(fault) === "unreachable",
  })),
  saying: (words) => failing("sftp_error", words),
});

it("writes to the partner's directory, signed in as agreed, with the key pinned", async () => {
  const paths: string[] = [];
  const targets: FileTarget[] = [];
  const ports = portsTo(async (path, body) => {
    paths.push(path);
    return { size: body.byteLength, sha256: "", already: false };
  }, targets);
  await sftpChannel.deliver(ports, subscription, consignment);
  expect(paths).toEqual(["/in/acme_000001.jsonl"]);
  expect(targets).toEqual([
    {
      host: "sftp.example.com",
      port: 22,
      username: "gluey",
      host_key_sha256: "pinned",
      password: "the partner's password",
      private_key: null,
      passphrase: null,
    },
  ]);
});

it("what is no fault of sFTP is thrown, for the object to take it as its own", async () => {
  const broken = portsTo(async () => {
    throw new TypeError("a bug");
  });
  await expect(sftpChannel.deliver(broken, subscription, consignment)).rejects.toThrow("a bug");
});
