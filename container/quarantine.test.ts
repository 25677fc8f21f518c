import { afterEach, describe, expect, it } from "vitest";
import type { Target } from "./connection.ts";
import { Problem, type ProblemKind } from "./errors.ts";
import { Quarantine, type Visit } from "./quarantine.ts";
import { type OddServer, startSsh, startTcp } from "./testing/odd-server.ts";
import { eventually, loginOf, type Service, startService } from "./testing/service.ts";
import { newKeyPair, type SshPeer, startEmbedded } from "./testing/ssh-peer.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe("the quarantine", () => {
  let now = 5_000;
  const rules = { quarantineAfter: 3, quarantineFirstMs: 30 * SECOND, quarantineMostMs: 15 * MINUTE };
  const target: Target = {
    host: "files.example",
    port: 22,
    username: "u",
    password: "p",
    hostKey: "SHA256:k",
  };
  const problem = (kind: ProblemKind) => new Problem(kind, `It was ${kind}.`);
  const fail = (quarantine: Quarantine, kind: ProblemKind, at = target) => {
    const visit = quarantine.enter(at, false);
    visit.failed(problem(kind));
    visit.left();
  };
  /** Seconds that a refusal asks for, null where it lets in. */
  const refusal = (quarantine: Quarantine, at = target, asked = false): number | null => {
    try {
      quarantine.enter(at, asked).left();
      return null;
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.kind !== "quarantined") throw cause;
      return cause.retryAfterS ?? -1;
    }
  };

  it("begins with the third failure in a row, and doubles with each failed probe up to its bound", () => {
    const quarantine = new Quarantine(rules, () => now);
    fail(quarantine, "unreachable");
    fail(quarantine, "timeout");
    expect(refusal(quarantine)).toBe(null);
    fail(quarantine, "timeout");
    const waits: (number | null)[] = [];
    for (let probe = 0; probe < 8; probe++) {
      const wait = refusal(quarantine);
      waits.push(wait);
      now += (wait ?? 0) * SECOND - 1;
      expect(refusal(quarantine)).not.toBe(null);
      now += 1;
      fail(quarantine, "unreachable");
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
    expect(quarantine.size).toBe(1);
  });

  it("lets one probe in when the time has passed, and everybody once that one worked", () => {
    const quarantine = new Quarantine(rules, () => now);
    for (let n = 0; n < 3; n++) fail(quarantine, "timeout");
    now += 30 * SECOND;
    const probe = quarantine.enter(target, false);
    expect(refusal(quarantine)).toBeGreaterThan(0);
    expect(refusal(quarantine, target, true)).toBeGreaterThan(0);
    probe.worked();
    expect(refusal(quarantine)).toBe(null);
    fail(quarantine, "timeout");
    expect(refusal(quarantine)).toBe(null);
    expect(quarantine.size).toBe(0);
  });

  it("a probe that left without a result makes room for the next", () => {
    const quarantine = new Quarantine(rules, () => now);
    for (let n = 0; n < 3; n++) fail(quarantine, "timeout");
    now += 30 * SECOND;
    quarantine.enter(target, false).left();
    expect(refusal(quarantine)).toBe(null);
  });

  it("failures that are not in a row are none, and what a file lacks is no host's failure", () => {
    const quarantine = new Quarantine(rules, () => now);
    for (let n = 0; n < 20; n++) {
      fail(quarantine, "unreachable");
      fail(quarantine, "unreachable");
      quarantine.enter(target, false).worked();
      for (const kind of ["not_found", "busy", "session_unknown", "host_key_unknown"] as const)
        fail(quarantine, kind);
    }
    expect(refusal(quarantine)).toBe(null);
  });

  it("sessions that were open when it began neither lengthen it nor count again", () => {
    const quarantine = new Quarantine(rules, () => now);
    const visits: Visit[] = [1, 2, 3, 4, 5, 6].map(() => quarantine.enter(target, false));
    for (const visit of visits) visit.failed(problem("timeout"));
    expect(refusal(quarantine)).toBe(30);
  });

  it("is for a whole host that hangs, and for one login that is refused", () => {
    const quarantine = new Quarantine(rules, () => now);
    const other = { ...target, username: "another" };
    for (let n = 0; n < 3; n++) fail(quarantine, "auth_failed");
    expect(refusal(quarantine)).toBe(30);
    expect(refusal(quarantine, other)).toBe(null);
    // Mended credentials are tried at once.
    expect(refusal(quarantine, { ...target, password: "the right one" })).toBe(null);
    for (let n = 0; n < 3; n++) fail(quarantine, "timeout", other);
    expect(refusal(quarantine, { ...target, host: "FILES.example." })).toBe(30);
    expect(refusal(quarantine, { ...target, port: 2222 })).toBe(null);
  });

  it("a person who asks is let in as a probe, one at a time", () => {
    const quarantine = new Quarantine(rules, () => now);
    for (let n = 0; n < 3; n++) fail(quarantine, "timeout");
    const asked = quarantine.enter(target, true);
    expect(refusal(quarantine, target, true)).toBeGreaterThan(0);
    asked.failed(problem("timeout"));
    expect(refusal(quarantine)).toBe(60);
  });

  it("remembers a bounded number of hosts", () => {
    const quarantine = new Quarantine({ ...rules, quarantineAfter: 1 }, () => now);
    for (let n = 0; n < 5_000; n++) fail(quarantine, "timeout", { ...target, host: `h${n}.example` });
    expect(quarantine.size).toBe(2_000);
  });
});

