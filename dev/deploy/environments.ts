import { parse, stringify, type TomlTable } from "smol-toml";

/**
 * The environments of wrangler.toml. Wrangler lets an environment inherit none of the bindings, and only warns where one
 * is missing: so their sections are made from the top of the file, which is what runs locally, and a test compares. Of an
 * environment stand in its section alone: ids of databases, its own hosts, its routes, and where data must or should be. Pure.
 */

export const ENVIRONMENTS = ["staging", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export function isEnvironment(word: string): word is Environment {
  return ENVIRONMENTS.some((name) => name === word);
}

/** The id that a database has before it is created. */
export const NO_DATABASE_ID = "00000000-0000-0000-0000-000000000000";

const BEGIN =
  "# <environments> Made from what stands above: npm run environments. Ids, OWN_HOSTS, JURISDICTION, LOCATION_HINT and routes are kept.";
const END = "# </environments>";

/** What `wrangler.toml` holds that no environment inherits, by wrangler's own documentation. */
const BINDINGS = [
  "d1_databases",
  "r2_buckets",
  "queues",
  "durable_objects",
  "containers",
  "ratelimits",
  "analytics_engine_datasets",
] as const;

/** What it may hold beside, and environments do inherit: any other key is refused, so that none is forgotten. */
const INHERITED = [
  "name",
  "main",
  "compatibility_date",
  "compatibility_flags",
  "workers_dev",
  "triggers",
  "limits",
  "observability",
  "migrations",
  "rules",
  "dev",
  "env",
  "vars",
];

/** What an environment says that the top of the file cannot know. */
export interface Own {
  database_ids: Record<string, string>;
  hosts: string;
  jurisdiction: string;
  /** Where what is new should be created; empty: wherever it is first called from. */
  location: string;
  routes: TomlTable[];
}

/** wrangler.toml with its environments made anew; what each says of its own stays, `change` puts some of it in its place. */
export function withEnvironments(
  toml: string,
  change: Partial<Record<Environment, Partial<Own>>> = {},
): string {
  const [head = "", rest = ""] = toml.split(BEGIN);
  const read = parse(toml);
  const strange = Object.keys(read).filter(
    (key) => ![...BINDINGS, ...INHERITED].some((known) => known === key),
  );
  if (strange.length > 0)
    throw new Error(
      `wrangler.toml holds ${strange.join(", ")}: say in dev/deploy/environments.ts whether environments inherit it.`,
    );
  const env: TomlTable = {};
  ENVIRONMENTS.forEach((name, at) => {
    env[name] = environmentOf(read, name, at + 1, { ...ownOf(read, name), ...change[name] });
  });
  const after = rest.split(END)[1] ?? "\n";
  return `${head.trimEnd()}\n\n${BEGIN}\n${stringify({ env }).trim()}\n${END}${after}`;
}

/** What an environment says of its own. */
export function ownOf(read: TomlTable, name: Environment): Own {
  const section = table(table(read.env)[name]);
  const vars = table(section.vars);
  return {
    database_ids: Object.fromEntries(
      tables(section.d1_databases).map(({ binding, database_id }) => [text(binding), text(database_id)]),
    ),
    hosts: text(vars.OWN_HOSTS),
    jurisdiction: text(vars.JURISDICTION),
    location: text(vars.LOCATION_HINT),
    routes: tables(section.routes),
  };
}

function environmentOf(read: TomlTable, name: Environment, at: number, own: Own): TomlTable {
  const { jurisdiction, location } = own;
  const made: TomlTable = {
    vars: {
      ...table(read.vars),
      ENVIRONMENT: name,
      OWN_HOSTS: own.hosts,
      ...(jurisdiction === "" ? {} : { JURISDICTION: jurisdiction }),
      ...(location === "" ? {} : { LOCATION_HINT: location }),
    },
    ...(own.routes.length === 0 ? {} : { routes: own.routes }),
  };
  for (const key of BINDINGS) {
    const value = read[key];
    if (value === undefined) continue;
    made[key] = named(key, value, name, at, own);
  }
  return made;
}

/** The same bindings, on resources of the environment's own. */
function named(
  key: (typeof BINDINGS)[number],
  value: TomlTable[string],
  name: Environment,
  at: number,
  own: Own,
): TomlTable[string] {
  const own_name = (base: TomlTable[string] | undefined) => `${text(base)}-${name}`;
  switch (key) {
    case "d1_databases":
      return tables(value).map((one) => ({
        ...one,
        database_name: own_name(one.database_name),
        database_id: own.database_ids[text(one.binding)] ?? NO_DATABASE_ID,
      }));
    case "r2_buckets":
      return tables(value).map((one) => ({
        ...one,
        bucket_name: own_name(one.bucket_name),
        ...(own.jurisdiction === "" ? {} : { jurisdiction: own.jurisdiction }),
      }));
    case "queues": {
      const { producers, consumers } = table(value);
      const onOwn = (one: TomlTable) => ({ ...one, queue: own_name(one.queue) });
      return { producers: tables(producers).map(onOwn), consumers: tables(consumers).map(onOwn) };
    }
    case "ratelimits":
      // Workers with the same namespace share their counters.
      return tables(value).map((one) => ({
        ...one,
        namespace_id: String(Number(one.namespace_id) + 1000 * at),
      }));
    case "analytics_engine_datasets":
      return tables(value).map((one) => ({ ...one, dataset: `${text(one.dataset)}_${name}` }));
    case "durable_objects":
    case "containers":
      return value;
    default:
      return key satisfies never;
  }
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function table(value: unknown): TomlTable {
  return isTable(value) ? value : {};
}

function tables(value: unknown): TomlTable[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
