import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { operatorAt } from "./operator.ts";

/**
 * `npm run move-account -- ACCOUNT --to SHARD_1 [--url URL] [--token TOKEN] [--cancel]`: moves an account to another
 * database while it is in use, and tells how far it is until it lives there. Ending it early ends nothing: the Worker's
 * own tick goes on. The token is the operator's; left out, ADMIN_TOKEN, or the local stack's own.
 */
const Move = z.object({
  shard: z.string(),
  from: z.string().nullable(),
  step: z.string(),
  copied: z.number(),
  note: z.string().nullable(),
});
type Move = z.infer<typeof Move>;

const LOOK_AGAIN_MS = 1000;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      to: { type: "string" },
      url: { type: "string", default: "http://127.0.0.1:8787" },
      token: { type: "string" },
      cancel: { type: "boolean", default: false },
    },
  });
  const [account] = positionals;
  const { to } = values;
  if (account === undefined || (to === undefined) !== values.cancel)
    throw new Error(
      "Name the account, and where it is to live or --cancel: npm run move-account -- ACCOUNT --to SHARD_1",
    );
  const operator = operatorAt({
    url: values.url.replace(/\/+$/u, ""),
    admin_token: values.token ?? process.env.ADMIN_TOKEN ?? localToken(),
  });
  const path = `/accounts/${encodeURIComponent(account)}/move`;
  const ask = async (): Promise<Move> => {
    const answer = to === undefined ? operator.call("GET", path) : operator.call("POST", path, { to });
    return Move.parse(await answer);
  };
  let move = Move.parse(
    values.cancel ? await operator.call("DELETE", path) : await operator.call("POST", path, { to }),
  );
  let said = "";
  for (;;) {
    const line = lineOf(move);
    if (line !== said) process.stdout.write(`${line}\n`);
    said = line;
    if (move.step === "done" || move.step === "cancelled") break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    // Given up meanwhile: what is left is to watch it being taken back.
    move = move.step === "cancel" ? Move.parse(await operator.call("GET", path)) : await ask();
  }
  process.stdout.write(`Account ${account} lives in ${move.shard}.\n`);
  if (move.step === "cancelled" && !values.cancel) process.exitCode = 1;
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}

function lineOf({ step, copied, note }: Move): string {
  return `${step}, ${copied} shipments copied${note === null ? "" : ` (${note})`}`;
}

function localToken(): string {
  const path = join(import.meta.dirname, "..", ".state", "secrets.json");
  if (!existsSync(path))
    throw new Error("Whose token? Say --token, or set ADMIN_TOKEN: no local stack has been started here.");
  return z.object({ admin_token: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).admin_token;
}
