/**
 * Bodies of documents that are done, many in one object of R2: a fiftieth of D1's price, and none of its 10 GB. The
 * row stays in D1 and says where its body lies. An object's name begins with its first document's id, so that objects
 * sort by age, and ends with its last one's.
 */

/** Where a body lies: `object#from+length`. */
const PLACE = /^(?<object>[^#]+)#(?<from>\d+)\+(?<length>\d+)$/u;

/** All objects' names begin with this: whoever shares the bucket sees whose they are. */
const PREFIX = "documents/";

/**
 * The name of the object that holds the bodies of some documents, in this order. It follows from all of them: two ticks
 * that choose otherwise between the same two must not write over each other's object, in which others lie elsewhere.
 */
export async function objectOf(ids: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(ids.join(" ")));
  const mark = Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  return `${PREFIX}${ids[0]}-${mark}-${ids.at(-1)}`;
}

/** Where in an object a body lies; what `loadArchived` takes. */
export const placeIn = (object: string, from: number, length: number): string =>
  `${object}#${from}+${length}`;

/** A body that was put away. Throws where its object is gone, or where no bucket is bound any more. */
export async function loadArchived(bucket: R2Bucket | null, place: string): Promise<Uint8Array> {
  const { object = "", from = "0", length = "0" } = PLACE.exec(place)?.groups ?? {};
  if (bucket === null)
    throw new Error(`The body lies in R2 (${object}), and no bucket is bound as ARCHIVE: bind it again.`);
  const found = await bucket.get(object, { range: { offset: Number(from), length: Number(length) } });
  if (found === null) throw new Error(`R2 has no object ${object}: the body is lost.`);
  return new Uint8Array(await found.arrayBuffer());
}

const OBJECTS_PER_STEP = 100;

/** Deletes objects whose last document is older than `before`; returns how many. They are listed by age. */
export async function forgetArchived(bucket: R2Bucket, before: string): Promise<number> {
  const { objects } = await bucket.list({ prefix: PREFIX, limit: OBJECTS_PER_STEP });
  const old = objects.map(({ key }) => key).filter((key) => (key.split("-").at(-1) ?? "") < before);
  if (old.length > 0) await bucket.delete(old);
  return old.length;
}
