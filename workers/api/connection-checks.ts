import type { Carrier } from "../carriers/carrier.ts";
import { carriers, findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { SftpCredentials, type Ways } from "../domain/connection.ts";
import { unknownAccounts } from "../storage/accounts.ts";
import { type FieldFault, invalid, invalidInput, Problem } from "./problem.ts";

/** Is this a connection that can work? Each check throws 422 with a sentence that names the field. */

export function knownCarrier(carrier_id: string): Carrier {
  const carrier = findCarrier(carrier_id);
  if (carrier === null)
    throw invalid("carrier_id", `carrier_id must be one of ${carriers.map(({ id }) => id).join(", ")}.`);
  return carrier;
}

const WAYS = ["webhook", "sftp", "poll"] as const;

/** Only ways that the carrier has, and an API address that may be called. Returns them with the least interval that the carrier asks for. */
export async function checkWays(ctx: Context, carrier: Carrier, ways: Ways): Promise<Ways> {
  const has = WAYS.filter((way) => carrier[way] !== undefined);
  const lacking = WAYS.find((way) => ways[way] !== undefined && carrier[way] === undefined);
  if (lacking !== undefined)
    throw invalid(
      `ways.${lacking}`,
      `ways.${lacking}: ${carrier.name} does not speak this way. It has: ${has.join(", ")}.`,
    );
  const base_url = ways.poll?.base_url;
  const refused = base_url === undefined ? null : await ctx.http.check(base_url);
  if (refused?.later) throw new Problem(503, `ways.poll.base_url: ${refused.refused}`, { retryAfter: 10 });
  if (refused) throw invalid("ways.poll.base_url", `ways.poll.base_url: ${refused.refused}`);
  const least = carrier.poll?.min_minutes ?? 0;
  if (ways.poll === undefined || least <= (ways.poll.min_minutes ?? 0)) return ways;
  return { ...ways, poll: { ...ways.poll, min_minutes: least } };
}

export async function checkAccounts(
  ctx: Context,
  account_numbers: readonly string[],
  auto_register: boolean,
): Promise<void> {
  if (auto_register && account_numbers.length > 1)
    throw invalid(
      "auto_register",
      "auto_register is for a connection of one account; this one names several.",
    );
  const missing = await unknownAccounts(ctx.control, account_numbers);
  if (missing.length > 0)
    throw invalid(
      "account_numbers",
      `account_numbers: there is no account ${missing.slice(0, 5).join(", ")}. Create it first.`,
    );
}

/** The fields that the ways need, and no other; what is missing is named. */
export function checkCredentials(
  carrier: Carrier,
  ways: Ways,
  given: Record<string, string>,
): Record<string, string> {
  const needed = [
    ways.webhook === undefined ? undefined : carrier.webhook?.credentials,
    ways.poll === undefined ? undefined : carrier.poll?.credentials,
    ways.sftp === undefined ? undefined : SftpCredentials,
  ];
  const credentials: Record<string, string> = {};
  const faults: FieldFault[] = [];
  for (const schema of needed) {
    if (schema === undefined) continue;
    const read = schema.safeParse(given);
    if (read.success) Object.assign(credentials, read.data);
    else
      faults.push(
        ...invalidInput(
          read.error.issues.map((issue) => ({ ...issue, path: ["credentials", ...issue.path] })),
        ).errors,
      );
  }
  const [first] = faults;
  if (first !== undefined) throw new Problem(422, first.message, { errors: faults });
  return credentials;
}
