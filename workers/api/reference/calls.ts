/** The name of each call, by which generated clients have it: an `operationId`. */
export const CALL_NAMES: Readonly<Record<string, string>> = {
  "post /shipments": "createShipment",
  "get /shipments": "listShipments",
  "post /shipments/batch": "createShipments",
  "get /shipments/{id}": "getShipment",
  "delete /shipments/{id}": "stopTracking",
  "get /shipments/{id}/track": "trackShipment",
  "post /track": "trackShipments",
  "get /accounts/{account_number}/events": "listEvents",
  "get /accounts/{account_number}/deliveries": "listDeliveries",
  "post /accounts/{account_number}/deliveries/{id}/redeliver": "redeliver",
  "post /accounts/{account_number}/redeliver": "redeliverWindow",
  "get /accounts/{account_number}/sftp/tracking/files": "listTrackingFiles",
  "get /admin/files": "listAllTrackingFiles",
  "get /accounts/{account_number}/branding": "getBranding",
  "put /accounts/{account_number}/branding": "setBranding",
  "delete /accounts/{account_number}/branding": "removeBranding",
  "post /admin/accounts": "createAccount",
  "get /admin/accounts": "listAccounts",
  "get /admin/accounts/{account_number}": "getAccount",
  "post /admin/accounts/{account_number}/move": "moveAccount",
  "get /admin/accounts/{account_number}/move": "getAccountMove",
  "delete /admin/accounts/{account_number}/move": "cancelAccountMove",
  "get /admin/shards": "listShards",
  "post /admin/accounts/{account_number}/keys": "createKey",
  "get /admin/accounts/{account_number}/keys": "listKeys",
  "delete /admin/accounts/{account_number}/keys/{id}": "revokeKey",
  "post /admin/connections": "createConnection",
  "get /admin/connections": "listConnections",
  "get /admin/connections/{id}": "getConnection",
  "patch /admin/connections/{id}": "changeConnection",
  "delete /admin/connections/{id}": "deleteConnection",
  "post /admin/connections/{id}/test": "testConnection",
  "get /admin/connections/{id}/lanes": "listLanes",
  "put /admin/connections/{id}/lanes": "addLanes",
  "get /admin/unmapped": "listUnmapped",
  "post /admin/mappings/dry-run": "tryMapping",
  "post /admin/mappings": "applyMapping",
  "get /admin/mappings": "listMappings",
  "delete /admin/mappings/{id}": "takeMappingBack",
  "get /admin/documents": "listDocuments",
  "get /admin/documents/{id}": "getDocument",
  "get /admin/documents/{id}/body": "getDocumentBody",
  "post /admin/documents/{id}/read-again": "readDocumentAgain",
  "get /admin/dead-letters": "listDeadLetters",
  "post /admin/dead-letters/{id}/retry": "retryDeadLetter",
  "delete /admin/dead-letters/{id}": "dropDeadLetter",
  "get /admin/health": "getHealth",
  "get /admin/connections/{id}/history": "getConnectionHistory",
  "get /healthz": "isAlive",
  "get /.well-known/webhook-keys.json": "getWebhookKeys",
  "post /carriers/{carrier_id}/webhook/{connection_id}": "receivePush",
  "post /carriers/{carrier_id}/webhook/{connection_id}/token": "issuePushToken",
  ...subscriptionCalls("webhooks", "Webhook"),
  ...subscriptionCalls("sftp", "Sftp"),
};

function subscriptionCalls(prefix: string, kind: string): Record<string, string> {
  const all = `/accounts/{account_number}/${prefix}/tracking/subscriptions`;
  const one = `${all}/{id}`;
  return {
    [`post ${all}`]: `create${kind}Subscription`,
    [`get ${all}`]: `list${kind}Subscriptions`,
    [`delete ${all}`]: `deleteOnly${kind}Subscription`,
    [`get ${one}`]: `get${kind}Subscription`,
    [`patch ${one}`]: `change${kind}Subscription`,
    [`delete ${one}`]: `delete${kind}Subscription`,
    [`post ${one}/rotate`]: `rotate${kind}Secret`,
    [`post ${one}/probe`]: `probe${kind}Receiver`,
    [`post ${one}/test`]: `test${kind}Subscription`,
    [`post ${one}/resume`]: `resume${kind}Subscription`,
  };
}

/** What each group of calls is for. */
export const GROUPS: readonly { name: string; description: string }[] = [
  { name: "Shipments", description: "Put shipments under tracking, read how they stand, stop." },
  {
    name: "Tracking",
    description: "Ask for timelines, one or a hundred at once, or read the feed of all events.",
  },
  { name: "Webhook subscriptions", description: "Have events posted to your endpoint, signed." },
  { name: "sFTP subscriptions", description: "Have events written as files to your server." },
  { name: "Deliveries", description: "What was sent when, what came back, and sending it again." },
  {
    name: "Tracking page",
    description: "How the page looks that your recipients see; its address is a shipment's tracking_url.",
  },
  { name: "Carriers", description: "Where carriers post to." },
  {
    name: "Operator",
    description: "Accounts, keys, connections, mappings, documents, health. With the operator's token.",
  },
  { name: "Public", description: "Needs no key." },
];

/** What can go wrong with a call, by status; which of them it can answer is worked out from its shape. */
export const FAULTS: Readonly<Record<number, string>> = {
  400: "The body is not JSON, or a header is malformed.",
  401: "No key, or one that is not valid (any more).",
  403: "The path names another account than the key's.",
  404: "There is no such thing, or it is another account's.",
  409: "It contradicts what is there: a key used again with another body, or more than one to choose from.",
  413: "The body is larger than the limit: 1 MiB, a batch 5 MiB, a carrier's webhook 10 MiB.",
  415: "The body is not application/json.",
  422: "A field is missing or not valid; errors names it.",
  429: "Too often: 600 requests a minute a key. Retry-After says when to come back.",
  503: "Busy for a moment. Retry-After says when to come back; creations are safe to repeat with an Idempotency-Key.",
};

/** Faults of a call that stand for more than usual; by its name. */
export const OWN_FAULTS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  createShipment: { 422: "A field is not valid, or several carriers fit the number: errors lists them." },
  deleteOnlyWebhookSubscription: { 409: "There are several: delete one by its id." },
  deleteOnlySftpSubscription: { 409: "There are several: delete one by its id." },
  receivePush: {
    401: "The push does not verify; nothing of it is kept.",
    404: "There is no such connection, or it has no webhook.",
    413: "Larger than 10 MiB.",
    422: "Not even well-formed JSON or XML.",
    503: "Could not be held durably; send it again.",
  },
};
