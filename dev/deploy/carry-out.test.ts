import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { afterEach, beforeEach, expect, it } from "vitest";
import { accountOf, lookFor, type Said, type Wrangler } from "./account.ts";
import { carryOut, type Done } from "./carry-out.ts";
import { NO_DATABASE_ID, ownOf, withEnvironments } from "./environments.ts";
import { planOf, type Wanted } from "./plan.ts";
import { rollBack, versionBefore } from "./rollback.ts";

const wanted: Wanted = {
  environment: "production",
  worker: "gluey-production",
  databases: [{ binding: "DB", name: "gluey-production", id: NO_DATABASE_ID }],
  buckets: ["archive-production"],
  queues: ["one"],
  secrets: ["ADMIN_TOKEN", "CREDENTIALS_KEYS"],
  hosts: ["track.example.com"],
  jurisdiction: "",
  location: "",
};
const TOML = withEnvironments(
  `name = "gluey"\n\n[vars]\nOWN_HOSTS = ""\n\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "gluey"\ndatabase_id = "${NO_DATABASE_ID}"\n`,
);
const written = () => ownOf(parse(readFileSync(join(root, "wrangler.toml"), "utf8")), "production");
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gluey-deploy-"));
  writeFileSync(join(root, "wrangler.toml"), TOML);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ok = (stdout: string): Said => ({ code: 0, stdout, stderr: "" });
const no = (stderr: string): Said => ({ code: 1, stdout: "", stderr });

/** An account that remembers what is created in it. */
function account(): { wrangler: Wrangler; ran: string[] } {
  const ran: string[] = [];
  const has = new Set<string>();
  const wrangler: Wrangler = (args) => {
    const command = args.join(" ");
    ran.push(command.replace(root, ""));
    if (command === "whoami --json") return ok('{"accounts":[{"id":"a1","name":"Acme"}]}');
    if (command === "d1 list --json")
      return ok(has.has("d1") ? '[{"name":"gluey-production","uuid":"d-1"}]' : "[]");
    if (command.startsWith("d1 create")) has.add("d1");
    if (command.startsWith("d1 time-travel info")) return ok('{"bookmark":"b-1"}');
    if (command.startsWith("r2 bucket info"))
      return has.has("bucket") ? ok("{}") : no("The specified bucket does not exist. [code: 10006]");
    if (command.startsWith("r2 bucket create")) has.add("bucket");
    if (command.startsWith("deployments list"))
      return ok(
        JSON.stringify([
          { created_on: "2026-11-02", versions: [{ version_id: "v-2", percentage: 100 }] },
          { created_on: "2026-11-01", versions: [{ version_id: "v-1", percentage: 100 }] },
        ]),
      );
    if (command === "queues info one") return has.has("one") ? ok("") : no("Queue one does not exist");
    if (command === "queues create one") has.add("one");
    if (command.startsWith("secret list"))
      return has.has("deployed")
        ? ok('[{"name":"ADMIN_TOKEN"},{"name":"CREDENTIALS_KEYS"}]')
        : no("code: 10007");
    if (command.startsWith("deploy")) {
      has.add("deployed");
      return ok("Deployed\n  https://gluey-production.acme.workers.dev\n");
    }
    if (command === "auth token") return ok("cf-token\n");
    return ok("");
  };
  return { wrangler, ran };
}

async function deploy(
  wrangler: Wrangler,
  current: Wanted,
): Promise<{ lines: string[]; asked: string[]; done: Done }> {
  const lines: string[] = [];
  const asked: string[] = [];
  const found = lookFor(current, wrangler, true);
  const done = await carryOut(planOf(current, found, { jurisdiction: "eu" }), current, found, {
    root,
    account_id: accountOf(wrangler, {}),
    wrangler,
    say: (line) => void lines.push(line),
    fetch: async (input, init) => {
      asked.push(`${init?.method ?? "GET"} ${String(input)}`);
      return new Response("{}");
    },
  });
  return { lines, asked, done };
}

