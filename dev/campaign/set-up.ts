import { randomBytes } from "node:crypto";
import { operatorAt } from "../operator.ts";
import type { Api, Customer } from "./api.ts";
import type { Line as CarrierLine } from "./carriers.ts";
import type { CustomersSide } from "./customers-side.ts";
import type { Gluey } from "./gluey.ts";
import type { JudgedSubscription } from "./judge.ts";
import type { Plan, PlannedCustomer } from "./plan.ts";
import type { PlannedSubscription } from "./roles.ts";

/** Everybody engaged: accounts, keys, connections, subscriptions and shipments, by the public API alone. */
export interface Engaged {
  customers: readonly EngagedCustomer[];
  carriers: readonly CarrierLine[];
  subscriptions: readonly EngagedSubscription[];
}

export interface EngagedCustomer extends Customer {
  planned: PlannedCustomer;
}

export interface EngagedSubscription extends JudgedSubscription {
  planned: PlannedSubscription;
  customer: EngagedCustomer;
  secrets: string[];
}

/** The campaign's accounts have test keys: the sandbox carrier works only with them. */
export async function engage(
  gluey: Gluey,
  api: Api,
  plan: Plan,
  customersSide: CustomersSide,
): Promise<Engaged> {
  const operator = operatorAt(gluey);
  const customers: EngagedCustomer[] = [];
  for (const planned of plan.customers) {
    const { account_number } = planned;
    await operator.createAccount(account_number, planned.role);
    customers.push({ account_number, key: await operator.createKey(account_number, "test"), planned });
  }
  const carriers: CarrierLine[] = [];
  for (let connection = 0; connection < plan.connections; connection++) {
    const account_numbers = plan.customers
      .filter((one) => one.connection === connection)
      .map((one) => one.account_number);
    if (account_numbers.length === 0) continue;
    const secret = randomBytes(18).toString("base64url");
    const { id, webhook_url } = await operator.createConnection({
      carrier_id: "sandbox",
      account_numbers,
      ways: { webhook: {} },
      credentials: { webhook_secret: secret },
    });
    if (webhook_url === null) throw new Error("The webhook connection has no address.");
    carriers.push({ connection_id: id, url: webhook_url, secret });
  }
  await customersSide.setPublicKeys(await api.publicKeys());
  const subscriptions: EngagedSubscription[] = [];
  for (const customer of customers) {
    for (const planned of customer.planned.subscriptions)
      subscriptions.push(await subscribe(api, customer, planned, customersSide));
    await api.register(customer, customer.planned.numbers);
  }
  return { customers, carriers, subscriptions };
}

async function subscribe(
  api: Api,
  customer: EngagedCustomer,
  planned: PlannedSubscription,
  customersSide: CustomersSide,
): Promise<EngagedSubscription> {
  const { endpoint, milestones, max_batch, behaviours } = planned;
  const filter = milestones === null ? {} : { milestones };
  const about = {
    endpoint,
    milestones,
    planned,
    customer,
    account_number: customer.account_number,
    cancelled: false,
  };
  if (planned.way === "sftp") {
    const { id } = await api.subscribe(customer, "sftp", {
      ...customersSide.sftpAccount(endpoint),
      ...filter,
    });
    return { ...about, id, secrets: [] };
  }
  const address = customersSide.addressOf(endpoint, behaviours[0]?.behaviour ?? "clean");
  const { id, secret = "" } = await api.subscribe(customer, "webhooks", {
    endpoint: address,
    max_batch,
    ...filter,
  });
  await customersSide.setSecrets(endpoint, [secret], 1);
  return { ...about, id, secrets: [secret] };
}
