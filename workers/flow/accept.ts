import type { Context } from "../context.ts";
import type { Acceptance, NewDocument } from "../inbox/views.ts";
import { isOwnFault } from "../observe/database-fault.ts";
import { reasonOf } from "./log.ts";

/** The one way in for documents: an inbox of the connection stores them, whichever channel they came by. */

export interface Entrance {
  connection_id: string;
  /** How many inboxes the connection has, as far as the caller knows. */
  lanes: number;
  /** The version of the connection by which the document was verified; null where nothing had to be. */
  version: number | null;
}

/** Lanes that are tried where one is full. */
const TRIED = 3;

/** Stores a document in one of the connection's inboxes, drawn at random; in another where that is full. */
export async function accept(
  ctx: Context,
  { connection_id, lanes, version }: Entrance,
  document: NewDocument,
): Promise<Acceptance> {
  const first = Math.floor(Math.random() * lanes);
  let answer: Acceptance = { kind: "full" };
  for (let tried = 0; tried < Math.min(TRIED, lanes) && answer.kind === "full"; tried++)
    answer = await ctx.inboxOf(connection_id, (first + tried) % lanes).accept(version, document);
  return answer;
}

/** What we fetched could not be stored, for a reason on our side: whoever sent it is not to blame, and it is fetched again. */
export class NotStored extends Error {
  override readonly name = "NotStored";
}

/** Stores what we fetched ourselves and returns its id. Throws `NotStored` where that is not possible now. */
export async function acceptFetched(
  ctx: Context,
  entrance: Omit<Entrance, "version">,
  document: NewDocument,
): Promise<string> {
  const answer = await accept(ctx, { ...entrance, version: null }, document).catch((error: unknown) => {
    if (isOwnFault(error)) throw error;
    throw new NotStored(`The connection's inbox can't be reached: ${reasonOf(error)}`);
  });
  if (answer.kind === "accepted") return answer.id;
  throw new NotStored(
    answer.kind === "full"
      ? "The connection's inboxes are full: too many documents wait to be processed."
      : "The connection was deleted meanwhile.",
  );
}
