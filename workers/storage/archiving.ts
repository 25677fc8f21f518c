import { z } from "zod";
import { objectOf, placeIn } from "./archive.ts";
import { loadBody } from "./documents.ts";

/** Moves bodies of documents from D1 to R2. */

/** An object holds this much and a document more; R2 is paid by the object, memory is not endless. */
const OBJECT_BYTES = 4 * 1024 * 1024;
const DOCUMENTS_PER_OBJECT = 500;

const Row = z.object({ id: z.string(), state: z.string(), size: z.number(), archive: z.string().nullable() });

/** What one step did: how many bodies it put away, and up to which document it has come. */
export interface Archived {
  bodies: number;
  upto: string;
}

/**
 * Puts the bodies of done documents with ids between `after` and `before` away, as many as one object takes. A crash
 * between the object and the rows leaves an object that the next step writes again; a document that somebody set back
 * meanwhile keeps its body in D1.
 */
export async function archiveStep(
  db: D1Database,
  bucket: R2Bucket,
  after: string,
  before: string,
): Promise<Archived | null> {
  const { results } = await db
    .prepare("SELECT id, state, size, archive FROM documents WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3")
    .bind(after, before, DOCUMENTS_PER_OBJECT)
    .all();
  const chosen: z.infer<typeof Row>[] = [];
  let upto: string | null = null;
  let bytes = 0;
  for (const row of results.map((result) => Row.parse(result))) {
    const goes = row.state === "done" && row.archive === null && row.size > 0;
    if (goes && chosen.length > 0 && bytes + row.size > OBJECT_BYTES) break;
    upto = row.id;
    if (!goes) continue;
    chosen.push(row);
    bytes += row.size;
  }
  if (upto === null) return null;
  if (chosen.length === 0) return { bodies: 0, upto };
  const object = await objectOf(chosen.map(({ id }) => id));
  const whole = new Uint8Array(bytes);
  const places: [id: string, place: string][] = [];
  let from = 0;
  for (const { id, size } of chosen) {
    whole.set(await loadBody(db, id, size), from);
    places.push([id, placeIn(object, from, size)]);
    from += size;
  }
  await bucket.put(object, whole);
  await db.batch([
    db
      .prepare(
        `UPDATE documents SET body = NULL, archive = j.value ->> 1 FROM json_each(?1) AS j
         WHERE documents.id = j.value ->> 0 AND documents.state = 'done' AND documents.archive IS NULL`,
      )
      .bind(JSON.stringify(places)),
    db
      .prepare(
        `DELETE FROM document_pieces WHERE document_id IN (
           SELECT d.id FROM json_each(?1) j CROSS JOIN documents d ON d.id = j.value ->> 0 WHERE d.archive IS NOT NULL)`,
      )
      .bind(JSON.stringify(places)),
  ]);
  return { bodies: chosen.length, upto };
}
