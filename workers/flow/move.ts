import { z } from "zod";
import type { Context } from "../context.ts";
import { tenantOf } from "../domain/tenant.ts";
import {
  type CopySides,
  clearMarks,
  clearSome,
  copyMarked,
  copyNumbers,
  copyPage,
  totalsOf,
} from "../storage/account-copy.ts";
import {
  accountsUnderWay,
  findMove,
  type Move,
  type MoveChange,
  releaseMove,
  saveMove,
  switchAccount,
  takeMove,
} from "../storage/moves.ts";
import { enter, MoveTakenOver, type Residence } from "../storage/residency.ts";
import { log, reasonOf } from "./log.ts";
import { metered } from "./metered.ts";

/**
 * Moves an account to another shard while it is in use. It is copied page by page, while its writes mark what they
 * change; what is marked is copied again, until little is left; then writes wait for the moment in which the rest is
 * copied, counted, and the account switched. Every step may be done again by the next worker (docs/crashes.md): it holds
 * the move by a claim that only rises, and both shards refuse an older one's.
 */

/** Longer than a step takes: whoever comes after that takes the move over. */
const LEASE_MS = 60_000;
const TURN_MS = 20_000;
const ACCOUNTS_A_TICK = 5;
/**
 * Calls to databases of all moves in one tick, and of a turn by itself: an invocation has a bounded number. A page takes
 * about ten, and is begun while so many are left; the last step before the switch, with writes waiting, takes more.
 */
const CALLS_A_TICK = 150;
const PAGE_CALLS = 15;
const FREEZE_CALLS = 60;
const SHIPMENTS_A_PAGE = 100;
const NUMBERS_A_PAGE = 500;
const MARKS_A_PAGE = 100;
/** With fewer changes than this left, writes are made to wait. */
const FEW_MARKS = 20;
/** Pages of changes copied before writes are made to wait in any case: an account may change faster than it is copied. */
const CATCH_UP_PAGES = 500;
/** What may be left to copy while writes wait; with more, they go on, and it catches up once more. */
const FREEZE_PAGES = 10;
/** How often the two sides may disagree before the move is given up. */
const ROUNDS_MAX = 3;

const TENANTS = (account_number: string) =>
  (["live", "test"] as const).map((mode) => tenantOf(account_number, mode).id);

interface Hand {
  ctx: Context;
  move: Move;
  sides: CopySides & { from: D1Database; to: D1Database };
  /** Whether there is time, and a number of calls, for another page. */
  goOn(): boolean;
  /** The calls to databases that are left of this turn. */
  callsLeft(): number;
}

const isOver = ({ step }: Move): boolean => step === "done" || step === "cancelled";

/** Takes a move one turn further, at most `turn_ms` long; null where there is none to take. What fails is noted, and tried by the next. */
export async function moveOn(ctx: Context, account_number: string, turn_ms = TURN_MS): Promise<Move | null> {
  return (await turn(ctx, account_number, turn_ms, CALLS_A_TICK)).move;
}

/** The same, with how many calls to databases it took. */
async function turn(
  outer: Context,
  account_number: string,
  turn_ms: number,
  calls: number,
): Promise<{ move: Move | null; made: number }> {
  const { ctx, calls: made } = metered(outer);
  const until = ctx.now() + turn_ms;
  let move = await takeMove(ctx.control, account_number, ctx.now(), LEASE_MS);
  if (move === null) return { move: await findMove(ctx.control, account_number), made: made.database };
  try {
    const callsLeft = () => calls - made.database;
    const goOn = () => callsLeft() >= PAGE_CALLS && ctx.now() < until;
    const sides = sidesOf(ctx, move);
    do {
      const before = move.step;
      move = await STEPS[move.step]({ ctx, move, sides, goOn, callsLeft });
      if (move.step !== before)
        log("account.move", { account_number, step: move.step, to: move.to_shard, copied: move.copied });
      // Writes wait for `open`: there is always time for it. And they wait for no other turn to begin.
    } while (
      !isOver(move) &&
      (move.step === "open" || (goOn() && (move.step !== "freeze" || callsLeft() >= FREEZE_CALLS)))
    );
  } catch (error) {
    log("account.move_failed", { account_number, step: move.step, why: reasonOf(error) });
    if (!(error instanceof MoveTakenOver))
      await standBack(ctx, move, reasonOf(error)).catch((fault: unknown) =>
        notReleased(account_number, fault),
      );
  }
  await releaseMove(ctx.control, move).catch((fault: unknown) => notReleased(account_number, fault));
  return { move: await findMove(ctx.control, account_number), made: made.database };
}

