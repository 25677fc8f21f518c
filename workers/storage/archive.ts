/** Bodies of processed documents, many in one object of R2. The row stays in the inbox and says where its body is. */

/** Where a body lies: `object#from+length`. */
const PLACE = /^(?<object>[^#]+)#(?<from>\d+)\+(?<length>\d+)$/u;

/** Where in an object a body lies; what `loadArchived` takes. */
export const placeIn = (object: string, from: number, length: number): string =>
  `${object}#${from}+${length}`;

/** A body was put away and is there no more. */
export class BodyLost extends Error {
  override readonly name = "BodyLost";
}

/** A body that was put away. Throws `BodyLost` where its object is gone; another error where that can't be known now. */
export async function loadArchived(bucket: R2Bucket | null, place: string): Promise<Uint8Array> {
  const { object = "", from = "0", length = "0" } = PLACE.exec(place)?.groups ?? {};
  if (bucket === null)
    throw new Error(`The body lies in R2 (${object}), and no bucket is bound as ARCHIVE: bind it again.`);
  const found = await bucket.get(object, { range: { offset: Number(from), length: Number(length) } });
  if (found === null) throw new BodyLost(`R2 has no object ${object}: the body is lost.`);
  return new Uint8Array(await found.arrayBuffer());
}
