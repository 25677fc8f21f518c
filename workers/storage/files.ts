import { z } from "zod";

/** Files in carriers' folders, as the server listed them, and what became of each. */

export interface ListedFile {
  path: string;
  size: number;
  mtime_ms: number;
}

export type FileState = "seen" | "kept" | "moved" | "failed";

export interface KnownFile extends ListedFile {
  state: FileState;
  document_id: string | null;
  /** What became of its document: null where it is gone (older than 30 days) or there is none. */
  document_state: "accepted" | "done" | "unreadable" | null;
  /** JSON of the document's remarks. */
  remarks: string | null;
}

const FileRow = z.object({
  path: z.string(),
  size: z.number(),
  mtime_ms: z.number(),
  state: z.enum(["seen", "kept", "moved", "failed"]),
  document_id: z.string().nullable(),
  document_state: z.enum(["accepted", "done", "unreadable"]).nullable(),
  remarks: z.string().nullable(),
});

/** What we know of some listed paths, by path. Several rows of one path: the same name with other content. */
export async function knownFiles(
  control: D1Database,
  connection_id: string,
  paths: readonly string[],
): Promise<KnownFile[]> {
  const { results } = await control
    .prepare(
      `SELECT f.path, f.size, f.mtime_ms, f.state, f.document_id, d.state AS document_state, d.remarks
       FROM json_each(?2) AS p CROSS JOIN files f ON f.connection_id = ?1 AND f.path = p.value
       LEFT JOIN documents d ON d.id = f.document_id`,
    )
    .bind(connection_id, JSON.stringify(paths))
    .all();
  return results.map((row) => FileRow.parse(row));
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
