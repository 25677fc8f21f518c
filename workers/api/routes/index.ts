import type { Api } from "../api-env.ts";
import { accountsCreate } from "./accounts-create.ts";
import { accountsRead } from "./accounts-read.ts";
import { connectionsCreate } from "./connections-create.ts";
import { keysCreate } from "./keys-create.ts";
import { sftpSubscriptions } from "./sftp-subscriptions.ts";
import { shipmentsBatch } from "./shipments-batch.ts";
import { shipmentsCreate } from "./shipments-create.ts";
import { shipmentsRead } from "./shipments-read.ts";
import { track } from "./track.ts";
import { webhookSubscriptions } from "./webhook-subscriptions.ts";

/** Every route, in the order in which /openapi.json lists them. A new route is a file and a line. */
export const routes: readonly ((api: Api) => unknown)[] = [
  shipmentsCreate,
  shipmentsBatch,
  shipmentsRead,
  track,
  webhookSubscriptions,
  sftpSubscriptions,
  accountsCreate,
  accountsRead,
  keysCreate,
  connectionsCreate,
];
