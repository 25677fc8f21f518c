import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deserialize } from "node:v8";
import { z } from "zod";

/** What the inboxes have on the disk, read while nobody runs: how far each had come when it was killed. */
export interface StoredInbox {
  connection_id: string;
  lane: number;
  /** Ids of all documents. */
  documents: string[];
  /** Accepted, and not processed or not in every timeline yet. */
  unprocessed: number;
  /** Documents whose bodies are in the archive. */
  archived: number;
}

const Named = z.object({ value: z.instanceof(Uint8Array) });
const Name = z.string().regex(/^con_\w+\/\d+$/u);
const Progress = z.object({ value: z.string() });
const Mark = z.object({ mark: z.string() });
const Row = z.object({ key: z.string(), state: z.string(), archive: z.string().nullable() });

/** Reads a copy: opening a database that was killed recovers its log, which is the next start's to do. */
export function inboxesIn(folder: string): StoredInbox[] {
  const copy = mkdtempSync(join(tmpdir(), "gluey-inboxes-"));
  try {
    cpSync(folder, copy, { recursive: true });
    return readdirSync(copy)
      .filter((name) => /^[0-9a-f]+\.sqlite$/u.test(name))
      .flatMap((name) => inboxIn(join(copy, name)));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function inboxIn(path: string): StoredInbox[] {
  const db = new DatabaseSync(path);
  try {
    // One that was killed in its first moment has no rows yet.
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'documents'").get() === undefined) return [];
    const named = db.prepare("SELECT value FROM _cf_KV WHERE key = 'name'").get();
    if (named === undefined) return [];
    const [connection_id = "", lane = ""] = Name.parse(deserialize(Named.parse(named).value)).split("/");
    const progress = db.prepare("SELECT value FROM facts WHERE name = 'progress'").get();
    const mark = progress === undefined ? "" : Mark.parse(JSON.parse(Progress.parse(progress).value)).mark;
    const rows = z
      .array(Row)
      .parse(db.prepare("SELECT key, state, archive FROM documents ORDER BY key").all());
    return [
      {
        connection_id,
        lane: Number(lane),
        documents: rows.map(({ key }) => `doc_${key}_${connection_id.slice("con_".length)}_${lane}`),
        unprocessed: rows.filter(({ key, state }) => key > mark || state === "postponed").length,
        archived: rows.filter(({ archive }) => archive !== null).length,
      },
    ];
  } finally {
    db.close();
  }
}
