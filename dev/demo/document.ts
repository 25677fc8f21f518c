import { createHmac } from "node:crypto";
import { basename } from "node:path";
import { z } from "zod";
import type { Carrier, RawDocument, Remark } from "../../workers/carriers/carrier.ts";
import type { WayIn } from "./story.ts";

/** A carrier's document of somebody's own: by which way it would come, whom it speaks of, and how the carrier would send it. */
export interface OwnDocument {
  way: WayIn;
  /** Shipments to register, each with the parcels that the document names apart. */
  shipments: { carrier_tracking_id: string; parcels: string[] }[];
  remarks: Remark[];
}

/** Reads a document as Gluey would. Throws a sentence where the carrier has no way that it could come by. */
export function readOwnDocument(
  carrier: Carrier,
  body: Uint8Array,
  file_name: string,
  asked: readonly string[],
): OwnDocument {
  const way = wayOf(carrier, body);
  const document: RawDocument = {
    source: way,
    body,
    content_type: null,
    received_at: Date.now(),
    http_status: way === "poll" ? 200 : null,
    asked,
    file_name: way === "sftp" ? file_name : null,
  };
  const { shipments, remarks } = carrier.harmonize(document, { rules: carrier.rules });
  const byNumber = Map.groupBy(shipments, (one) => one.carrier_tracking_id);
  return {
    way,
    remarks,
    shipments: [...byNumber].map(([carrier_tracking_id, about]) => ({
      carrier_tracking_id,
      parcels: [
        ...new Set(
          about.flatMap(({ parcel_tracking_id: parcel }) =>
            parcel === null || parcel === carrier_tracking_id ? [] : [parcel],
          ),
        ),
      ],
    })),
  };
}

/** What the carrier itself says of the body; else the first way it has that needs no proof we can't give. */
function wayOf(carrier: Carrier, body: Uint8Array): WayIn {
  const has: Record<WayIn, boolean> = {
    webhook: carrier.webhook !== undefined && carrier.id in PROOFS,
    poll: carrier.poll !== undefined,
    sftp: carrier.sftp !== undefined,
  };
  const told = carrier.sourceOf?.(body);
  if (told !== undefined && told !== null && has[told]) return told;
  const order = ["webhook", "poll", "sftp"] as const;
  const way = order.find((one) => has[one]);
  if (way === undefined)
    throw new Error(`${carrier.name} has no way by which this demo could send a document.`);
  return way;
}

/** How a carrier proves that a push is its own: the connection's credentials, and the headers it then sends. */
export interface Proof {
  credentials: Record<string, string>;
  headers(body: Uint8Array, nowS: number): Record<string, string>;
}

const SECRET = "a-secret-of-the-demo-only";

const HEADER_OF_ONES_OWN: Proof = {
  credentials: { webhook_header_name: "x-demo-proof", webhook_header_value: SECRET },
  headers: () => ({ "x-demo-proof": SECRET }),
};

const PROOFS: Readonly<Record<string, Proof>> = {
  bring: HEADER_OF_ONES_OWN,
  dhl_universal: HEADER_OF_ONES_OWN,
  fedex: {
    credentials: { webhook_security_token: SECRET },
    headers: (body) => ({ "fdx-signature": createHmac("sha256", SECRET).update(body).digest("base64") }),
  },
  ups: {
    credentials: { webhook_credential: SECRET },
    headers: () => ({ credential: SECRET }),
  },
  sandbox: {
    credentials: { webhook_secret: SECRET },
    headers: (body, nowS) => {
      const proof = createHmac("sha256", SECRET).update(`${nowS}.`).update(body).digest("hex");
      return { "x-sandbox-signature": `t=${nowS},v1=${proof}` };
    },
  },
};

/** The proof of a carrier's pushes; throws for a carrier that none is known of. */
export function proofOf(carrier: Carrier): Proof {
  const proof = PROOFS[carrier.id];
  if (proof === undefined) throw new Error(`Nobody knows how ${carrier.name} proves its pushes here.`);
  return proof;
}

/** Something for each credential that the carrier's API asks for: the stub that stands for it lets everybody in. */
export function anyCredentials(carrier: Carrier): Record<string, string> {
  const schema = carrier.poll?.credentials;
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return Object.fromEntries(names.map((name) => [name, SECRET]));
}

/** The file's own name where the carrier's folder takes it, else one that it takes. */
export function fileNameFor(carrier: Carrier, path: string): string {
  const name = basename(path);
  const fits = (candidate: string) => carrier.sftp?.files.test(candidate) ?? false;
  const found = [name, ...[".edi", ".txt", ".xml", ".json", ".csv"].map((ending) => `${name}${ending}`)].find(
    fits,
  );
  if (found === undefined) throw new Error(`${carrier.name} takes no file of a name like ${name}.`);
  return found;
}
