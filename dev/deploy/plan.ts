import { type Environment, NO_DATABASE_ID } from "./environments.ts";

/** What a deployment has to do, as a value: the same plan is shown by --dry-run and carried out. Pure. */

/** A D1 database as wrangler.toml names it: `DB`, and a `SHARD_n` for each further one. */
export interface WantedDatabase {
  binding: string;
  name: string;
  id: string;
}

/** What wrangler.toml names for the environment. */
export interface Wanted {
  environment: Environment;
  worker: string;
  databases: WantedDatabase[];
  buckets: string[];
  queues: string[];
  secrets: string[];
  /** The hosts of its routes; the workers.dev one is known once it is deployed. */
  hosts: string[];
  /** Where its data must stay, as it was chosen when the first of it was created; empty: anywhere. */
  jurisdiction: string;
  /** Where new databases, buckets and objects are created, as a hint; empty: wherever they are first called from. */
  location: string;
}

/** What the account has. */
export interface Found {
  /** Ids of the databases there are, by their names. */
  database_ids: Readonly<Record<string, string>>;
  buckets: string[];
  queues: string[];
  secrets: string[];
  docker: boolean;
}

export const JURISDICTIONS = ["eu", "fedramp", "us", "none"] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

/** The places that D1, R2 and Durable Objects all know. */
export const LOCATIONS = ["weur", "eeur", "enam", "wnam", "apac", "oc"] as const;
export type Location = (typeof LOCATIONS)[number];

export interface Choices {
  /** Where what is new should be created. What exists stays where it is; within a jurisdiction it says nothing. */
  location?: Location;
  /** Where databases and objects must stay. It can never be changed; null: nobody has said it. */
  jurisdiction: Jurisdiction | null;
}

export type Step =
  /** A wrangler command. */
  | { do: "wrangler"; args: string[]; why: string }
  /** Before anything is created: where it must stay goes into wrangler.toml. */
  | { do: "write_jurisdiction"; jurisdiction: Jurisdiction; why: string }
  /** Where new Durable Objects should be goes into wrangler.toml too, beside their databases. */
  | { do: "write_location"; location: Location; why: string }
  /** The id of a database just created, or found, goes into wrangler.toml; it is no secret, and is meant to be committed. */
  | { do: "write_database_id"; binding: string; name: string; why: string }
  /** The state that the databases could be brought back to. */
  | { do: "bookmark"; name: string; why: string }
  /** Secrets are drawn here, kept in a private file, and uploaded with the deployment. */
  | { do: "draw_secrets"; names: string[]; why: string }
  /** The Worker must know its own names: nothing of ours is ever delivered to ourselves. */
  | { do: "own_hosts"; why: string }
  | { do: "replicate"; name: string; why: string }
  | { do: "check_health"; why: string };

/** In the place of the file's name where nothing is written yet. */
export const SECRETS_FILE = "SECRETS_FILE";

/**
 * The steps that are left to do. Throws a sentence where wrangler.toml and the account contradict each other, or where
 * something is to be created and nobody has said where its data must stay.
 */
export function planOf(wanted: Wanted, found: Found, choices: Choices): Step[] {
  const env = ["--env", wanted.environment];
  const steps: Step[] = [];
  const place = placeOf(wanted, found, choices, steps);
  for (const database of wanted.databases) steps.push(...databaseSteps(database, found, place));
  for (const bucket of wanted.buckets.filter((name) => !found.buckets.includes(name))) {
    steps.push({
      do: "wrangler",
      args: ["r2", "bucket", "create", bucket, ...optionsOf(place)],
      why: "the bucket is missing",
    });
  }
  for (const queue of wanted.queues.filter((name) => !found.queues.includes(name)))
    steps.push({ do: "wrangler", args: ["queues", "create", queue], why: "the queue is missing" });
  for (const { binding, name } of wanted.databases) {
    if (found.database_ids[name] !== undefined)
      steps.push({ do: "bookmark", name, why: "what to go back to, should a migration be wrong" });
    steps.push({
      do: "wrangler",
      args: ["d1", "migrations", "apply", binding, "--remote", ...env],
      why: "before the code that needs them; nothing happens when all are in",
    });
  }
  const missing = wanted.secrets.filter((name) => !found.secrets.includes(name));
  if (missing.length > 0)
    steps.push({ do: "draw_secrets", names: missing, why: "the Worker does not start without them" });
  steps.push({
    do: "wrangler",
    args: [
      "deploy",
      ...env,
      ...(missing.length > 0 ? ["--secrets-file", SECRETS_FILE] : []),
      ...(found.docker ? [] : ["--containers-rollout=none"]),
    ],
    why: found.docker
      ? "the Worker and the sFTP container"
      : "the Worker alone: there is no Docker here, so the sFTP container is neither built nor rolled out. Deploy once from a machine with Docker before you use sFTP",
  });
  steps.push({ do: "own_hosts", why: "a subscription must not point back at us: commit that line" });
  for (const { name } of wanted.databases)
    steps.push({ do: "replicate", name, why: "reads may come from a replica near the reader" });
  steps.push({ do: "check_health", why: "is it up?" });
  return steps;
}

