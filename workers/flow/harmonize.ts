import type { Carrier, Harmonized, HarmonizedShipment } from "../carriers/carrier.ts";
import { inFollowedForm } from "../carriers/detection.ts";
import { findCarrier } from "../carriers/registry.ts";
import { withRules } from "../carriers/rules.ts";
import type { Context } from "../context.ts";
import type { Post } from "../domain/append.ts";
import { checkedPhoto } from "../domain/photo.ts";
import { addedRules, type Follower, followersOf, keepUntracked } from "../storage/directory.ts";
import {
  beginRun,
  countFailure,
  giveUp,
  loadDocument,
  needsRun,
  type StoredDocument,
} from "../storage/documents.ts";
import { AccountMoving } from "../storage/residency.ts";
import { autoRegister } from "./auto-register.ts";
import { log, reasonOf } from "./log.ts";
import { POSTS_MAX_BYTES, type PostMessage } from "./messages.ts";

/** Step 2: a raw document → events with Gluey's codes → posts to Gluey AI (step 3). May run any number of times. */

/** Reads a document and posts what it says. Throws only for what another try may mend. */
export async function harmonizeDocument(ctx: Context, document_id: string): Promise<void> {
  const document = await loadDocument(ctx.control, ctx.archive, document_id);
  if (document === null || document.state !== "accepted") return;
  try {
    await harmonize(ctx, document);
  } catch (error) {
    // Nothing is wrong with the document: its account is between two databases for a moment.
    if (error instanceof AccountMoving) throw error;
    const { failures, given_up } = await countFailure(ctx.control, document_id, reasonOf(error));
    log("document.failed", { document_id, failures, given_up, why: reasonOf(error) });
    if (given_up) count(ctx, document, true);
    if (!given_up) throw error;
  }
}

async function harmonize(ctx: Context, document: StoredDocument): Promise<void> {
  const carrier = findCarrier(document.carrier_id);
  if (carrier === null) {
    await giveUp(ctx.control, document.id, `No carrier "${document.carrier_id}" is built in any more.`);
    count(ctx, document, true);
    return;
  }
  const rules = withRules(carrier.rules, await addedRules(ctx.control, carrier.id));
  const told = carrier.harmonize(document, { rules });
  const read = { ...told, shipments: told.shipments.map((shipment) => inFollowedForm(carrier, shipment)) };
  const followers = await followed(ctx, carrier, document, read);
  const messages = cutMessages(document, postsOf(document, read, followers));
  const unreadable =
    read.shipments.length === 0 && read.remarks.some((remark) => remark.kind === "unreadable");
  const run = { number: document.runs + 1, parts: messages.length, remarks: read.remarks };
  const large = messages.filter((message) => !fitsMessage(message));
  const begun = needsRun(run) || large.length > 0;
  if (begun && !(await beginRun(ctx.control, document.id, { ...run, unreadable, now: ctx.now() }))) return;
  // Only by now is the run's number its own: rows of another that was broken off must not be taken for these.
  await keepLargePosts(ctx, large);
  // Finished by that; else its last post finishes it, and counts it.
  if (messages.length === 0) count(ctx, document, unreadable);
  for (const message of messages) {
    await ctx.queues.events.send({ ...message, begun, posts: fitsMessage(message) ? message.posts : null });
  }
  log("document.harmonized", {
    document_id: document.id,
    carrier_id: carrier.id,
    source: document.source,
    shipments: read.shipments.length,
    posts: messages.length,
    remarks: read.remarks.length,
    unreadable,
  });
}

/** Counts a document that is finished without a post. What is read again for the operator's sake has not come again. */
function count(ctx: Context, document: StoredDocument, unreadable: boolean): void {
  if (document.reread) return;
  const { source: way, carrier_id } = document;
  ctx.tally.add({ kind: "in", way, at: ctx.now(), total: 1, failed: unreadable ? 1 : 0, carrier_id });
}

/**
 * Who follows the numbers of a document. Numbers that nobody follows are kept for whoever registers them, or are
 * registered here, where the connection is one account's and says so.
 */
async function followed(
  ctx: Context,
  carrier: Carrier,
  document: StoredDocument,
  read: Harmonized,
): Promise<Follower[]> {
  const numbers = [...new Set(read.shipments.flatMap(numbersOf))];
  const followers = await followersOf(ctx.control, document.connection_id, numbers);
  const known = new Set(followers.map((follower) => follower.carrier_number));
  const unknown = read.shipments.filter(
    (shipment) => !numbersOf(shipment).some((number) => known.has(number)),
  );
  if (unknown.length === 0 || document.source === "poll") return followers;
  const registered = await autoRegister(ctx, carrier, document.connection_id, unknown);
  if (registered) return followersOf(ctx.control, document.connection_id, numbers);
  await keepUntracked(ctx.control, document.connection_id, document.id, [
    ...new Set(unknown.flatMap(numbersOf)),
  ]);
  // Again, after the note is there: whoever registered in between found no note, and must be found here instead.
  return followersOf(ctx.control, document.connection_id, numbers);
}

