import { describe, expect, it } from "vitest";
import { NO_FILTER } from "../domain/subscription.ts";
import type { Channel, ChannelPorts, Consignment, OpenedSubscription, Outcome } from "./channel.ts";

/** A peer that behaves as a test asks, and what a channel's own test must give the suite. */
export interface ChannelUnderTest {
  channel: Channel;
  subscription: OpenedSubscription;
  consignment: Consignment;
  /** What must never be seen in an outcome. */
  secrets: readonly string[];
  /** Ports with a peer that takes everything, and what it holds, one entry a thing that arrived under its own name. */
  taking(): { ports: ChannelPorts; arrived(): ReadonlyMap<string, Uint8Array> };
  /** Ports whose peer fails in one of these ways, each with the kind of outcome it must give. */
  failing: readonly { how: string; ports: ChannelPorts; kind: Outcome["kind"]; counts: boolean }[];
  /** Ports whose peer says this and refuses. */
  saying(words: string): ChannelPorts;
}

/** What every way out must do. */
export function channelSuite(under: ChannelUnderTest): void {
  const { channel, subscription, consignment } = under;
  describe(`the channel ${channel.way}`, () => {
    it("delivers the bytes it was given, and says so", async () => {
      const peer = under.taking();
      const outcome = await channel.deliver(peer.ports, subscription, consignment);
      expect(outcome).toMatchObject({ kind: "delivered", counts: false, retry_after_ms: null });
      expect([...peer.arrived().values()]).toEqual([consignment.bytes]);
    });

    it("the same consignment twice is one thing at the peer", async () => {
      const peer = under.taking();
      await channel.deliver(peer.ports, subscription, consignment);
      expect(await channel.deliver(peer.ports, subscription, consignment)).toMatchObject({
        kind: "delivered",
      });
      expect(peer.arrived().size).toBe(1);
    });

    it.each(under.failing)("tells how it failed: $how", async ({ ports, kind, counts }) => {
      expect(await channel.deliver(ports, subscription, consignment)).toMatchObject({ kind, counts });
    });

    it("keeps little of what the peer says, on one line", async () => {
      const words = `first\nsecond\u0000\u202e${"x".repeat(5000)}`;
      const { answer } = await channel.deliver(under.saying(words), subscription, consignment);
      expect(answer).not.toBeNull();
      expect(answer).toMatch(/^first\\u000asecond\\u0000\\u202ex+$/);
      expect((answer ?? "").length).toBeLessThan(1024 + 3 * 6);
    });

    it("shows no secret in an outcome", async () => {
      for (const ports of [under.taking().ports, ...under.failing.map((one) => one.ports)]) {
        const shown = JSON.stringify(await channel.deliver(ports, subscription, consignment));
        for (const secret of under.secrets) expect(shown).not.toContain(secret);
      }
    });

    it("refuses a subscription of another way", async () => {
      const other: OpenedSubscription["way"] = channel.way === "webhook" ? "sftp" : "webhook";
      const foreign = SUBSCRIPTION_OF[other];
      await expect(async () => channel.deliver(under.taking().ports, foreign, consignment)).rejects.toThrow();
    });
  });
}

const ABOUT = {
  id: "sub_1",
  tenant_id: "acme.test",
  account_number: "acme",
  paused: false,
  start_position: 0,
};

/** One subscription of each way. */
export const SUBSCRIPTION_OF: Record<OpenedSubscription["way"], OpenedSubscription> = {
  webhook: {
    ...ABOUT,
    way: "webhook",
    settings: { way: "webhook", endpoint: "https://hooks.example.com/in", ...NO_FILTER, max_batch: 20 },
    secrets: { secret: `whsec_${btoa("0123456789abcdef0123456789abcdef")}`, previous: null },
  },
  sftp: {
    ...ABOUT,
    way: "sftp",
    settings: {
      way: "sftp",
      host: "sftp.example.com",
      port: 22,
      username: "gluey",
      host_key_sha256: "pinned",
      directory: "/in/",
      format: "json",
      every_minutes: 5,
      file_name: "{number}",
      ...NO_FILTER,
    },
    secrets: { password: "the partner's password", private_key: null },
  },
};
