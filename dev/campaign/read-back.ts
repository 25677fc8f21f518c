import { createHash } from "node:crypto";
import { apiOfDocuments } from "./api.ts";
import type { Stage } from "./stage.ts";

/** At the end: every document that was accepted is there, byte for byte, wherever its body lies by now. */
export interface ReadBack {
  documents: number;
  /** Documents whose bodies are in the archive. */
  archived: number;
  /** Inboxes that hold documents, and how many connections they belong to. */
  lanes: number;
  connections: number;
  /** Pushes that were answered 503. */
  refused_full: number;
  unprocessed: number;
  /** Accepted, and not there; a body that nobody sent. */
  missing: number;
  damaged: number;
}

const AT_ONCE = 6;

/** Kills the Worker once more to see what there is, and reads all of it through the API. */
export async function readBack(stage: Stage): Promise<ReadBack> {
  const { carriers, gluey, options } = stage;
  await gluey.kill(false);
  const inboxes = gluey.inboxes().filter(({ documents }) => documents.length > 0);
  await gluey.start();
  const ids = inboxes.flatMap(({ documents }) => documents);
  options.say(`Reading ${ids.length} documents back …`);
  const found = new Map<string, number>();
  const body = apiOfDocuments(gluey.url, gluey.admin_token);
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    for (const bytes of await Promise.all(ids.slice(at, at + AT_ONCE).map(body))) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      found.set(sha256, (found.get(sha256) ?? 0) + 1);
    }
  }
  const lines = await stage.lines();
  const stored = new Map<string, number>();
  for (const line of lines)
    if (line.kind === "stored") stored.set(line.sha256, (stored.get(line.sha256) ?? 0) + 1);
  const sum = (of: (inbox: (typeof inboxes)[number]) => number) =>
    inboxes.reduce((total, inbox) => total + of(inbox), 0);
  return {
    documents: ids.length,
    archived: sum(({ archived }) => archived),
    lanes: inboxes.length,
    connections: new Set(inboxes.map(({ connection_id }) => connection_id)).size,
    refused_full: lines.filter(({ kind }) => kind === "full").length,
    unprocessed: sum(({ unprocessed }) => unprocessed),
    // More than were accepted may be there: an answer that a kill cut off is sent again.
    missing: [...stored].reduce(
      (total, [sha256, times]) => total + Math.max(0, times - (found.get(sha256) ?? 0)),
      0,
    ),
    damaged: [...found].reduce(
      (total, [sha256, times]) => total + (carriers.sent.has(sha256) ? 0 : times),
      0,
    ),
  };
}
