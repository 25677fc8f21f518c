import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signWebhook } from "../workers/domain/signing/sign-webhook.ts";
import { newWebhookSecret, publicWebhookKeys, signingKeyOf } from "../workers/domain/signing/webhook-keys.ts";
import { portOf } from "./ports.ts";

/** The receivers of docs/webhooks.md, as they stand there, run where their language is on this machine. */

const page = readFileSync(join(import.meta.dirname, "../docs/webhooks.md"), "utf8");

/** The code of the page that names itself so in its first lines. */
function codeOf(name: string): string {
  const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gmu)].map(([, code = ""]) => code);
  const found = blocks.filter((code) => new RegExp(`^(//|#) ${name}$`, "mu").test(code));
  if (found.length !== 1) throw new Error(`docs/webhooks.md has ${found.length} blocks named ${name}.`);
  return found[0] ?? "";
}

const secret = newWebhookSecret(new Uint8Array(32).fill(3));
const other = newWebhookSecret(new Uint8Array(32).fill(4));
const pkcs8 = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "der", type: "pkcs8" })
  .toString("base64");
const nowS = () => Math.floor(Date.now() / 1000);

let drawn = 0;
const eventId = () => `evt_${String(++drawn).padStart(26, "0")}`;
const bodyOf = (...ids: string[]) =>
  JSON.stringify(
    ids.map((id, at) => ({
      shipment_id: "shp_1",
      sequence: at + 1,
      event: { id, status: "delivered", text: "Grüße, 荷物 \\/" },
    })),
  );

interface Message {
  body: string;
  secrets?: string[];
  age_s?: number;
  keyed?: boolean;
}

async function headersOf({
  body,
  secrets = [secret],
  age_s = 0,
  keyed = false,
}: Message): Promise<Record<string, string>> {
  const signed = await signWebhook({
    id: "msg_1",
    timestamp_s: nowS() - age_s,
    body: new TextEncoder().encode(body),
    secrets,
    signingKey: keyed ? await signingKeyOf(pkcs8) : null,
  });
  return { ...signed };
}

const languages = [
  {
    language: "Node",
    file: "receiver.mjs",
    command: process.execPath,
    version: "--version",
    args: () => ["receiver.mjs"],
  },
  {
    language: "Python",
    file: "receiver.py",
    command: "python3",
    version: "--version",
    args: () => ["receiver.py"],
  },
  {
    language: "PHP",
    file: "receiver.php",
    command: "php",
    version: "--version",
    args: (port: number) => ["-S", `127.0.0.1:${port}`, "receiver.php"],
  },
];

