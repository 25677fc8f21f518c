import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sftpWay } from "../../dev/demo/cast.ts";
import { dropFile, newsOf, type SandboxCarrier, startSandboxCarrier } from "../../dev/sandbox-carrier.ts";
import { type Receiver, startReceiver } from "../../dev/sandbox-customer.ts";
import {
  type Account,
  eventually,
  fact,
  feedOf,
  openWorld,
  peerName,
  startPeer,
  track,
  type World,
} from "./world.ts";

/** In the order of time: each shipment has all of them. */
const CODES = ["CREATED", "PICKED_UP", "ARRIVED", "DEPARTED", "OUT_FOR_DELIVERY", "DELIVERED"];
const SHIPMENTS = 8;
const CRASHES = 3;

/**
 * Carrier and customer live in this process, workerd in others: SIGKILL takes it and all around it away in the middle of
 * the traffic, local queues with it. Inboxes and customers' objects have rows and alarms on the disk: what the carrier was
 * told is accepted must still reach the customer.
 */
describe(`SIGKILL of workerd in the middle of the traffic, sFTP with ${peerName}`, () => {
  let world: World;
  let account: Account;
  let carrier: SandboxCarrier;
  let receiver: Receiver;
  const pushed: string[] = [];
  const filed: string[] = [];

  beforeAll(async () => {
    world = await openWorld();
    account = await world.newAccount();
    carrier = world.owns(await startSandboxCarrier());
    receiver = world.owns(await startReceiver());
    const peer = world.owns(await startPeer());
    const common = { carrier_id: "sandbox", account_numbers: [account.account_number] };
    const { webhook_url } = await world.operator.createConnection({
      ...common,
      ways: { webhook: {} },
      credentials: { webhook_secret: carrier.webhook_secret },
    });
    const outbox = peer.account("out");
    await world.operator.createConnection({ ...common, ...sftpWay(outbox) });
    const { secret } = await account.client.createWebhookSubscription(account.account_number, {
      endpoint: `${receiver.url}/webhook/shipment`,
      max_batch: 3,
    });
    receiver.setKeys([secret]);
    for (let n = 0; n < SHIPMENTS; n++) (n % 2 === 0 ? pushed : filed).push(await track(account));

    let crashing = true;
    const crash = async () => {
      for (let n = 0; n < CRASHES; n++) {
        await sleep(1_000 + 700 * n);
        await world.stack.crash();
        await world.stack.restart();
      }
      crashing = false;
    };
    const told = CODES.map((code, index) => ({ code, hoursAgo: 50 - 8 * index }));
    const tell = async () => {
      for (const [index, { code, hoursAgo }] of told.entries()) {
        dropFile(
          outbox.place,
          `news-${index}.json`,
          newsOf(filed.map((tracking_number) => ({ tracking_number, events: [fact(code, hoursAgo)] }))),
        );
        for (const tracking_number of pushed) {
          const body = newsOf([{ tracking_number, events: [fact(code, hoursAgo)] }]);
          // A carrier tries until it is told that the push was accepted, and once that is so, never again.
          await eventually(
            () => carrier.push(webhook_url ?? "", body).catch(() => 0),
            (status) => status === 202,
          );
        }
        await sleep(700);
      }
    };
    await Promise.all([crash(), tell()]);
    expect(crashing).toBe(false);
    await eventually(arrivedFacts, (facts) => facts.size >= SHIPMENTS * CODES.length);
    await sleep(2_000);
  });
  afterAll(() => world?.close());

  const delivered = () => receiver.received.flatMap(({ events }) => events);
  const arrivedFacts = () =>
    new Set(delivered().map((one) => `${one.carrier_tracking_id} ${one.event.codes.carrier.code}`));

  it("loses nothing that was accepted, and makes nothing up", async () => {
    const wanted = [...pushed, ...filed].flatMap((number) => CODES.map((code) => `${number} ${code}`));
    expect([...arrivedFacts()].sort()).toEqual(wanted.sort());
    expect(await feedOf(account)).toHaveLength(wanted.length);
  });

  it("keeps each shipment's order, without a gap", () => {
    for (const number of [...pushed, ...filed]) {
      const firsts = new Map<string, number>();
      for (const one of delivered()) {
        if (one.carrier_tracking_id === number && !firsts.has(one.event.id))
          firsts.set(one.event.id, one.sequence);
      }
      expect([...firsts.values()]).toEqual(CODES.map((_, index) => index + 1));
    }
  });

  it("repeats after a crash only whole messages, under their own webhook-id", () => {
    const messagesOf = new Map<string, Set<string>>();
    for (const { id, events } of receiver.received) {
      for (const { event } of events)
        messagesOf.set(event.id, (messagesOf.get(event.id) ?? new Set()).add(id));
    }
    expect([...messagesOf.values()].filter((ids) => ids.size > 1)).toEqual([]);
  });
});
