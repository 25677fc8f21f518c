import { z } from "zod";
import { mustSay } from "./account.ts";
import { addressesOf, checkHealth, type Surroundings } from "./carry-out.ts";
import type { Wanted } from "./plan.ts";

/** Back to the code before. Databases stay as they are: migrations only ever add, so the code before runs on them. */

const Deployments = z.array(
  z.object({
    created_on: z.string(),
    versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
  }),
);

/** The version that ran before the one that runs. Throws where there is none. */
export function versionBefore(stdout: string): { running: string; before: string } {
  const deployments = Deployments.parse(JSON.parse(stdout)).toSorted((a, b) =>
    a.created_on < b.created_on ? 1 : -1,
  );
  const ids = deployments.flatMap(({ versions }) => versions.map(({ version_id }) => version_id));
  const [running] = ids;
  const before = ids.find((id) => id !== running);
  if (running === undefined || before === undefined)
    throw new Error("There is no version before the one that runs: nothing to go back to.");
  return { running, before };
}

/** Rolls the environment's Worker back to `version`, or to the one before, and looks whether it is up. */
export async function rollBack(
  wanted: Wanted,
  version: string | undefined,
  address: string | null,
  around: Surroundings,
): Promise<void> {
  const env = ["--env", wanted.environment];
  const listed = mustSay(around.wrangler, ["deployments", "list", ...env, "--json"]).stdout;
  const to = version ?? versionBefore(listed).before;
  const args = ["rollback", to, ...env, "--yes", "--message", "npm run deploy -- --rollback"];
  around.say(`→ npx wrangler ${args.slice(0, 4).join(" ")}`);
  mustSay(around.wrangler, args);
  await checkHealth(addressesOf(address, wanted), around);
  around.say(
    `${wanted.worker} runs version ${to} again. Databases were left as they are; to bring one back to an earlier minute: npx wrangler d1 time-travel restore NAME --timestamp TIME (docs/runbook.md).`,
  );
}
