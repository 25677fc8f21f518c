import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { start } from "../processes.ts";
import { newKeyPair, type SftpServer, startSftpServer } from "../sftp-server.ts";
import { carriedBy, Elements } from "./api.ts";
import type { Journal } from "./journal.ts";
import type { Plan } from "./plan.ts";
import type { Behaviour } from "./roles.ts";

/** The customers' side: the receiver's process, and an sFTP server whose files are read as soon as they have a name. */
export interface CustomersSide {
  /** Where an endpoint listens, as Gluey is told. */
  addressOf(endpoint: string, behaviour: Behaviour): string;
  behave(endpoint: string, behaviour: Behaviour): Promise<void>;
  setSecrets(endpoint: string, secrets: readonly string[], wanted: number): Promise<void>;
  setPublicKeys(keys: readonly string[]): Promise<void>;
  /** An sFTP account whose files count as the endpoint's. */
  sftpAccount(endpoint: string): object;
  /** Resolves with a sentence should the receiver end by itself: the campaign is void then. */
  failed: Promise<string>;
  close(): Promise<void>;
}

const Ready = z.object({ port: z.number(), tls: z.number(), own: z.record(z.string(), z.number()) });
const LOOK_EVERY_MS = 100;
const SFTP_USER = "campaign";
const SFTP_PASSWORD = "campaign-only";

export async function startCustomersSide(
  directory: string,
  plan: Plan,
  journal: Journal,
): Promise<CustomersSide> {
  const settings = join(directory, "receiver.json");
  const webhooks = plan.customers.flatMap((customer) =>
    customer.subscriptions
      .filter(({ way }) => way === "webhook")
      .map(({ endpoint, behaviours }) => ({
        name: endpoint,
        behaviour: behaviours[0]?.behaviour ?? "clean",
        poisoned: customer.poisoned,
        own_port: behaviours.some(({ behaviour }) => behaviour === "closed"),
      })),
  );
  writeFileSync(
    settings,
    JSON.stringify({
      journal: join(directory, "receiver.jsonl"),
      seed: plan.size.seed,
      endpoints: webhooks,
    }),
  );
  const said: string[] = [];
  const ready = Promise.withResolvers<z.infer<typeof Ready>>();
  const receiver = start({
    name: "receiver",
    command: process.execPath,
    args: [join(import.meta.dirname, "receiver-process.ts"), settings],
    cwd: directory,
    env: { PATH: process.env.PATH },
    onLine: (line) => {
      if (line.startsWith('{"ready":true')) ready.resolve(Ready.parse(JSON.parse(line)));
      else said.push(line);
    },
  });
  const failed = receiver.exited.then((code) => `The receiver ended (${code}): ${said.slice(-5).join(" ")}`);
  const { port, tls, own } = await Promise.race([
    ready.promise,
    failed.then((why): never => {
      throw new Error(why);
    }),
  ]);
  const control = async (body: object) => {
    await fetch(`http://127.0.0.1:${port}/control`, { method: "PUT", body: JSON.stringify(body) });
  };
  const sftp = await startFiles(directory, journal);

  return {
    failed,
    addressOf: (endpoint, behaviour) =>
      behaviour === "untrusted"
        ? `https://127.0.0.1:${tls}/hooks/${endpoint}`
        : `http://127.0.0.1:${own[endpoint] ?? port}/hooks/${endpoint}`,
    behave: async (endpoint, behaviour) => {
      if (sftp.has(endpoint)) await (behaviour === "closed" ? sftp.shut() : sftp.reopen());
      else await control({ endpoint, behaviour });
    },
    setSecrets: (endpoint, secrets, wanted) => control({ endpoint, secrets, wanted }),
    setPublicKeys: (public_keys) => control({ public_keys }),
    sftpAccount: sftp.account,
    close: async () => {
      await Promise.all([receiver.end(), sftp.close()]);
    },
  };
}

/** One server for all who want files. Whatever stands under a final name is read at once: it must be whole. */
async function startFiles(directory: string, journal: Journal) {
  const root = join(directory, "files");
  mkdirSync(root, { recursive: true });
  const hostKey = newKeyPair().privateKey;
  const options = { root, username: SFTP_USER, password: SFTP_PASSWORD, hostKey };
  let server: SftpServer | null = await startSftpServer(options);
  const { port, hostKeySha256 } = server;
  const folders = new Set<string>();
  const taken = new Set<string>();
  let n = 0;
  const look = () => {
    for (const endpoint of folders) {
      for (const name of finalNames(join(root, endpoint))) {
        const key = `${endpoint}/${name}`;
        if (taken.has(key)) continue;
        taken.add(key);
        // Below every number of the receiver's.
        n--;
        void writeFile(journal, n, endpoint, name, readFileSync(join(root, key), "utf8"));
      }
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    has: (endpoint: string) => folders.has(endpoint),
    account: (endpoint: string) => {
      folders.add(endpoint);
      mkdirSync(join(root, endpoint), { recursive: true });
      return {
        host: "127.0.0.1",
        port,
        username: SFTP_USER,
        password: SFTP_PASSWORD,
        host_key_sha256: `SHA256:${hostKeySha256}`,
        directory: endpoint,
        format: "json",
        every_minutes: 60,
      };
    },
    shut: async () => {
      await server?.close();
      server = null;
    },
    reopen: async () => {
      server ??= await startSftpServer({ ...options, port });
    },
    close: async () => {
      clearInterval(timer);
      look();
      await server?.close();
    },
  };
}

async function writeFile(
  journal: Journal,
  n: number,
  endpoint: string,
  id: string,
  text: string,
): Promise<void> {
  const at = Date.now();
  const read = elementsOf(text);
  const events = (read ?? []).map(carriedBy);
  const signature = read === null ? "the file under its final name is not whole" : "ok";
  await journal.write({ kind: "request", n, at, endpoint, id, signature, fault: "none", events });
  await journal.write({ kind: "answered", n, at, ack: "clean" });
}

function elementsOf(text: string): z.infer<typeof Elements> | null {
  try {
    const rows: unknown[] = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    return text.endsWith("\n") ? Elements.parse(rows) : null;
  } catch {
    return null;
  }
}

function finalNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^\.|\.(tmp|part|partial|filepart)$/u.test(entry.name))
    .map(({ name }) => name)
    .sort();
}