describe.each(languages)("the receiver in $language", ({ language, file, command, version, args }) => {
  if (spawnSync(command, [version]).status !== 0) {
    it(`is NOT RUN: there is no ${command} on this machine. ${language}'s code is only looked at`, () => {
      for (const word of ["webhook-id", "webhook-timestamp", "webhook-signature"])
        expect(codeOf(file).toLowerCase().replaceAll("_", "-")).toContain(word);
      expect(codeOf(file)).toMatch(/timingSafeEqual|compare_digest|hash_equals/u);
    });
    return;
  }

  const folder = mkdtempSync(join(tmpdir(), "gluey-receiver-"));
  let port = 0;
  let child: ChildProcess;
  let told = "";

  beforeAll(async () => {
    writeFileSync(join(folder, file), codeOf(file));
    port = await freePort();
    const env = { ...process.env, GLUEY_SECRET: secret, PORT: String(port) };
    child = spawn(command, args(port), { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (told += String(chunk)));
    await listening(port, child, () => told);
  });
  afterAll(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const post = (body: string, headers: Record<string, string>) => postTo(port, body, headers);
  const send = async (message: Message) => post(message.body, await headersOf(message));
  const applied = (id: string) => told.split(id).length - 1;

  it("takes what is signed, and applies each event once however often it comes", async () => {
    const [first, second, third] = [eventId(), eventId(), eventId()];
    expect(await send({ body: bodyOf(first, second) })).toBe(204);
    expect(await send({ body: bodyOf(first, second) })).toBe(204);
    expect(await send({ body: bodyOf(second, third) })).toBe(204);
    await settled(() => applied(third) > 0);
    expect([first, second, third].map(applied)).toEqual([1, 1, 1]);
  });

  it("refuses another secret, an altered body, and what is not signed", async () => {
    const id = eventId();
    const body = bodyOf(id);
    expect(await send({ body, secrets: [other] })).toBe(401);
    const headers = await headersOf({ body });
    expect(await post(body.replace("delivered", "returned"), headers)).toBe(401);
    expect(await post(`${body} `, headers)).toBe(401);
    expect(await post(body, { ...headers, "webhook-id": "msg_2" })).toBe(401);
    expect(await post(body, { ...headers, "webhook-timestamp": String(nowS() - 7) })).toBe(401);
    for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
      const { [name]: _, ...without } = headers;
      expect(await post(body, without)).toBe(401);
    }
    for (const signature of ["", "v1", "v1,", "v1,%%%", "v2,abc", "v1a,abc", ",", "v1,abc def"])
      expect(await post(body, { ...headers, "webhook-signature": signature })).toBe(401);
    for (const time of ["soon", "1e9", "-1", "99999999999999"])
      expect(await post(body, { ...headers, "webhook-timestamp": time })).toBe(401);
    expect(applied(id)).toBe(0);
  });

  it("refuses what is old or of the future, with a right signature", async () => {
    const id = eventId();
    for (const age_s of [320, 3600, -320]) expect(await send({ body: bodyOf(id), age_s })).toBe(401);
    expect(await send({ body: bodyOf(id), age_s: 240 })).toBe(204);
    expect(await send({ body: bodyOf(id), age_s: -240 })).toBe(204);
  });

  it("takes a message by its second signature, and passes over versions it does not know", async () => {
    expect(await send({ body: bodyOf(eventId()), secrets: [other, secret] })).toBe(204);
    expect(await send({ body: bodyOf(eventId()), secrets: [secret, other], keyed: true })).toBe(204);
    const body = bodyOf(eventId());
    const headers = await headersOf({ body });
    const signature = `v9,abc ${headers["webhook-signature"]}`;
    expect(await post(body, { ...headers, "webhook-signature": signature })).toBe(204);
    expect(await send({ body, secrets: [other], keyed: true })).toBe(401);
  });

  it("answers 5xx to what it can't read, so that it comes again, and goes on", async () => {
    expect(await send({ body: "no JSON" })).toBe(500);
    expect(await send({ body: bodyOf(eventId()) })).toBe(204);
  });

  it("takes a body as long as one may be", async () => {
    const ids = Array.from({ length: 100 }, eventId);
    const filler = " ".repeat(1024 * 1024 - Buffer.byteLength(bodyOf(...ids)));
    expect(await send({ body: bodyOf(...ids) + filler })).toBe(204);
  });
});

describe("verifying with the public key in Node", () => {
  const folder = mkdtempSync(join(tmpdir(), "gluey-receiver-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes what Gluey signed, and nothing else", async () => {
    const path = join(folder, "public-key.mjs");
    writeFileSync(path, codeOf("public-key.mjs"));
    const { isGlueys } = await import(pathToFileURL(path).href);
    const { keys } = await publicWebhookKeys(pkcs8);
    const body = bodyOf(eventId());
    const bytes = Buffer.from(body);
    const headers = await headersOf({ body, secrets: [secret, other], keyed: true });
    expect(isGlueys(headers, bytes, keys)).toBe(true);
    expect(isGlueys(headers, Buffer.from(`${body} `), keys)).toBe(false);
    expect(isGlueys({ ...headers, "webhook-id": "msg_2" }, bytes, keys)).toBe(false);
    expect(isGlueys(headers, bytes, [])).toBe(false);
    expect(isGlueys(await headersOf({ body, keyed: true, age_s: 400 }), bytes, keys)).toBe(false);
    // A secret's signature alone, and that of another key.
    expect(isGlueys(await headersOf({ body }), bytes, keys)).toBe(false);
    const foreign = generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" });
    const { keys: others } = await publicWebhookKeys(foreign.toString("base64"));
    expect(isGlueys(headers, bytes, others)).toBe(false);
    expect(isGlueys(headers, bytes, [...others, ...keys])).toBe(true);
    for (const signature of ["v1a,", "v1a", "v1a,abc", ""])
      expect(isGlueys({ ...headers, "webhook-signature": signature }, bytes, keys)).toBe(false);
  });
});

function postTo(port: number, body: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/",
      agent: false,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
    };
    const call = request(options, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

async function listening(port: number, child: ChildProcess, told: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`It ended: ${told()}`);
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a child wrote arrives a little later than its answer. */
async function settled(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
