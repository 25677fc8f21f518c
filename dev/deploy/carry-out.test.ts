import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { accountOf, lookFor, type Said, type Wrangler } from "./account.ts";
import { carryOut } from "./carry-out.ts";
import { NO_DATABASE_ID, planOf, type Wanted } from "./plan.ts";

const wanted: Wanted = {
  worker: "gluey",
  database: { name: "gluey", id: NO_DATABASE_ID },
  queues: ["one"],
  secrets: ["ADMIN_TOKEN", "CREDENTIALS_KEYS"],
  hosts: ["track.example.com"],
};
const toml = (database_id: string, hosts: string) =>
  `database_id = "${database_id}"\nOWN_HOSTS = "${hosts}"\n`;
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gluey-deploy-"));
  writeFileSync(join(root, "wrangler.toml"), toml(NO_DATABASE_ID, ""));
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
    if (command === "d1 list --json") return ok(has.has("d1") ? '[{"name":"gluey","uuid":"d-1"}]' : "[]");
    if (command.startsWith("d1 create")) has.add("d1");
    if (command === "queues info one") return has.has("one") ? ok("") : no("Queue one does not exist");
    if (command === "queues create one") has.add("one");
    if (command.startsWith("secret list"))
      return has.has("deployed")
        ? ok('[{"name":"ADMIN_TOKEN"},{"name":"CREDENTIALS_KEYS"}]')
        : no("code: 10007");
    if (command.startsWith("deploy")) {
      has.add("deployed");
      return ok("Deployed\n  https://gluey.acme.workers.dev\n");
    }
    if (command === "auth token") return ok("cf-token\n");
    return ok("");
  };
  return { wrangler, ran };
}

async function deploy(wrangler: Wrangler, current: Wanted): Promise<{ lines: string[]; asked: string[] }> {
  const lines: string[] = [];
  const asked: string[] = [];
  const found = lookFor(current, wrangler, true);
  await carryOut(planOf(current, found, {}), current, found, {
    root,
    account_id: accountOf(wrangler, {}),
    wrangler,
    say: (line) => void lines.push(line),
    fetch: async (input, init) => {
      asked.push(`${init?.method ?? "GET"} ${String(input)}`);
      return new Response("{}");
    },
  });
  return { lines, asked };
}

it("deploys to an empty account; a second run creates nothing", async () => {
  const { wrangler, ran } = account();
  const first = await deploy(wrangler, wanted);
  expect(readFileSync(join(root, "wrangler.toml"), "utf8")).toBe(
    toml("d-1", "track.example.com,gluey.acme.workers.dev"),
  );
  expect(first.asked).toEqual([
    "PUT https://api.cloudflare.com/client/v4/accounts/a1/d1/database/d-1",
    "GET https://gluey.acme.workers.dev/healthz",
  ]);
  expect(ran).toContain("deploy --secrets-file /.state/deployed-secrets.json");
  expect(ran.indexOf("d1 migrations apply DB --remote")).toBeLessThan(
    ran.findIndex((command) => command.startsWith("deploy")),
  );

  // What was told before the address was known did not hold it: the second deployment does.
  expect(ran.filter((command) => command.startsWith("deploy"))).toEqual([
    "deploy --secrets-file /.state/deployed-secrets.json",
    "deploy --containers-rollout=none",
  ]);

  ran.length = 0;
  await deploy(wrangler, { ...wanted, database: { name: "gluey", id: "d-1" } });
  expect(ran.filter((command) => /create|secrets-file/u.test(command))).toEqual([]);
  expect(ran.filter((command) => command.startsWith("deploy"))).toEqual(["deploy"]);
});

it("tells the Worker its own hosts where it has only routes of its own", async () => {
  const { wrangler } = account();
  await deploy((args) => (args[0] === "deploy" ? ok("Deployed") : wrangler(args)), wanted);
  expect(readFileSync(join(root, "wrangler.toml"), "utf8")).toBe(toml("d-1", "track.example.com"));
});

it("keeps the drawn secrets private and says none of them", async () => {
  const { wrangler } = account();
  const { lines } = await deploy(wrangler, wanted);
  const path = join(root, ".state", "deployed-secrets.json");
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