it("deploys to an empty account; a second run creates nothing", async () => {
  const { wrangler, ran } = account();
  const first = await deploy(wrangler, wanted);
  expect(written()).toMatchObject({
    database_ids: { DB: "d-1" },
    hosts: "gluey-production.acme.workers.dev,track.example.com",
    jurisdiction: "eu",
  });
  expect(first.asked).toEqual([
    "PUT https://api.cloudflare.com/client/v4/accounts/a1/d1/database/d-1",
    "GET https://gluey-production.acme.workers.dev/healthz",
    "GET https://track.example.com/healthz",
  ]);
  expect(ran).toContain("deploy --env production --secrets-file /.state/production-secrets.json");
  expect(ran.indexOf("d1 migrations apply DB --remote --env production")).toBeLessThan(
    ran.findIndex((command) => command.startsWith("deploy")),
  );

  // What was told before the address was known did not hold it: the second deployment does.
  expect(ran.filter((command) => command.startsWith("deploy "))).toEqual([
    "deploy --env production --secrets-file /.state/production-secrets.json",
    "deploy --env production --containers-rollout=none",
  ]);

  ran.length = 0;
  const [database] = wanted.databases;
  const again = {
    ...wanted,
    jurisdiction: "eu",
    databases: database === undefined ? [] : [{ ...database, id: "d-1" }],
  };
  const second = await deploy(wrangler, again);
  expect(ran.filter((command) => /create|secrets-file/u.test(command))).toEqual([]);
  expect(ran.filter((command) => command.startsWith("deploy "))).toEqual(["deploy --env production"]);
  expect(second.done).toMatchObject({ bookmarks: { "gluey-production": "b-1" }, wrote: false });
});

it("writes down where new Durable Objects are created", async () => {
  const { wrangler } = account();
  const found = lookFor(wanted, wrangler, true);
  const steps = planOf(wanted, found, { jurisdiction: "none", location: "weur" });
  const first = steps.filter((step) => step.do === "write_location");
  const around = { root, account_id: "a1", wrangler, fetch, say: () => {} };
  expect((await carryOut(first, wanted, found, around)).wrote).toBe(true);
  expect(written()).toMatchObject({ location: "weur", jurisdiction: "" });
});

it("tells the Worker its own hosts where it has only routes of its own", async () => {
  const { wrangler } = account();
  await deploy((args) => (args[0] === "deploy" ? ok("Deployed") : wrangler(args)), wanted);
  expect(written().hosts).toBe("track.example.com");
});

it("rolls back to the version before, looks whether it is up, and leaves the databases alone", async () => {
  const { wrangler, ran } = account();
  const lines: string[] = [];
  const asked: string[] = [];
  await rollBack(wanted, undefined, "https://gluey-production.acme.workers.dev", {
    root,
    account_id: "a1",
    wrangler,
    say: (line) => void lines.push(line),
    fetch: async (input) => {
      asked.push(String(input));
      return new Response("{}");
    },
  });
  expect(ran).toEqual([
    "deployments list --env production --json",
    "rollback v-1 --env production --yes --message npm run deploy -- --rollback",
  ]);
  expect(asked).toEqual([
    "https://gluey-production.acme.workers.dev/healthz",
    "https://track.example.com/healthz",
  ]);
  expect(lines.at(-1)).toContain("version v-1 again");
  const only = JSON.stringify([
    { created_on: "2026-11-02", versions: [{ version_id: "v-2", percentage: 100 }] },
  ]);
  expect(() => versionBefore(only)).toThrow("nothing to go back to");
});

it("keeps the drawn secrets private and says none of them", async () => {
  const { wrangler } = account();
  const { lines } = await deploy(wrangler, wanted);
  const path = join(root, ".state", "production-secrets.json");
  const secrets: Record<string, string> = JSON.parse(readFileSync(path, "utf8"));
  expect(Object.keys(secrets)).toEqual(["ADMIN_TOKEN", "CREDENTIALS_KEYS"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  for (const secret of Object.values(secrets)) expect(lines.join("\n")).not.toContain(secret);
});

it("stops at a command that fails, and tells its words", async () => {
  const { wrangler } = account();
  const broken: Wrangler = (args) =>
    args[1] === "migrations" ? no("near SELEC: syntax error") : wrangler(args);
  await expect(deploy(broken, wanted)).rejects.toThrow("syntax error");
});

it("does not take a failed look for an empty account", () => {
  expect(() => lookFor(wanted, (args) => (args[0] === "queues" ? no("timed out") : ok("[]")), true)).toThrow(
    "timed out",
  );
  expect(() => lookFor(wanted, (args) => (args[0] === "secret" ? no("timed out") : ok("[]")), true)).toThrow(
    "timed out",
  );
});

it("says what to do when nobody is logged in, or several accounts could be meant", () => {
  expect(() => accountOf(() => no(""), {})).toThrow("wrangler login");
  const two = ok('{"accounts":[{"id":"a1","name":"Acme"},{"id":"a2","name":"Beta"}]}');
  expect(() => accountOf(() => two, {})).toThrow("CLOUDFLARE_ACCOUNT_ID");
  expect(accountOf(() => two, { CLOUDFLARE_ACCOUNT_ID: "a2" })).toBe("a2");
});
