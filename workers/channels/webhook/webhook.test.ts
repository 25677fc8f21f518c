import { expect, it } from "vitest";
import type { Outgoing, OutgoingRequest, OutgoingResult } from "../../outside/http.ts";
import type { ChannelPorts } from "../channel.ts";
import { channelSuite, SUBSCRIPTION_OF } from "../channel-suite.ts";
import { webhookChannel } from "./index.ts";

const subscription = SUBSCRIPTION_OF.webhook;
const consignment = {
  id: "msg_1",
  file_name: null,
  bytes: new TextEncoder().encode('[{"shipment_id":"shp_1"}]'),
};

function answered(status: number, body = "", headers: Record<string, string> = {}): OutgoingResult {
  return {
    kind: "answered",
    status,
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
    body_cut: false,
    took_ms: 12,
  };
}

function portsTo(send: Outgoing["send"]): ChannelPorts {
  return {
    http: { send },
    sftp: { run: () => Promise.reject(new Error("A webhook needs no sFTP.")) },
    signingKey: null,
    now: () => 1_800_000_000_000,
    timestamp_s: 1_800_000_000,
    timeScale: 1,
  };
}

const always = (result: OutgoingResult) => portsTo(async () => result);

channelSuite({
  channel: webhookChannel,
  subscription,
  consignment,
  secrets:
    subscription.way === "webhook" ? [subscription.secrets.secret, subscription.secrets.secret.slice(6)] : [],
  taking() {
    const arrived = new Map<string, Uint8Array>();
    const ports = portsTo(async (request) => {
      arrived.set(
        request.headers["webhook-id"] ?? "",
        typeof request.body === "string" || request.body === null ? new Uint8Array() : request.body,
      );
      return answered(204);
    });
    return { ports, arrived: () => arrived };
  },
  failing: [
    ...[301, 302, 307, 308, 400, 401, 404, 413].map((status) => ({
      how: `${status}`,
      ports: always(answered(status)),
      kind: "refused" as const,
      counts: false,
    })),
    ...[429, 500, 502, 503, 504].map((status) => ({
      how: `${status}`,
      ports: always(answered(status)),
      kind: "unreachable" as const,
      counts: true,
    })),
    { how: "101", ports: always(answered(101)), kind: "refused", counts: false },
    { how: "410", ports: always(answered(410)), kind: "gone", counts: false },
    {
      how: "no answer in time",
      ports: always({ kind: "timed_out", took_ms: 30_000 }),
      kind: "unreachable",
      counts: true,
    },
    {
      how: "nobody there",
      ports: always({ kind: "unreachable", detail: "closed", took_ms: 1 }),
      kind: "unreachable",
      counts: true,
    },
    {
      how: "an address that may not be called",
      ports: always({ kind: "refused_address", detail: "private" }),
      kind: "unreachable",
      counts: true,
    },
    {
      how: "our resolver is down",
      ports: always({ kind: "address_unresolved", detail: "down" }),
      kind: "own_fault",
      counts: false,
    },
    {
      how: "our own call failed",
      ports: always({ kind: "failed_inside", detail: "too many calls" }),
      kind: "own_fault",
      counts: false,
    },
  ],
  saying: (words) => always(answered(400, words)),
});

async function sentWith(ports: Partial<ChannelPorts>): Promise<OutgoingRequest> {
  const sent: OutgoingRequest[] = [];
  const taking = portsTo(async (request) => {
    sent.push(request);
    return answered(200);
  });
  await webhookChannel.deliver({ ...taking, ...ports }, subscription, consignment);
  const [request] = sent;
  if (request === undefined) throw new Error("One request was sent.");
  return request;
}

it("asks for no compression, names itself, and bounds the answer", async () => {
  expect(await sentWith({})).toMatchObject({
    method: "POST",
    url: "https://hooks.example.com/in",
    headers: {
      "content-type": "application/json",
      "user-agent": "Gluey-Webhooks/1",
      "accept-encoding": "identity",
      "webhook-id": "msg_1",
      "webhook-timestamp": "1800000000",
    },
    timeout_ms: 30_000,
    max_body_bytes: 16_384,
    body_timeout_ms: 2000,
  });
});

it("gives a receiver time to answer, however much time is squeezed", async () => {
  expect((await sentWith({ timeScale: 0.001 })).timeout_ms).toBe(10_000);
});

it("reads Retry-After, in seconds and as a date", async () => {
  const at = (value: string) =>
    webhookChannel.deliver(always(answered(429, "", { "retry-after": value })), subscription, consignment);
  expect(await at("120")).toMatchObject({ retry_after_ms: 120_000 });
  expect(await at(new Date(1_800_000_060_000).toUTCString())).toMatchObject({ retry_after_ms: 60_000 });
});
