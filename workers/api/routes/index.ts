import type { Api } from "../api-env.ts";
import { accountMove } from "./account-move.ts";
import { accountsCreate } from "./accounts-create.ts";
import { accountsRead } from "./accounts-read.ts";
import { branding } from "./branding.ts";
import { connectionsChange } from "./connections-change.ts";
import { connectionsCreate } from "./connections-create.ts";
import { connectionsLanes } from "./connections-lanes.ts";
import { connectionsTest } from "./connections-test.ts";
import { deadLetters } from "./dead-letters.ts";
import { deliveries } from "./deliveries.ts";
import { documents } from "./documents.ts";
import { feedRead } from "./feed-read.ts";
import { healthRead } from "./health-read.ts";
import { keysCreate } from "./keys-create.ts";
import { keysRead } from "./keys-read.ts";
import { mappings } from "./mappings.ts";
import { publicRoutes } from "./public.ts";
import { sftpSubscriptions } from "./sftp-subscriptions.ts";
import { shipmentsBatch } from "./shipments-batch.ts";
import { shipmentsCreate } from "./shipments-create.ts";
import { shipmentsRead } from "./shipments-read.ts";
import { track } from "./track.ts";
import { trackingFiles } from "./tracking-files.ts";
import { unmappedList } from "./unmapped-list.ts";
import { webhookSubscriptions } from "./webhook-subscriptions.ts";

/** Every route, in the order in which /openapi.json lists them. A new route is a file and a line. */
export const routes: readonly ((api: Api) => unknown)[] = [
  shipmentsCreate,
  shipmentsBatch,
  shipmentsRead,
  track,
  feedRead,
  webhookSubscriptions,
  sftpSubscriptions,
  trackingFiles,
  deliveries,
  branding,
  accountsCreate,
  accountsRead,
  accountMove,
  keysCreate,
  keysRead,
  connectionsCreate,
  connectionsChange,
  connectionsTest,
  connectionsLanes,
  unmappedList,
  mappings,
  documents,
  deadLetters,
  healthRead,
  publicRoutes,
];
