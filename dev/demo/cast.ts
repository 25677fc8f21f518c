import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { GlueyClient, type NewSftpSubscription, type Shipment } from "../../client/index.ts";
import { operatorAt } from "../operator.ts";
import { type SandboxCarrier, startSandboxCarrier } from "../sandbox-carrier.ts";
import { type ReceivedWebhook, type Receiver, startReceiver } from "../sandbox-customer.ts";
import { startSftpServer } from "../sftp-server.ts";
import type { Stack } from "../stack.ts";
import { WAYS_IN, type WayIn } from "./story.ts";

/** An sFTP account somewhere, and where its folder is on this machine. */
export interface SftpAccount {
  host: string;
  port: number;
  username: string;
  host_key_sha256: string;
  password?: string;
  private_key?: string;
  /** The folder as clients name it, and on this disk. */
  directory: string;
  place: string;
}

export interface SftpHost {
  /** A folder of its own for whoever needs one. */
  account(folder: string): SftpAccount;
  close(): Promise<void>;
}

/** An embedded server: one for the carrier's side, one for the customer's. */
export async function embeddedHost(root: string): Promise<SftpHost> {
  mkdirSync(root, { recursive: true });
  const username = "gluey";
  const password = randomBytes(18).toString("base64url");
  const server = await startSftpServer({ root, username, password });
  return {
    account: (folder) => {
      const place = join(root, folder);
      mkdirSync(place, { recursive: true });
      return {
        host: "127.0.0.1",
        port: server.port,
        username,
        password,
        host_key_sha256: `SHA256:${server.hostKeySha256}`,
        directory: folder,
        place,
      };
    },
    close: () => server.close(),
  };
}

/** Everybody who takes part in the demo besides Gluey. */
export interface Cast {
  account_number: string;
  key: string;
  client: GlueyClient;
  carrier: SandboxCarrier;
  /** Where the carrier's webhooks go. */
  webhook_url: string;
  /** Where the carrier lays its files. */
  outbox: SftpAccount;
  receiver: Receiver;
  /** The customer's inboxes, a folder for each format. */
  inboxes: Readonly<Record<"json" | "iftsta-d01b" | "csv", SftpAccount>>;
  shipments: Readonly<Record<WayIn, CastShipment[]>>;
  close(): Promise<void>;
}

export interface CastShipment {
  tracking_number: string;
  /** Of the shipment's one parcel, where the carrier numbers it apart. */
  parcel_number: string | null;
  id: string;
}

export interface CastOptions {
  shipments_per_way: number;
  carrierHost: SftpHost;
  customerHost: SftpHost;
  onWebhook(webhook: ReceivedWebhook): void;
}

/** Engages carrier and customer: account, key, three connections (one a way in), subscriptions, shipments. */
export async function engage(stack: Stack, options: CastOptions): Promise<Cast> {
  const operator = operatorAt(stack);
  const account_number = `demo-${randomBytes(4).toString("hex")}`;
  const carrier = await startSandboxCarrier();
  const receiver = await startReceiver(options.onWebhook);
  const close = async () => {
    await Promise.all([
      carrier.close(),
      receiver.close(),
      options.carrierHost.close(),
      options.customerHost.close(),
    ]);
  };
  try {
    await operator.createAccount(account_number, "The sandbox customer");
    const key = await operator.createKey(account_number, "test");
    const client = new GlueyClient({ base_url: stack.url, key });

    const outbox = options.carrierHost.account("out");
    const connection = { carrier_id: "sandbox", account_numbers: [account_number] };
    const { webhook_url } = await operator.createConnection({
      ...connection,
      ways: { webhook: {} },
      credentials: { webhook_secret: carrier.webhook_secret },
    });
    if (webhook_url === null) throw new Error("The webhook connection has no address.");
    carrier.setWebhookUrl(webhook_url);
    await operator.createConnection({ ...connection, ...sftpWay(outbox) });
    await operator.createConnection({
      ...connection,
      ways: { poll: { base_url: carrier.api_url } },
      credentials: { api_key: carrier.api_key },
    });

    const { secret } = await client.createWebhookSubscription(account_number, {
      endpoint: `${receiver.url}/webhook/shipment`,
    });
    receiver.setKeys([secret], await client.webhookKeys());
    const inboxes = {
      json: options.customerHost.account("inbox-json"),
      "iftsta-d01b": options.customerHost.account("inbox-iftsta"),
      csv: options.customerHost.account("inbox-csv"),
    };
    await client.createSftpSubscription(account_number, subscriptionOf(inboxes.json, "json"));
    await client.createSftpSubscription(
      account_number,
      subscriptionOf(inboxes["iftsta-d01b"], "iftsta-d01b"),
    );
    await client.createSftpSubscription(account_number, subscriptionOf(inboxes.csv, "csv"));

    const shipments = await register(client, options.shipments_per_way);
    return { account_number, key, client, carrier, webhook_url, outbox, receiver, inboxes, shipments, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** The sFTP way of a connection to an account somewhere. */
export function sftpWay(account: SftpAccount) {
  const { host, port, username, host_key_sha256, directory, password, private_key } = account;
  return {
    ways: {
      sftp: { host, port, username, host_key_sha256, directory },
    },
    credentials: {
      ...(password === undefined ? {} : { sftp_password: password }),
      ...(private_key === undefined ? {} : { sftp_private_key: private_key }),
    },
  };
}

/** A customer's subscription for files, in the shortest rhythm there is. */
export function subscriptionOf(
  account: SftpAccount,
  format: NewSftpSubscription["format"],
): NewSftpSubscription {
  const { host, port, username, host_key_sha256, directory, password, private_key } = account;
  return {
    host,
    port,
    username,
    host_key_sha256,
    directory,
    password,
    private_key,
    format,
    every_minutes: 1,
  };
}

async function register(client: GlueyClient, perWay: number): Promise<Record<WayIn, CastShipment[]>> {
  const planned = WAYS_IN.flatMap((way) =>
    Array.from({ length: perWay }, (_, index) => ({
      way,
      tracking_number: sandboxNumber(),
      // The last of each way: news come about its parcel, by a number of its own.
      parcel_number: index === perWay - 1 && perWay > 1 ? sandboxNumber() : null,
    })),
  );
  const results = await client.createShipments(
    planned.map(({ tracking_number, parcel_number }) => ({
      carrier_id: "sandbox",
      carrier_tracking_id: tracking_number,
      uuid_ref: `order-${tracking_number.slice(-5)}`,
      ...(parcel_number === null ? {} : { parcels: [{ carrier_tracking_id: parcel_number }] }),
    })),
  );
  const shipments: Record<WayIn, CastShipment[]> = { webhook: [], sftp: [], poll: [] };
  for (const [index, { way, ...numbers }] of planned.entries()) {
    shipments[way].push({ ...numbers, id: createdOf(results[index], numbers.tracking_number).id });
  }
  return shipments;
}

function createdOf(
  result: Awaited<ReturnType<GlueyClient["createShipments"]>>[number] | undefined,
  number: string,
): Shipment {
  if (result === undefined || !("shipment" in result)) {
    throw new Error(`${number} could not be registered: ${JSON.stringify(result ?? "no result")}`);
  }
  return result.shipment;
}

/** A number as the sandbox carrier draws them: SBX, twelve digits, and Luhn's check digit. */
export function sandboxNumber(): string {
  const body = String(randomInt(1_000_000_000_000 - 1)).padStart(12, "0");
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `SBX${body}${(10 - (sum % 10)) % 10}`;
}
