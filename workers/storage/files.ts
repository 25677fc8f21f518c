import { z } from "zod";
import { jsonPieces } from "./json-rows.ts";

/** Files in carriers' folders, as the server listed them, and what became of each. */

export interface ListedFile {
  path: string;
  size: number;
  mtime_ms: number;
}

const FILE_STATES = ["seen", "reading", "kept", "moved", "failed"] as const;
export type FileState = (typeof FILE_STATES)[number];

export interface StoredFile extends ListedFile {
  state: FileState;
  document_id: string | null;
  /** When its state was last written. */
  updated_at: number;
}

const FileRow = z.object({
  path: z.string(),
  size: z.number(),
  mtime_ms: z.number(),
  state: z.enum(FILE_STATES),
  document_id: z.string().nullable(),
  updated_at: z.number(),
});

/**
 * What is stored of listed files, by path. Only of just these: a name that is written over every hour has a row for each
 * hour, and one of them counts.
 */
export async function storedFiles(
  control: D1Database,
  connection_id: string,
  files: readonly ListedFile[],
): Promise<Map<string, StoredFile>> {
  const known = new Map<string, StoredFile>();
  for (const piece of jsonPieces(files.map(({ path, size, mtime_ms }) => [path, size, mtime_ms]))) {
    const { results } = await control
      .prepare(
        `SELECT f.path, f.size, f.mtime_ms, f.state, f.document_id, f.updated_at
         FROM json_each(?2) AS p CROSS JOIN files f ON f.connection_id = ?1 AND f.path = p.value ->> 0
           AND f.size = p.value ->> 1 AND f.mtime_ms = p.value ->> 2`,
      )
      .bind(connection_id, piece)
      .all();
    for (const row of results) {
      const file = FileRow.parse(row);
      known.set(file.path, file);
    }
  }
  return known;
}

/** What became of a file, or `tried`: it could not be gone on with, and keeps its state (`seen`, if it had none). */
export interface FileMark {
  file: ListedFile;
  state: FileState | "tried";
}

/** Writes down what became of many files at once, in one statement for about a thousand of them. */
export async function markFiles(
  control: D1Database,
  connection_id: string,
  marks: readonly FileMark[],
  now: number,
): Promise<void> {
  const { tried = [], known = [] } = Object.groupBy(marks, ({ state }) =>
    state === "tried" ? "tried" : "known",
  );
  const rows = known.map(({ file, state }) => [file.path, file.size, file.mtime_ms, state]);
  await markAll(
    control,
    connection_id,
    rows,
    "state = excluded.state, updated_at = excluded.updated_at",
    now,
  );
  const seen = tried.map(({ file }) => [file.path, file.size, file.mtime_ms, "seen"]);
  await markAll(control, connection_id, seen, "updated_at = excluded.updated_at", now);
}

async function markAll(
  control: D1Database,
  connection_id: string,
  rows: readonly (readonly (string | number)[])[],
  change: string,
  now: number,
): Promise<void> {
  for (const piece of jsonPieces(rows)) {
    await control
      .prepare(
        `INSERT INTO files (connection_id, path, size, mtime_ms, state, sha256, document_id, updated_at)
         SELECT ?1, m.value ->> 0, m.value ->> 1, m.value ->> 2, m.value ->> 3, NULL, NULL, ?3 FROM json_each(?2) AS m WHERE true
         ON CONFLICT (connection_id, path, size, mtime_ms) DO UPDATE SET ${change}`,
      )
      .bind(connection_id, piece, now)
      .run();
  }
}

/** Writes down what became of a file. */
export async function markFile(
  control: D1Database,
  connection_id: string,
  file: ListedFile,
  mark: { state: FileState; sha256?: string; document_id?: string },
  now: number,
): Promise<void> {
  await control
    .prepare(
      `INSERT INTO files (connection_id, path, size, mtime_ms, state, sha256, document_id, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (connection_id, path, size, mtime_ms) DO UPDATE SET state = excluded.state, sha256 = coalesce(excluded.sha256, files.sha256),
         document_id = coalesce(excluded.document_id, files.document_id), updated_at = excluded.updated_at`,
    )
    .bind(
      connection_id,
      file.path,
      file.size,
      file.mtime_ms,
      mark.state,
      mark.sha256 ?? null,
      mark.document_id ?? null,
      now,
    )
    .run();
}