/** The next turn takes the move over once its lease has ended. */
function notReleased(account_number: string, fault: unknown): void {
  log("account.move_not_released", { account_number, why: reasonOf(fault) });
}

/** For the tick: moves under way get their turns, another one first each minute, as long as calls are left. */
export async function moveAccounts(ctx: Context): Promise<void> {
  if (ctx.placements.databases.size === 1) return;
  const accounts = await accountsUnderWay(ctx.control, ACCOUNTS_A_TICK);
  const first = Math.floor(ctx.now() / 60_000) % Math.max(1, accounts.length);
  let calls = CALLS_A_TICK;
  for (const account_number of [...accounts.slice(first), ...accounts.slice(0, first)]) {
    if (calls < FREEZE_CALLS) return;
    calls -= (await turn(ctx, account_number, TURN_MS / accounts.length, calls)).made;
  }
}

/** Notes a fault. Where writes were waiting, and the account was not switched, they go on. */
async function standBack(ctx: Context, { account_number, claim }: Move, note: string): Promise<void> {
  const move = await findMove(ctx.control, account_number);
  if (move?.claim !== claim) return;
  if (move.step !== "freeze") return void (await saveMove(ctx.control, move, { note }, ctx.now()));
  // First the row: a switch that is still on its way comes too late then.
  await saveMove(ctx.control, move, { step: "catch_up", note }, ctx.now());
  const { from } = sidesOf(ctx, move);
  await enter(from, account_number, claim, { state: "copying", from: ["leaving"], now: ctx.now() });
}

function sidesOf(ctx: Context, { account_number, claim, from_shard, to_shard }: Move): Hand["sides"] {
  const at = (name: string) => ctx.placements.placeOf(name, account_number).database;
  return { from: at(from_shard), to: at(to_shard), account_number, claim };
}

const save = ({ ctx, move }: Hand, change: MoveChange): Promise<Move> =>
  saveMove(ctx.control, move, change, ctx.now());

const STEPS: Record<Move["step"], (hand: Hand) => Promise<Move>> = {
  clear,
  copy,
  catch_up: catchUp,
  freeze,
  open,
  purge,
  cancel,
  done: async ({ move }) => move,
  cancelled: async ({ move }) => move,
};

function put(hand: Hand, side: "from" | "to", state: Residence, from: readonly Residence[]): Promise<void> {
  const { account_number, claim } = hand.move;
  return enter(hand.sides[side], account_number, claim, { state, from, now: hand.ctx.now() });
}

/** The target is closed before anything is in it, and the source marks what is written before anything is read. */
async function begin(hand: Hand): Promise<void> {
  await put(hand, "to", "arriving", ["left", "arriving"]);
  await put(hand, "from", "copying", ["home", "copying", "leaving"]);
}

/** Whatever an earlier try left in the target goes first. */
async function clear(hand: Hand): Promise<Move> {
  await begin(hand);
  if (!(await cleared(hand, "to"))) return hand.move;
  return save(hand, { step: "copy", cursor: "" });
}

async function cleared({ move, sides, goOn }: Hand, side: "from" | "to"): Promise<boolean> {
  for (const tenant_id of TENANTS(move.account_number)) {
    while (await clearSome(sides[side], move.account_number, tenant_id, move.claim))
      if (!goOn()) return false;
  }
  return true;
}

const Cursor = z.object({
  tenant: z.number(),
  shipments: z.object({ position: z.number(), id: z.string() }).nullable(),
  numbers: z.object({ carrier_id: z.string(), number: z.string() }),
});
const START = { shipments: { position: -1, id: "" }, numbers: { carrier_id: "", number: "" } };