/** All numbers by which a carrier's news may be followed, the parcel's first, one that was replaced last. */
export function numbersOf(shipment: HarmonizedShipment): string[] {
  const numbers = [
    shipment.parcel_tracking_id,
    shipment.carrier_tracking_id,
    ...shipment.other_ids,
    shipment.carrier_tracking_update?.replaced_tracking_id ?? null,
  ];
  return [...new Set(numbers.filter((number): number is string => number !== null && number !== ""))];
}

/** One post for each follower and each shipment of the document, the news of one parcel gathered. */
function postsOf(
  document: StoredDocument,
  read: Harmonized,
  followers: readonly Follower[],
): { tenant_id: string; post: Post }[] {
  const byNumber = Map.groupBy(followers, (follower) => follower.carrier_number);
  const posts = new Map<string, { tenant_id: string; post: Post }>();
  for (const shipment of read.shipments) {
    const following = Map.groupBy(
      numbersOf(shipment).flatMap((number) => byNumber.get(number) ?? []),
      (follower) => follower.shipment_id,
    );
    for (const [shipment_id, rows] of following) {
      const { parcel_number, parcel_id } = parcelOf(shipment, rows);
      const tenant_id = rows[0]?.tenant_id;
      if (tenant_id === undefined) continue;
      const key = `${shipment_id}\u0000${parcel_number}`;
      const post = posts.get(key)?.post ?? {
        shipment_id,
        parcel_number,
        parcel_id,
        source: document.source,
        document_id: document.id,
        reread: document.reread,
        events: [],
        eta: null,
        carrier_tracking_update: null,
      };
      post.events.push(...shipment.events.map((event) => ({ ...event, other: checkedPhoto(event.other) })));
      post.eta = shipment.eta ?? post.eta;
      post.carrier_tracking_update = shipment.carrier_tracking_update ?? post.carrier_tracking_update;
      posts.set(key, { tenant_id, post });
    }
  }
  return [...posts.values()];
}

/**
 * Which of a follower's parcels the news is about; none for the whole shipment. A parcel nobody registered is one first
 * seen at the carrier, unless it has its number in place of one that is the shipment's.
 */
function parcelOf(
  shipment: HarmonizedShipment,
  rows: readonly Follower[],
): Pick<Post, "parcel_number" | "parcel_id"> {
  const registered = rows.find((row) => row.parcel_id !== "");
  if (registered !== undefined)
    return { parcel_number: registered.carrier_number, parcel_id: registered.parcel_id };
  const { parcel_tracking_id: parcel, carrier_tracking_update: step } = shipment;
  const before = step?.new_carrier_tracking_id === parcel ? step?.replaced_tracking_id : null;
  const whole = rows.some(({ carrier_number: number }) => number === parcel || number === before);
  return { parcel_number: parcel === null || whole ? "" : parcel, parcel_id: null };
}

/** Posts of one tenant a message, as many as fit; a post larger than that is cut between its events. */
function cutMessages(
  document: StoredDocument,
  posts: readonly { tenant_id: string; post: Post }[],
): PostMessage[] {
  const messages: Omit<PostMessage, "parts" | "begun">[] = [];
  for (const [tenant_id, group] of Map.groupBy(posts, (p) => p.tenant_id)) {
    for (const pack of packBySize(group.flatMap(({ post }) => cutPost(post)))) {
      messages.push({
        tenant_id,
        document_id: document.id,
        run: document.runs + 1,
        part: messages.length,
        posts: JSON.stringify(pack),
      });
    }
  }
  return messages.map((message) => ({ ...message, parts: messages.length, begun: true }));
}

/** Neighbours put together up to the size of a message; what is larger by itself stands alone. */
function packBySize<T>(items: readonly T[]): T[][] {
  const packs: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = byteLength(JSON.stringify(item)) + 1;
    const open = packs.at(-1);
    if (open === undefined || bytes > room) {
      packs.push([item]);
      room = POSTS_MAX_BYTES - 2 - bytes;
    } else {
      open.push(item);
      room -= bytes;
    }
  }
  return packs;
}

function cutPost(post: Post): Post[] {
  return post.events.length <= 1 ? [post] : packBySize(post.events).map((events) => ({ ...post, events }));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function fitsMessage(message: PostMessage): boolean {
  // The envelope's JSON quotes what is JSON already: a quarter more covers the escapes.
  return message.posts === null || byteLength(JSON.stringify(message.posts)) <= POSTS_MAX_BYTES * 1.25;
}

/** What is too large for a message (a photo) is kept in a row; the message then carries only its key. */
async function keepLargePosts(ctx: Context, messages: readonly PostMessage[]): Promise<void> {
  for (const message of messages) {
    await ctx.control
      .prepare(
        "INSERT INTO document_posts (document_id, run, part, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
      )
      .bind(message.document_id, message.run, message.part, message.posts)
      .run();
  }
}
