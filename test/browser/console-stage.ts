import { sandboxNumber } from "../../dev/demo/cast.ts";
import { newsOf, type SandboxCarrier, startSandboxCarrier } from "../../dev/sandbox-carrier.ts";
import { type Receiver, startReceiver } from "../../dev/sandbox-customer.ts";
import { type Account, codesOf, eventually, fact, openWorld, track, type World } from "../e2e/world.ts";

/** A small day of business for the console to show: a carrier by two ways, two accounts, a good receiver and one that is gone. */
export interface ConsoleStage {
  world: World;
  carrier: SandboxCarrier;
  account: Account;
  other: Account;
  receiver: Receiver;
  /** By webhook, and by the carrier's API. */
  connections: { webhook: string; poll: string };
  webhook_url: string;
  /** A shipment delivered, one with a code that nobody knows, and one of the other account. */
  numbers: { delivered: string; unknown: string; others: string };
  shipments: { delivered: string; unknown: string; others: string };
  close(): Promise<void>;
}

/** The order's own number, by which people search. */
export const REFERENCE = "ORDER-2026-0042";
/** A code that the sandbox's table does not have. */
export const STRANGE = "TELEPORTED";

export async function openConsoleStage(): Promise<ConsoleStage> {
  const world = await openWorld();
  const carrier = world.owns(await startSandboxCarrier());
  const [account, other] = [await world.newAccount(), await world.newAccount()];
  const receiver = world.owns(await startReceiver());
  const account_numbers = [account.account_number, other.account_number];
  const webhook = await world.operator.createConnection({
    carrier_id: "sandbox",
    account_numbers,
    ways: { webhook: {} },
    credentials: { webhook_secret: carrier.webhook_secret },
  });
  const poll = await world.operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: [account.account_number],
    ways: { poll: { base_url: carrier.api_url } },
    credentials: { api_key: carrier.api_key },
  });
  const webhook_url = webhook.webhook_url ?? "";
  const { secret } = await account.client.createWebhookSubscription(account.account_number, {
    endpoint: `${receiver.url}/webhook/shipment`,
  });
  receiver.setKeys([secret], await account.client.webhookKeys());

  const { carrier_tracking_id: delivered, id } = await account.client.createShipment({
    carrier_id: "sandbox",
    carrier_tracking_id: sandboxNumber(),
    uuid_ref: REFERENCE,
    references: { shipper: "PO-77012", receiver: null },
  });
  const unknown = await track(account);
  const others = await track(other);
  await carrier.push(
    webhook_url,
    newsOf([
      {
        tracking_number: delivered,
        events: [
          { ...fact("CREATED", 30), text: "Label made <b>by</b> the sender" },
          fact("PICKED_UP", 26),
          fact("ARRIVED", 20),
          { ...fact("DELAYED", 12), sub_code: "WEATHER", text: "Snow on the E6" },
          fact("OUT_FOR_DELIVERY", 4),
          { ...fact("ATTEMPT", 3), sub_code: "NOT_HOME", text: "Nobody there" },
          { ...fact("DELIVERED", 1), sub_code: "SIGNED", text: "Delivered against signature" },
        ],
      },
    ]),
  );
  await carrier.push(
    webhook_url,
    newsOf([
      {
        tracking_number: unknown,
        events: [fact("PICKED_UP", 9), { ...fact(STRANGE, 2), text: "Beamed to the depot" }],
      },
    ]),
  );
  await carrier.push(webhook_url, newsOf([{ tracking_number: others, events: [fact("PICKED_UP", 5)] }]));
  carrier.publish({ tracking_number: delivered, events: [fact("CREATED", 30), fact("PICKED_UP", 26)] });
  await eventually(
    async () => [
      (await codesOf(account, delivered)).length,
      (await codesOf(account, unknown)).length,
      (await codesOf(other, others)).length,
    ],
    ([first = 0, second = 0, third = 0]) => first >= 7 && second >= 2 && third >= 1,
  );
  await eventually(
    () => receiver.received.length,
    (messages) => messages > 0,
  );
  const idOf = async (whose: Account, number: string) => {
    const { shipments } = await whose.client.track({
      shipments: [{ carrier_id: "sandbox", carrier_tracking_id: number }],
    });
    return shipments[0]?.id ?? "";
  };
  return {
    world,
    carrier,
    account,
    other,
    receiver,
    connections: { webhook: webhook.id, poll: poll.id },
    webhook_url,
    numbers: { delivered, unknown, others },
    shipments: { delivered: id, unknown: await idOf(account, unknown), others: await idOf(other, others) },
    close: () => world.close(),
  };
}

/** Makes the receiver say 410 once, so that what is under way becomes a dead letter, and good again afterwards. */
export async function makeDeadLetters({
  receiver,
  carrier,
  webhook_url,
  account,
}: ConsoleStage): Promise<string> {
  receiver.setAnswer(() => 410);
  const number = await track(account);
  await carrier.push(
    webhook_url,
    newsOf([{ tracking_number: number, events: [fact("CREATED", 3), fact("PICKED_UP", 2)] }]),
  );
  await eventually(
    () => receiver.received.some(({ status }) => status === 410),
    (gone) => gone,
  );
  receiver.setAnswer(null);
  return number;
}
