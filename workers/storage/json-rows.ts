/**
 * Rows for set-based statements: a statement takes many rows as one JSON text and reads them with `json_each`. D1 binds at
 * most 2 MB of text, so long lists go in pieces.
 */

/** Characters of one bound text: at three bytes each still below D1's limit. */
const TEXT_MAX = 500_000;

/** JSON arrays that together hold all rows, in order; one row alone may exceed the length. None for no rows. */
export function jsonPieces(rows: readonly unknown[]): string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (piece.length > 0 && length + text.length > TEXT_MAX) {
      pieces.push(`[${piece.join(",")}]`);
      piece = [];
      length = 0;
    }
    piece.push(text);
    length += text.length + 1;
  }
  if (piece.length > 0) pieces.push(`[${piece.join(",")}]`);
  return pieces;
}