/** The document that already holds the same bytes, from this connection, under whatever name. */
export async function documentOfContent(
  control: D1Database,
  connection_id: string,
  sha256: string,
): Promise<string | null> {
  const row = await control
    .prepare(
      "SELECT document_id FROM files WHERE connection_id = ?1 AND sha256 = ?2 AND document_id IS NOT NULL LIMIT 1",
    )
    .bind(connection_id, sha256)
    .first<{ document_id: string }>();
  return row?.document_id ?? null;
}

// --- files too large to be read at once: in pieces, over several runs ---------------------------------------

export interface KeptPiece {
  piece: number;
  from_byte: number;
  document_id: string;
  /** What in it could not be read. */
  fault: string | null;
}

const key = (connection_id: string, file: ListedFile) =>
  [connection_id, file.path, file.size, file.mtime_ms] as const;
const HERE = "connection_id = ?1 AND path = ?2 AND size = ?3 AND mtime_ms = ?4";

/** JSON of the checkpoint that the last run left, or null. */
export async function checkpointOf(
  control: D1Database,
  connection_id: string,
  file: ListedFile,
): Promise<string | null> {
  const row = await control
    .prepare(`SELECT checkpoint FROM file_progress WHERE ${HERE}`)
    .bind(...key(connection_id, file))
    .first<{ checkpoint: string }>();
  return row?.checkpoint ?? null;
}

/** Writes down pieces whose documents are kept, and where to go on behind them, all at once. A run that was overtaken changes nothing. */
export async function keepProgress(
  control: D1Database,
  connection_id: string,
  file: ListedFile,
  progress: {
    state: "reading" | "kept";
    read_to: number;
    checkpoint: string;
    pieces: readonly KeptPiece[];
    /** Of the whole file; null before its end. */
    sha256: string | null;
  },
  now: number,
): Promise<void> {
  const { state, read_to, checkpoint, pieces, sha256 } = progress;
  const here = key(connection_id, file);
  await control.batch([
    control
      .prepare(
        `INSERT INTO file_pieces (connection_id, path, size, mtime_ms, piece, from_byte, document_id, fault)
         SELECT ?1, ?2, ?3, ?4, p.value ->> 'piece', p.value ->> 'from_byte', p.value ->> 'document_id', p.value ->> 'fault'
         FROM json_each(?5) AS p WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(...here, JSON.stringify(pieces)),
    control
      .prepare(
        `INSERT INTO file_progress (connection_id, path, size, mtime_ms, read_to, checkpoint, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (connection_id, path, size, mtime_ms) DO UPDATE SET read_to = excluded.read_to,
           checkpoint = excluded.checkpoint, updated_at = excluded.updated_at WHERE excluded.read_to >= file_progress.read_to`,
      )
      .bind(...here, read_to, checkpoint, now),
    control
      .prepare(
        `UPDATE files SET state = ?5, sha256 = ?6, updated_at = ?7 WHERE ${HERE} AND state IN ('seen', 'reading')`,
      )
      .bind(...here, state, sha256, now),
  ]);
}

const PieceRow = z.object({
  piece: z.number(),
  from_byte: z.number(),
  document_id: z.string(),
  fault: z.string().nullable(),
});

/** The pieces of a file that are documents, in the order of the file. */
export async function keptPieces(
  control: D1Database,
  connection_id: string,
  file: ListedFile,
): Promise<KeptPiece[]> {
  const { results } = await control
    .prepare(`SELECT piece, from_byte, document_id, fault FROM file_pieces WHERE ${HERE} ORDER BY piece`)
    .bind(...key(connection_id, file))
    .all();
  return results.map((row) => PieceRow.parse(row));
}

/** The file is out of the way: of its pieces only the documents stay. */
export async function forgetProgress(
  control: D1Database,
  connection_id: string,
  file: ListedFile,
): Promise<void> {
  const here = key(connection_id, file);
  await control.batch(
    ["file_pieces", "file_progress"].map((table) =>
      control.prepare(`DELETE FROM ${table} WHERE ${HERE}`).bind(...here),
    ),
  );
}

/** The same name has another size or time now: what was read of it before is not gone on with. */
export async function forgetOtherVersions(
  control: D1Database,
  connection_id: string,
  file: ListedFile,
): Promise<void> {
  const here = key(connection_id, file);
  const other = "connection_id = ?1 AND path = ?2 AND (size <> ?3 OR mtime_ms <> ?4)";
  await control.batch([
    ...["file_pieces", "file_progress"].map((table) =>
      control.prepare(`DELETE FROM ${table} WHERE ${other}`).bind(...here),
    ),
    control.prepare(`DELETE FROM files WHERE ${other} AND state IN ('seen', 'reading')`).bind(...here),
  ]);
}