interface Place {
  /** Empty: anywhere. */
  jurisdiction: string;
  /** Empty: no hint. */
  location: string;
}

/** A jurisdiction decides by itself; a hint beside it is refused or ignored, depending on what is created. */
function optionsOf({ jurisdiction, location }: Place): string[] {
  if (jurisdiction !== "") return ["--jurisdiction", jurisdiction];
  return location === "" ? [] : ["--location", location];
}

/** Where what is created goes: a jurisdiction that was chosen the first time stands for all that follows. */
function placeOf(wanted: Wanted, found: Found, choices: Choices, steps: Step[]): Place {
  const jurisdiction = jurisdictionOf(wanted, found, choices, steps);
  if (jurisdiction !== "") return { jurisdiction, location: "" };
  const { location } = choices;
  if (location === undefined || location === wanted.location)
    return { jurisdiction, location: wanted.location };
  steps.push({
    do: "write_location",
    location,
    why: "new Durable Objects belong beside their databases, existing ones stay where they are: commit that line",
  });
  return { jurisdiction, location };
}

function jurisdictionOf(wanted: Wanted, found: Found, { jurisdiction }: Choices, steps: Step[]): string {
  const creates = wanted.databases.some(({ name }) => found.database_ids[name] === undefined);
  if (wanted.jurisdiction !== "") {
    if (jurisdiction !== null && jurisdiction !== wanted.jurisdiction)
      throw new Error(
        `${wanted.environment} is bound to ${wanted.jurisdiction}, as wrangler.toml says, and can't be moved to ${jurisdiction}: data can't leave a jurisdiction. Deploy another environment.`,
      );
    return wanted.jurisdiction;
  }
  const first = wanted.databases.every(({ id }) => id === NO_DATABASE_ID);
  if (!creates || !first) return "";
  if (jurisdiction === null)
    throw new Error(
      `Where must the data of ${wanted.environment} stay? It can never be changed: say --jurisdiction eu, us, fedramp, or none.`,
    );
  if (jurisdiction === "none") return "";
  steps.push({
    do: "write_jurisdiction",
    jurisdiction,
    why: "the Durable Objects and the bucket must stay there too: commit that line",
  });
  return jurisdiction;
}

function databaseSteps({ binding, name, id }: WantedDatabase, found: Found, place: Place): Step[] {
  const there = found.database_ids[name];
  if (there === undefined) {
    if (id !== NO_DATABASE_ID)
      throw new Error(
        `wrangler.toml names the database ${id}, but this account has none called ${name}. Is it the right account? To begin anew, set database_id to ${NO_DATABASE_ID}.`,
      );
    return [
      {
        do: "wrangler",
        args: ["d1", "create", name, ...optionsOf(place)],
        why: "the database is missing",
      },
      {
        do: "write_database_id",
        binding,
        name,
        why: "wrangler.toml must name the database: commit that line",
      },
    ];
  }
  if (id === NO_DATABASE_ID)
    return [
      {
        do: "write_database_id",
        binding,
        name,
        why: "the database is there, but wrangler.toml does not name it: commit that line",
      },
    ];
  if (id !== there)
    throw new Error(
      `wrangler.toml names the database ${id}, but ${name} of this account is ${there}. Is it the right account?`,
    );
  return [];
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

/** Hosts as OWN_HOSTS has them: parted by commas. */
export function hostsIn(line: string): string[] {
  return line
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "");
}

/** One step as a person would type or say it. */
export function wordsOf(step: Step): string {
  switch (step.do) {
    case "wrangler":
      return `npx wrangler ${step.args.join(" ")}`;
    case "write_jurisdiction":
      return `write JURISDICTION = "${step.jurisdiction}" into wrangler.toml`;
    case "write_location":
      return `write LOCATION_HINT = "${step.location}" into wrangler.toml`;
    case "write_database_id":
      return `write the id of ${step.name} into wrangler.toml`;
    case "bookmark":
      return `npx wrangler d1 time-travel info ${step.name}`;
    case "draw_secrets":
      return `draw ${step.names.join(", ")} and keep them in .state`;
    case "own_hosts":
      return "see that OWN_HOSTS in wrangler.toml names every host of the Worker; deploy again if it did not";
    case "replicate":
      return `PUT https://api.cloudflare.com/client/v4/accounts/{account}/d1/database/{${step.name}} {"read_replication":{"mode":"auto"}}`;
    case "check_health":
      return "GET {address of the Worker}/healthz";
    default:
      return step satisfies never;
  }
}
