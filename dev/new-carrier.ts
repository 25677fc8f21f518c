import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run new-carrier -- acme`: the folder of a carrier with the files that every carrier has, and its line in the
 * registry. Its suite runs at once and fails, saying what is still to do; docs/adding-a-carrier.md does it for one.
 */

/** What keeps a name from being a carrier's; null where nothing does. It becomes a folder, a route segment and a stored value. */
export function faultOfName(id: string): string | null {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/u.test(id) || id.length > 40)
    return `"${id}" can't be a carrier's id: write it in small letters, digits and single underscores, beginning with a letter, at most 40, like dhl_freight.`;
  if (RESERVED.has(nameOf(id))) return `"${id}" is a word of the language: choose another id.`;
  return null;
}

/** Words that can't name the constant that the folder exports, and one that the registry has for itself. */
const RESERVED: ReadonlySet<string> = new Set(
  "await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield arguments carriers".split(
    " ",
  ),
);

/** dhl_freight → dhlFreight */
const nameOf = (id: string) => id.replace(/_([a-z0-9])/gu, (_, letter: string) => letter.toUpperCase());

/** dhl_freight → Dhl Freight */
const titleOf = (id: string) =>
  id
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

/** The files of a new carrier's folder, by name. */
export function filesOf(id: string): Record<string, string> {
  const name = nameOf(id);
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  return {
    "index.ts": `import { z } from "zod";
import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, Push } from "../carrier.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** TODO: how its pushes are signed, and where that is documented. Where it signs nothing, say so here. */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const sent = push.headers.get("x-${id.replaceAll("_", "-")}-signature");
  if (sent === undefined) return false;
  return sameSecret(sent, hmacOf("sha256", credential(credentials, "webhook_secret"), [push.body], "hex"));
}

/** TODO: which of its services are read here. Take out the ways in that it has not; files come by \`sftp\`. */
export const ${name}: Carrier = {
  id: "${id}",
  name: "${titleOf(id)}",
  rules,
  harmonize,
  // TODO: its number formats with their check digits, most specific first; left empty where they say nothing.
  numbers: [],
  webhook: { credentials: z.object({ webhook_secret: z.string().min(16) }), verify },
  poll: {
    credentials: z.object({ api_key: z.string().min(1) }),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://api.example",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: \`\${under(base_url, "tracking")}/\${oneNumber(numbers)}\`,
      headers: { accept: "application/json", authorization: \`Bearer \${credential(credentials, "api_key")}\` },
      body: null,
    }),
  },
};
`,
    "schema.ts": `import { z } from "zod";

/** TODO: what it sends, only the fields we read. */

const text = z.string().nullish();

export const ${type}Event = z.object({ code: z.string().min(1), text, time: text });

export const ${type}News = z.object({
  tracking_number: z.string().min(1),
  events: z.array(z.unknown()),
});
`,
    "statuses.ts": `import { readRules } from "../rules.ts";

/**
 * TODO: name, version and date of the carrier's code list.
 * code | sub_code | service | text | Gluey code | reason | what its paper calls it
 */
export const rules = readRules(
  "${id}",
  1,
  \`
\`,
);
`,
    "harmonize.ts": `import { readIso } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson } from "../reading.ts";
import { tell } from "../telling.ts";
import { ${type}Event, ${type}News } from "./schema.ts";

/** TODO: the zone of a time without an offset, and why. */
const HOME = "UTC";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, ${type}News);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  const events = readEach(${type}Event, read.value.events, "events", remarks).map(({ value, at }) =>
    tell(
      rules,
      {
        code: value.code,
        text: value.text ?? null,
        time: readIso(value.time ?? "", HOME, "carrier_default"),
        at,
      },
      remarks,
    ),
  );
  return {
    shipments: [
      {
        carrier_tracking_id: read.value.tracking_number,
        parcel_tracking_id: null,
        other_ids: [],
        events,
        eta: null,
        carrier_tracking_update: null,
      },
    ],
    remarks,
    complete: true,
  };
}
`,
    "harmonize.test.ts": `import { hmacOf } from "../authentic.ts";
import { carrierSuite } from "../carrier-suite.ts";
import { ${name} } from "./index.ts";

const credentials = { webhook_secret: "a secret of 32 letters, 012345678", api_key: "key" };

carrierSuite(${name}, import.meta.dirname, {
  credentials,
  webhook: {
    sign: (body) => ({
      headers: {
        "x-${id.replaceAll("_", "-")}-signature": hmacOf("sha256", credentials.webhook_secret, [body], "hex"),
      },
    }),
    covers_body: true,
  },
});
`,
  };
}

/** The registry with the carrier's import and line, both where the alphabet wants them. */
export function withCarrier(registry: string, id: string): string {
  const name = nameOf(id);
  const imported = `import { ${name} } from "./${id}/index.ts";`;
  const lines = registry.split("\n");
  const pathOf = (line: string) => /^import .* from "\.\/(.+)";$/u.exec(line)?.[1] ?? null;
  const after = lines.findIndex((line) => (pathOf(line) ?? "") > `${id}/index.ts`);
  const lastImport = lines.findLastIndex((line) => pathOf(line) !== null);
  lines.splice(after === -1 ? lastImport + 1 : after, 0, imported);
  const begin = lines.findIndex((line) => line.startsWith("export const carriers"));
  const end = lines.indexOf("];", begin);
  if (begin === -1 || end === -1) throw new Error("workers/carriers/registry.ts has no list of carriers.");
  const place = lines.slice(begin + 1, end).findIndex((line) => line.trim() > `${name},`);
  lines.splice(place === -1 ? end : begin + 1 + place, 0, `  ${name},`);
  return lines.join("\n");
}

/** Writes folder and line below the project's root; a sentence where that can't be. */
export function newCarrier(root: string, id: string): { wrote: string[] } | { fault: string } {
  const fault = faultOfName(id);
  if (fault !== null) return { fault };
  const folder = join("workers", "carriers", id);
  if (existsSync(join(root, folder))) return { fault: `${folder} is there already: nothing was written.` };
  const registry = join("workers", "carriers", "registry.ts");
  const line = withCarrier(readFileSync(join(root, registry), "utf8"), id);
  mkdirSync(join(root, folder, "fixtures"), { recursive: true });
  const files = Object.entries(filesOf(id)).map(([file, text]) => {
    writeFileSync(join(root, folder, file), text, { flag: "wx" });
    return join(folder, file);
  });
  writeFileSync(join(root, registry), line);
  return { wrote: [...files, registry] };
}

function main([id, ...more]: string[]): number {
  if (id === undefined || more.length > 0) {
    console.error("Usage: npm run new-carrier -- ID, where ID is like acme or dhl_freight.");
    return 1;
  }
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const done = newCarrier(root, id);
  if ("fault" in done) {
    console.error(done.fault);
    return 1;
  }
  for (const file of done.wrote) console.log(file);
  console.log(`
Next: npx vitest --config test/vitest.config.ts --project pure workers/carriers/${id}/
It says what is still to do; docs/adding-a-carrier.md does it for one carrier.`);
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
