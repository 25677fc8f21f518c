import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { newsOf, startSandboxCarrier } from "../../dev/sandbox-carrier.ts";
import { startReceiver } from "../../dev/sandbox-customer.ts";
import { codesOf, eventually, fact, openWorld, track, type World } from "./world.ts";

/** The runbook's commands, run as they stand: at night nobody wants to mend them first. */

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/runbook.md"), "utf8");

/** The code blocks below each night's heading: `bash` are run here, the others need Cloudflare. */
const nights = page
  .split(/^## /mu)
  .slice(1)
  .map((night) => ({
    title: night.slice(0, night.indexOf("\n")),
    text: night,
    here: [...night.matchAll(/^```bash\n([\s\S]*?)^```$/gmu)].map((match) => match[1] ?? ""),
    there: [...night.matchAll(/^```\n([\s\S]*?)^```$/gmu)].flatMap((match) =>
      (match[1] ?? "").trim().split("\n"),
    ),
  }));

const Id = z.object({ id: z.string() });
const Listed = z.object({ data: z.array(Id) });

let world: World;
let shell: Record<string, string> = {};

beforeAll(async () => {
  world = await openWorld();
  const { operator, stack } = world;
  const account = await world.newAccount();
  const { account_number, client } = account;
  const carrier = world.owns(await startSandboxCarrier());
  const connection = await operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: [account_number],
    ways: { webhook: {} },
    credentials: { webhook_secret: carrier.webhook_secret },
  });
  const receiver = world.owns(await startReceiver());
  const subscription = await client.createWebhookSubscription(account_number, {
    endpoint: receiver.url,
  });
  receiver.setKeys([subscription.secret]);
  const number = await track(account);
  const push = (body: string) => carrier.push(connection.webhook_url ?? "", body);
  await push(newsOf([{ tracking_number: number, events: [fact("PICKED_UP", 2)] }]));
  await push('{"nothing":"that we know"}');
  await eventually(
    () => codesOf(account, number),
    (codes) => codes.length === 1,
  );
  const documents = await eventually(
    async () => Listed.parse(await operator.call("GET", "/documents?state=unreadable")).data,
    (data) => data.length > 0,
  );
  const mapping = z.object({ mapping: Id }).parse(
    await operator.call("POST", "/mappings", {
      carrier_id: "sandbox",
      code: "NEVER_SENT",
      path: "in_transit/carrier_network",
    }),
  );
  await operator.createKey(account_number, "live");
  const keys = z
    .object({ data: z.array(Id.extend({ mode: z.string() })) })
    .parse(await operator.call("GET", `/accounts/${account_number}/keys`));
  const { next_cursor } = await client.events(account_number, { limit: 1 });
  shell = {
    URL: stack.url,
    ADMIN: `authorization: Bearer ${stack.admin_token}`,
    JSON: "content-type: application/json",
    ACCOUNT: account_number,
    KEY: account.key,
    CONNECTION: connection.id,
    SUBSCRIPTION: subscription.id,
    DOCUMENT: documents[0]?.id ?? "",
    MAPPING: mapping.mapping.id,
    LEAKED_KEY: keys.data.find(({ mode }) => mode === "live")?.id ?? "",
    CURSOR: next_cursor ?? "",
    SINCE: new Date(Date.now() - 3_600_000).toISOString(),
    UNTIL: new Date(Date.now() + 60_000).toISOString(),
  };
});
afterAll(() => world?.close());

it("has ten nights, and for each what is seen, what to look at, what to do", () => {
  expect(nights.map(({ title }) => title.split(".")[0])).toEqual(
    Array.from({ length: 10 }, (_, at) => String(at + 1)),
  );
  for (const { title, text } of nights)
    for (const part of ["**Seen.**", "**Look.**", "**Do.**"]) expect(text, title).toContain(part);
});

describe("its commands run as they stand", () => {
  it.each(nights.filter(({ here }) => here.length > 0))("$title", ({ here }) => {
    for (const block of here) {
      const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", block], {
        env: { PATH: process.env.PATH ?? "", ...shell },
        encoding: "utf8",
      });
      expect(status, `${block}\n${stdout}\n${stderr}`).toBe(0);
    }
  });
});

describe("its commands for Cloudflare are there, with the flags they are given", () => {
  const commands = [...new Set(nights.flatMap(({ there }) => there))].filter((line) =>
    line.startsWith("npx wrangler"),
  );
  it.each(commands)("%s", (line) => {
    const words = line.replace(/^npx wrangler /u, "").split(" ");
    const first = words.findIndex(
      (word, at) => word.startsWith("-") || (at > 0 && /[A-Z0-9]|gluey/u.test(word)),
    );
    const command = first < 0 ? words : words.slice(0, first);
    const { status, stdout } = spawnSync(join(root, "node_modules/.bin/wrangler"), [...command, "--help"], {
      encoding: "utf8",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
    });
    expect(status, line).toBe(0);
    for (const flag of words.filter((word) => word.startsWith("--"))) expect(stdout, line).toContain(flag);
  });

  it("its scripts are the project's", () => {
    const scripts = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8"))).scripts;
    const named = [...page.matchAll(/npm run ([a-z-]+)/gu)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
