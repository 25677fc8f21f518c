/** What a deployment has to do, as a value: the same plan is shown by --dry-run and carried out. Pure. */

/** What wrangler.toml names. */
export interface Wanted {
  worker: string;
  database: { name: string; id: string };
  queues: string[];
  secrets: string[];
  /** The hosts of its routes; the workers.dev one is known once it is deployed. */
  hosts: string[];
}

/** What the account has. */
export interface Found {
  /** Null: there is no database of that name. */
  database_id: string | null;
  queues: string[];
  secrets: string[];
  docker: boolean;
}

export interface Choices {
  /** A hint for D1's primary: weur, eeur, … Taken at creation only. */
  location?: string;
  /** Where D1 must stay: eu, fedramp, us. It can never be changed. */
  jurisdiction?: string;
}

export type Step =
  /** A wrangler command. */
  | { do: "wrangler"; args: string[]; why: string }
  /** The id of the database just created goes into wrangler.toml; it is no secret, and is meant to be committed. */
  | { do: "write_database_id"; why: string }
  /** Secrets are drawn here, kept in a private file, and uploaded with the deployment. */
  | { do: "draw_secrets"; names: string[]; why: string }
  /** The Worker must know its own names: nothing of ours is ever delivered to ourselves. */
  | { do: "own_hosts"; why: string }
  | { do: "replicate"; why: string }
  | { do: "check_health"; why: string };

/** The id that a fresh clone's wrangler.toml carries. */
export const NO_DATABASE_ID = "00000000-0000-0000-0000-000000000000";

/** In the place of the file's name where nothing is written yet. */
export const SECRETS_FILE = "SECRETS_FILE";

/** The steps that are left to do. Throws a sentence where wrangler.toml and the account contradict each other. */
export function planOf(wanted: Wanted, found: Found, choices: Choices): Step[] {
  const steps: Step[] = [];
  const { database } = wanted;
  if (found.database_id === null) {
    if (database.id !== NO_DATABASE_ID) {
      throw new Error(
        `wrangler.toml names the database ${database.id}, but this account has none called ${database.name}. Is it the right account? To begin anew, set database_id to ${NO_DATABASE_ID}.`,
      );
    }
    steps.push({
      do: "wrangler",
      args: ["d1", "create", database.name, ...placeOf(choices)],
      why: "the database is missing",
    });
    steps.push({ do: "write_database_id", why: "wrangler.toml must name the database: commit that line" });
  } else if (database.id === NO_DATABASE_ID) {
    steps.push({
      do: "write_database_id",
      why: "the database is there, but wrangler.toml does not name it: commit that line",
    });
  } else if (database.id !== found.database_id) {
    throw new Error(
      `wrangler.toml names the database ${database.id}, but ${database.name} of this account is ${found.database_id}. Is it the right account?`,
    );
  }
  for (const queue of wanted.queues) {
    if (!found.queues.includes(queue)) {
      steps.push({ do: "wrangler", args: ["queues", "create", queue], why: "the queue is missing" });
    }
  }
  steps.push({
    do: "wrangler",
    args: ["d1", "migrations", "apply", "DB", "--remote"],
    why: "before the code that needs them; nothing happens when all are in",
  });
  const missing = wanted.secrets.filter((name) => !found.secrets.includes(name));
  if (missing.length > 0) {
    steps.push({ do: "draw_secrets", names: missing, why: "the Worker does not start without them" });
  }
  steps.push({
    do: "wrangler",
    args: [
      "deploy",
      ...(missing.length > 0 ? ["--secrets-file", SECRETS_FILE] : []),
      ...(found.docker ? [] : ["--containers-rollout=none"]),
    ],
    why: found.docker
      ? "the Worker and the sFTP container"
      : "the Worker alone: there is no Docker here, so the sFTP container is neither built nor rolled out. Deploy once from a machine with Docker before you use sFTP",
  });
  steps.push({ do: "own_hosts", why: "a subscription must not point back at us: commit that line" });
  steps.push({ do: "replicate", why: "reads may come from a replica near the reader" });
  steps.push({ do: "check_health", why: "is it up?" });
  return steps;
}

function placeOf({ location, jurisdiction }: Choices): string[] {
  if (jurisdiction !== undefined) return ["--jurisdiction", jurisdiction];
  return location === undefined ? [] : ["--location", location];
}

/** wrangler.toml with the database's id in the place of the one it has. Throws when it is not there exactly once. */
export function withDatabaseId(toml: string, old: string, id: string): string {
  const line = `database_id = "${old}"`;
  if (toml.split(line).length !== 2)
    throw new Error(
      `wrangler.toml should have the line ${line} exactly once. Set database_id to "${id}" by hand.`,
    );
  return toml.replace(line, `database_id = "${id}"`);
}

/** A route of wrangler.toml, in each of the forms that it takes there. */
export type Route = string | { pattern: string };

/** The hosts of routes, each once: `*.example.com/*` answers under example.com, so that is the host. */
export function hostsOfRoutes(routes: readonly Route[]): string[] {
  const hosts = routes.map((route) =>
    (typeof route === "string" ? route : route.pattern)
      .replace(/^[a-z]+:\/\//iu, "")
      .replace(/[/:].*$/u, "")
      .replace(/^\*?\.?/u, "")
      .toLowerCase(),
  );
  return [...new Set(hosts.filter((host) => host !== ""))];
}

const OWN_HOSTS = /^OWN_HOSTS = "([^"\n]*)"$/gmu;

/** The hosts that wrangler.toml tells the Worker are its own. */
export function ownHostsIn(toml: string): string[] {
  const [, line = ""] = [...toml.matchAll(OWN_HOSTS)][0] ?? [];
  return line
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "");
}

/** wrangler.toml with these hosts among the Worker's own. Throws when their line is not there exactly once. */
export function withOwnHosts(toml: string, hosts: readonly string[]): string {
  const all = [...new Set([...ownHostsIn(toml), ...hosts])].join(",");
  if ([...toml.matchAll(OWN_HOSTS)].length !== 1)
    throw new Error(
      `wrangler.toml should have a line OWN_HOSTS = "…" exactly once. Set OWN_HOSTS to "${all}" by hand, and deploy again.`,
    );
  return toml.replace(OWN_HOSTS, () => `OWN_HOSTS = "${all}"`);
}

/** One step as a person would type or say it. */
export function wordsOf(step: Step): string {
  switch (step.do) {
    case "wrangler":
      return `npx wrangler ${step.args.join(" ")}`;
    case "write_database_id":
      return "write database_id into wrangler.toml";
    case "draw_secrets":
      return `draw ${step.names.join(", ")} and keep them in .state/deployed-secrets.json`;
    case "own_hosts":
      return "see that OWN_HOSTS in wrangler.toml names every host of the Worker; deploy again if it did not";
    case "replicate":
      return 'PUT https://api.cloudflare.com/client/v4/accounts/{account}/d1/database/{database} {"read_replication":{"mode":"auto"}}';
    case "check_health":
      return "GET {address of the Worker}/healthz";
    default:
      return step satisfies never;
  }
}
