import type { Remark } from "../carriers/carrier.ts";
import type { InboxCalls } from "../context.ts";
import type { DocumentState } from "../inbox/views.ts";
import { type ListedFile, type StoredFile, storedFiles } from "../storage/files.ts";
import { describeDocuments } from "./documents.ts";

/** What we know of a file in a carrier's folder, with what became of its document. */
export interface KnownFile extends StoredFile {
  /** Null where the document is gone (older than 30 days) or there is none. */
  document_state: DocumentState | null;
  remarks: readonly Remark[];
}

/** Of listed files, by path. What became of a document is asked for files that are not moved yet. */
export async function knownFiles(
  ctx: { control: D1Database; inboxOf(connection_id: string, lane: number): InboxCalls },
  connection_id: string,
  files: readonly ListedFile[],
): Promise<Map<string, KnownFile>> {
  const stored = await storedFiles(ctx.control, connection_id, files);
  const ids = [...stored.values()].flatMap(({ state, document_id }) =>
    state === "moved" || document_id === null ? [] : [document_id],
  );
  const documents = await describeDocuments(ctx, ids);
  return new Map(
    [...stored].map(([path, file]) => {
      const document = file.document_id === null ? undefined : documents.get(file.document_id);
      return [path, { ...file, document_state: document?.state ?? null, remarks: document?.remarks ?? [] }];
    }),
  );
}