/** All of it, page by page, the live side and then the test side: shipments first, then the numbers that stand for them. */
async function copy(hand: Hand): Promise<Move> {
  await begin(hand);
  let { move } = hand;
  const tenants = TENANTS(move.account_number);
  do {
    const at = move.cursor === "" ? { tenant: 0, ...START } : Cursor.parse(JSON.parse(move.cursor));
    const tenant_id = tenants[at.tenant];
    if (tenant_id === undefined)
      return saveMove(hand.ctx.control, move, { step: "catch_up", cursor: "" }, hand.ctx.now());
    let [next, copied]: [z.infer<typeof Cursor>, number] = [{ ...at, tenant: at.tenant + 1, ...START }, 0];
    if (at.shipments !== null) {
      const page = await copyPage(hand.sides, tenant_id, at.shipments, {
        limit: SHIPMENTS_A_PAGE,
        goOn: hand.goOn,
      });
      [next, copied] = [{ ...at, shipments: page.next }, page.copied];
    } else {
      const numbers = await copyNumbers(hand.sides, tenant_id, at.numbers, NUMBERS_A_PAGE);
      if (numbers !== null) next = { ...at, numbers };
    }
    const change = { cursor: JSON.stringify(next), copied: move.copied + copied };
    move = await saveMove(hand.ctx.control, move, change, hand.ctx.now());
  } while (hand.goOn());
  return move;
}

async function catchUp(hand: Hand): Promise<Move> {
  await begin(hand);
  for (let page = 0; page < CATCH_UP_PAGES; page++) {
    const marks = await copyMarked(hand.sides, { limit: MARKS_A_PAGE, goOn: hand.goOn });
    if (marks < FEW_MARKS) break;
    if (!hand.goOn()) return hand.move;
  }
  return save(hand, { step: "freeze" });
}

/** From here until `open` is done, writes wait. Everything in it is bounded: where it is not enough, they go on, and it begins again. */
async function freeze(hand: Hand): Promise<Move> {
  await put(hand, "to", "arriving", ["arriving"]);
  await put(hand, "from", "leaving", ["copying", "leaving"]);
  let pages = 0;
  const goOn = () => hand.callsLeft() >= PAGE_CALLS;
  while ((await copyMarked(hand.sides, { limit: MARKS_A_PAGE, goOn })) > 0) {
    pages++;
    if (pages >= FREEZE_PAGES || !goOn()) return thaw(hand, { step: "catch_up" });
  }
  const { move, sides, ctx } = hand;
  const count = (side: "from" | "to") =>
    Promise.all(TENANTS(move.account_number).map((tenant_id) => totalsOf(sides[side], tenant_id)));
  const [here, there] = (await Promise.all([count("from"), count("to")])).map((totals) =>
    JSON.stringify(totals),
  );
  if (here !== there) {
    const note = `The two sides differ: ${move.from_shard} has ${here}, ${move.to_shard} has ${there}.`;
    log("account.move_differs", { account_number: move.account_number, note });
    const rounds = move.rounds + 1;
    return thaw(hand, { step: rounds < ROUNDS_MAX ? "clear" : "cancel", cursor: "", rounds, note });
  }
  return switchAccount(ctx.control, move, ctx.now());
}

/** Back from `freeze`: writes do not wait for the turn that follows. */
async function thaw(hand: Hand, change: MoveChange): Promise<Move> {
  const move = await save(hand, change);
  await put(hand, "from", "copying", ["leaving"]);
  return move;
}

/** The source refuses reads too, before the target takes the first write: nobody is told what is old by then. */
async function open(hand: Hand): Promise<Move> {
  await put(hand, "from", "left", ["leaving", "left"]);
  await put(hand, "to", "home", ["arriving", "home"]);
  return save(hand, { step: "purge" });
}

/** What is left behind goes in small steps. */
async function purge(hand: Hand): Promise<Move> {
  await put(hand, "from", "left", ["left"]);
  if (!(await cleared(hand, "from")) || !(await unmarked(hand))) return hand.move;
  return save(hand, { step: "done" });
}

/** Before the switch all can be taken back: the source lives on, and the target is emptied. */
async function cancel(hand: Hand): Promise<Move> {
  await put(hand, "from", "home", ["home", "copying", "leaving"]);
  await put(hand, "to", "left", ["arriving", "left"]);
  if (!(await cleared(hand, "to")) || !(await unmarked(hand))) return hand.move;
  return save(hand, { step: "cancelled" });
}

async function unmarked({ move, sides, goOn }: Hand): Promise<boolean> {
  while (await clearMarks(sides.from, move.account_number, move.claim)) if (!goOn()) return false;
  return true;
}
