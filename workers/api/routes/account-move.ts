import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { moveOn } from "../../flow/move.ts";
import { beginMove, cancelMove, findMove, MOVE_STEPS, type Move } from "../../storage/moves.ts";
import { FIRST, sizeOf } from "../../storage/placement.ts";
import type { Api, ApiEnv, Call } from "../api-env.ts";
import { invalid, Problem } from "../problem.ts";
import { accountPath, answers, isoOrNull, Time, takes } from "../schemas/common.ts";
import { requireAccount } from "./accounts-read.ts";

/** Which database an account's shipments live in, and moving them to another while the account is in use (docs/shards.md). */

const tags = ["Operator"];

/** What one call does of a move before it answers; the tick, or the next call, goes on. */
const TURN_MS = 5000;

const MoveAnswer = z
  .object({
    account_number: z.string(),
    shard: z.string().describe("Where its shipments live now, by the name of the binding."),
    from: z.string().nullable(),
    to: z.string().nullable(),
    step: z
      .enum(["none", ...MOVE_STEPS])
      .describe(
        "What is being done: clear, copy, catch_up, freeze, open, purge, cancel; done or cancelled at the end; none where it was never moved.",
      ),
    copied: z.number().int().describe("Shipments copied, changed ones as often as they were."),
    note: z.string().nullable().describe("What went wrong last."),
    begun_at: Time.nullable(),
    switched_at: Time.nullable().describe("Since when it lives in the new one."),
  })
  .openapi("AccountMove");

const path = "/admin/accounts/{account_number}/move";

const begin = createRoute({
  method: "post",
  path,
  tags,
  summary: "Move an account to another shard",
  description:
    "Begins the move, or goes on with it for a few seconds: the cron tick goes on by itself, and asking again makes it sooner. The account stays in use; for a moment at the end its writes wait.",
  request: {
    params: accountPath,
    ...takes(
      z
        .object({ to: z.string().max(40).describe("The binding of the database: SHARD_1, …, or DB.") })
        .openapi("NewAccountMove"),
    ),
  },
  responses: { 202: answers("How far it is.", MoveAnswer) },
});

const handleBegin: RouteHandler<typeof begin, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { account_number } = c.req.valid("param");
  const { to } = c.req.valid("json");
  await requireAccount(ctx.control, account_number);
  const names = [...ctx.placements.databases.keys()];
  if (!names.includes(to))
    throw invalid("to", `to must be one of the databases that are bound: ${names.join(", ")}.`);
  const begun = await beginMove(ctx.control, account_number, to, ctx.now());
  const move = begun ?? (await findMove(ctx.control, account_number));
  // Asked for again, it goes on; once it is done, that is told again.
  const isOurs = move?.to_shard === to && move.step !== "cancel" && move.step !== "cancelled";
  if (!isOurs) await refuse(c, account_number, to);
  await moveOn(ctx, account_number, TURN_MS);
  return c.json(await answer(c, account_number), 202);
};

async function refuse(c: Call, account_number: string, to: string): Promise<never> {
  const { name } = await c.var.ctx.placements.of(account_number, true);
  if (name === to) throw new Problem(409, `Account ${account_number} lives in ${to} already.`);
  throw new Problem(
    409,
    `Account ${account_number} is on its way to another shard. Wait until that has ended, or cancel it: DELETE ${path.replace("{account_number}", account_number)}.`,
  );
}

const read = createRoute({
  method: "get",
  path,
  tags,
  summary: "See how far an account's move is",
  request: { params: accountPath },
  responses: { 200: answers("The move under way, or the last one.", MoveAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) => {
  const { account_number } = c.req.valid("param");
  await requireAccount(c.var.ctx.control, account_number);
  return c.json(await answer(c, account_number), 200);
};

const cancel = createRoute({
  method: "delete",
  path,
  tags,
  summary: "Cancel an account's move",
  description: "Possible until the account is switched; what was copied is taken out again.",
  request: { params: accountPath },
  responses: { 202: answers("How far the cancelling is.", MoveAnswer) },
});

const handleCancel: RouteHandler<typeof cancel, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { account_number } = c.req.valid("param");
  await requireAccount(ctx.control, account_number);
  if ((await cancelMove(ctx.control, account_number, ctx.now())) === null)
    throw new Problem(
      409,
      `Account ${account_number} has no move that could be cancelled: there is none, or it was switched.`,
    );
  await moveOn(ctx, account_number, TURN_MS);
  return c.json(await answer(c, account_number), 202);
};

async function answer(c: Call, account_number: string): Promise<z.infer<typeof MoveAnswer>> {
  const { control, placements } = c.var.ctx;
  const [move, { name }] = await Promise.all([
    findMove(control, account_number),
    placements.of(account_number, true),
  ]);
  return moveAnswer(account_number, name, move);
}

function moveAnswer(account_number: string, shard: string, move: Move | null): z.infer<typeof MoveAnswer> {
  return {
    account_number,
    shard,
    from: move?.from_shard ?? null,
    to: move?.to_shard ?? null,
    step: move?.step ?? "none",
    copied: move?.copied ?? 0,
    note: move?.note ?? null,
    begun_at: isoOrNull(move?.begun_at ?? null),
    switched_at: isoOrNull(move?.switched_at ?? null),
  };
}

const ShardAnswer = z
  .object({
    name: z.string().describe("The binding of the database."),
    bytes: z.number().int().describe("Its size; D1 holds 10 GB at most."),
    control: z.boolean().describe("Whether it is the control database, too."),
  })
  .openapi("Shard");

const list = createRoute({
  method: "get",
  path: "/admin/shards",
  tags,
  summary: "List the databases that accounts live in",
  responses: { 200: answers("Each with its size.", z.object({ data: z.array(ShardAnswer) })) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { databases } = c.var.ctx.placements;
  const data = await Promise.all(
    [...databases].map(async ([name, database]) => ({
      name,
      bytes: await sizeOf(database),
      control: name === FIRST,
    })),
  );
  return c.json({ data }, 200);
};

export const accountMove = (api: Api) =>
  api
    .openapi(begin, handleBegin)
    .openapi(read, handleRead)
    .openapi(cancel, handleCancel)
    .openapi(list, handleList);
