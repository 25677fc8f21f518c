import type { Gluey } from "./stage.ts";

/**
 * What the bench asks of parts that the product does not have yet. Whoever builds lanes fills these three in; the table's
 * rows and the page's words are there already.
 */

/** True once a connection may have several lanes: the rows of `LANES` are measured then. */
export const PRODUCT_HAS_LANES = false;

/** The numbers of lanes that are measured beside each other. */
export const LANES = [1, 4, 8];

/** Gives a connection so many lanes; resolves once pushes are spread over them. Today there are none. */
export async function setLanes(_stage: Gluey, _connection_id: string, _lanes: number): Promise<void> {}

/** What appends there were, and how many lost a compare-and-set, since the Worker started. Null: the product does not count them. */
export async function appendsOf(_stage: Gluey): Promise<{ appends: number; conflicts: number } | null> {
  return null;
}
