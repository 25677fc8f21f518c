import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const Deployment = z.object({
  vars: z.object({ SFTP_CONTAINERS: z.coerce.number() }),
  containers: z.array(z.object({ class_name: z.string(), max_instances: z.number() })),
});
const text = readFileSync(join(import.meta.dirname, "..", "wrangler.toml"), "utf8");
const Configured = Deployment.extend({ env: z.record(z.string(), Deployment) });

describe("the instances that hosts are spread over", () => {
  const { env, ...top } = Configured.parse(parse(text));
  it.each(Object.entries({ "wrangler.toml": top, ...env }))(
    "are those that may run: %s",
    (_name, { vars, containers }) => {
      // One more would never start, and its hosts would never be reached.
      expect(containers).toHaveLength(1);
      expect(vars.SFTP_CONTAINERS).toBe(containers[0]?.max_instances);
    },
  );
});
