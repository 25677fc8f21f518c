import { z } from "zod";
import { documentsOf, SCENARIOS, type ToldTracking, type Walk } from "../carriers/sandbox/scenarios.ts";
import { SIGNATURE_HEADER, sign } from "../carriers/sandbox/signature.ts";
import type { Context } from "../context.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import { openConnection } from "../storage/open-connection.ts";
import { makePollsDue } from "../storage/simulated-carrier.ts";
import { acceptFetched } from "./accept.ts";
import { takePush } from "./receive.ts";
import { enqueueChecks } from "./tick.ts";

/** The simulator: the sandbox carrier tells a shipment's story by one way in, and everything behind it is the real thing. */

/** A shipment that is being simulated: as it was asked for. */
export const SimulatedWalk = z.object({
  shipment_id: z.string(),
  connection_id: z.string(),
  scenario: z.enum(SCENARIOS),
  /** By which way the carrier tells. */
  way: z.enum(SOURCES),
  /** Milliseconds from one document to the next. */
  every_ms: z.number(),
  number: z.string(),
  parcels: z.array(z.string()),
  seed: z.number(),
  started_at: z.number(),
  /** See `Walk`: set where the number has had another life. */
  lasts_ms: z.number().nullable(),
});
export type SimulatedWalk = z.infer<typeof SimulatedWalk>;

/** How many documents a walk has. */
export function lengthOf(walk: Walk): number {
  return documentsOf(walk).length;
}

/**
 * Tells one document of a walk, 0 the first. Throws where it was not accepted. Told twice, it is the same news: a player
 * that dies before it has written down that it told loses nothing and doubles nothing.
 * Answers with the document's id, where there is one already.
 * webhook: signed and received as any carrier's push. sftp: accepted as a file that was fetched; there is no server of
 * ours to fetch it from. poll: the carrier's API has it from now on, and the connection is asked now.
 */
export async function tell(ctx: Context, walk: SimulatedWalk, step: number): Promise<string | null> {
  switch (walk.way) {
    case "webhook":
      return push(ctx, walk, bodyOf(documentsOf(walk)[step] ?? []));
    case "sftp":
      return dropFile(ctx, walk, step, bodyOf(documentsOf(walk)[step] ?? []));
    case "poll":
      await haveAsked(ctx, walk);
      return null;
  }
}

/** What the carrier's API says of a walk once so many documents are told. */
export function answerOf(walk: Walk, told: number): ToldTracking[] {
  return documentsOf(walk).slice(0, told).flat();
}

/** The carrier is asked now, and not when its turn would come: a check as any other, only sooner. */
export async function haveAsked(ctx: Context, { connection_id }: SimulatedWalk): Promise<void> {
  await makePollsDue(ctx.control, connection_id, ctx.now());
  await enqueueChecks(ctx);
}

function bodyOf(tracking: readonly ToldTracking[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify({ tracking })));
}

async function push(
  ctx: Context,
  walk: SimulatedWalk,
  body: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  const { connection_id } = walk;
  const connection = await openConnection(ctx.control, ctx.vault, connection_id);
  const secret = connection?.credentials.webhook_secret;
  if (secret === undefined) throw new Error(`Connection ${connection_id} of the simulator is gone.`);
  const request = new Request(`https://gluey.invalid/carriers/sandbox/webhook/${connection_id}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [SIGNATURE_HEADER]: sign(secret, Math.floor(ctx.now() / 1000), body),
    },
    body,
  });
  const { answer, document_id } = await takePush(ctx, "sandbox", connection_id, request);
  await answer.body?.cancel();
  if (answer.status !== 202) throw new Error(`The push was answered ${answer.status}.`);
  return document_id;
}

async function dropFile(
  ctx: Context,
  { connection_id, number }: SimulatedWalk,
  step: number,
  body: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return acceptFetched(
    ctx,
    { connection_id, lanes: 1 },
    {
      carrier_id: "sandbox",
      source: "sftp",
      body,
      content_type: null,
      received_at: ctx.now(),
      http_status: null,
      asked: [],
      file_name: `${number.slice(0, 60)}-${String(step + 1).padStart(2, "0")}.json`,
    },
  );
}