describe("the service", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });
  async function started<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const it = await starting;
    open.push(it);
    return it;
  }
  const login = (service: Service, peer: SshPeer, more: Record<string, unknown> = {}) =>
    service.call("POST", "/sessions", loginOf(peer, more));
  const healthOf = async (service: Service) => (await service.call("GET", "/healthz")).body;
  const at = (peer: SshPeer, { port }: OddServer) => ({ ...peer, port });

  it("leaves a host alone that failed three times, says until when, and goes on once a probe works", async () => {
    const peer = await started(startEmbedded());
    const service = await started(startService({ QUARANTINE_FIRST_MS: "2000" }));
    let knocks = 0;
    const broken = await startTcp((socket) => {
      knocks += 1;
      socket.destroy();
    });
    for (let n = 0; n < 3; n++)
      expect(await login(service, at(peer, broken))).toMatchObject({ body: { kind: "unreachable" } });
    const refused = await login(service, at(peer, broken));
    expect(refused).toMatchObject({
      status: 503,
      body: { kind: "quarantined", detail: expect.stringContaining("failed 3 times in a row") },
    });
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(Date.parse(String(refused.body?.retry_at))).toBeGreaterThan(0);
    expect(knocks).toBe(3);
    expect(await healthOf(service)).toMatchObject({ sessions: 0, quarantined: 1 });
    expect(service.log).toContainEqual({
      event: "host.quarantined",
      host: "127.0.0.1",
      port: broken.port,
      kind: "unreachable",
    });
    // Other hosts are none of its business.
    await service.session(peer);
    await broken.close();
    const mended = await started(startEmbedded({ port: broken.port }));
    let id: unknown;
    await eventually(async () => {
      const { status, body } = await login(service, mended);
      id = body?.session_id;
      return status === 201;
    });
    expect((await service.call("GET", `/sessions/${id}/files`)).status).toBe(200);
    expect(await healthOf(service)).toMatchObject({ quarantined: 0 });
  });

  it("counts a host that lets in and then hangs", async () => {
    const peer = await started(startEmbedded());
    const service = await started(
      startService({ OPERATION_TIMEOUT_MS: "50", QUARANTINE_AFTER: "2", QUARANTINE_FIRST_MS: "60000" }),
    );
    const hanging = await started(startSsh({ serve: (sftp) => sftp.on("OPENDIR", () => {}) }));
    const there = { ...peer, port: hanging.port, hostKeys: [hanging.hostKey] };
    for (let n = 0; n < 2; n++) {
      const id = await service.session(there);
      expect(await service.call("GET", `/sessions/${id}/files`)).toMatchObject({ body: { kind: "timeout" } });
    }
    expect(await login(service, there)).toMatchObject({ status: 503, body: { kind: "quarantined" } });
    // A person who tests the connection is let through.
    expect((await login(service, there, { probe: true })).status).toBe(201);
  });

  it("leaves a login alone that is refused, and tries mended credentials at once", async () => {
    const peer = await started(startEmbedded());
    const service = await started(startService());
    const wrong = { private_key: newKeyPair().privateKey };
    for (let n = 0; n < 3; n++)
      expect(await login(service, peer, wrong)).toMatchObject({ body: { kind: "auth_failed" } });
    expect(await login(service, peer, wrong)).toMatchObject({ body: { kind: "quarantined" } });
    expect((await login(service, peer)).status).toBe(201);
  });
});
