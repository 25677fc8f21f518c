import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GlueyClient, type ShipmentEvent } from "../../client/index.ts";
import { hasOpenSsh, type SshPeer, startEmbedded, startOpenSsh } from "../../container/testing/ssh-peer.ts";
import { type SftpAccount, type SftpHost, sandboxNumber } from "../../dev/demo/cast.ts";
import { type Operator, operatorAt } from "../../dev/operator.ts";
import type { SandboxEvent } from "../../dev/sandbox-carrier.ts";
import { type Stack, type StackOptions, startStack } from "../../dev/stack.ts";

/** A minute of the product, and the tick of the cron trigger, is 0.6 s. */
export const TIME_SCALE = 0.01;

/** What stands at the other end of sFTP here, for a test's title. */
export const peerName = hasOpenSsh
  ? "OpenSSH's sshd"
  : "the embedded server (there is no sshd on this machine)";

export interface Account {
  account_number: string;
  key: string;
  client: GlueyClient;
}

/** The whole stack with a folder that is removed at the end, and what it takes to make accounts. */
export interface World {
  stack: Stack;
  operator: Operator;
  folder: string;
  newAccount(mode?: "live" | "test"): Promise<Account>;
  /** Closed with the world, the last first. */
  owns<T extends { close(): unknown }>(opened: T): T;
  close(): Promise<void>;
}

export async function openWorld(options: Partial<StackOptions> = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "gluey-e2e-"));
  const stack = await startStack({
    state: join(folder, "state"),
    port: 0,
    time_scale: TIME_SCALE,
    ...options,
  });
  const operator = operatorAt(stack);
  const owned: { close(): unknown }[] = [];
  return {
    stack,
    operator,
    folder,
    newAccount: async (mode = "test") => {
      const account_number = `acc-${randomBytes(4).toString("hex")}`;
      await operator.createAccount(account_number, "A customer");
      const key = await operator.createKey(account_number, mode);
      return { account_number, key, client: new GlueyClient({ base_url: stack.url, key }) };
    },
    owns: (opened) => {
      owned.push(opened);
      return opened;
    },
    close: async () => {
      for (const one of owned.splice(0).reverse()) await one.close();
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An sFTP server for the tests: sshd where there is one. */
export async function startPeer(): Promise<SftpHost> {
  const peer: SshPeer = hasOpenSsh ? await startOpenSsh() : await startEmbedded();
  return { account: (folder) => accountAt(peer, folder), close: () => peer.close() };
}

function accountAt(peer: SshPeer, folder: string): SftpAccount {
  const place = join(peer.root, folder);
  mkdirSync(place, { recursive: true });
  return {
    host: "127.0.0.1",
    port: peer.port,
    username: peer.username,
    private_key: peer.privateKey,
    host_key_sha256: peer.hostKeys[0] ?? "",
    directory: peer.base === "/" ? folder : `${peer.base}/${folder}`,
    place,
  };
}

/** The account's whole feed, as pushed. */
export async function feedOf({ client, account_number }: Account): Promise<ShipmentEvent[]> {
  const all: ShipmentEvent[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await client.events(account_number, { after, limit: 100 });
    all.push(...page.data);
    if (page.next_cursor === null || page.data.length === 0) return all;
    after = page.next_cursor;
  }
}

/** What the feed says of one number, in the carrier's codes, in order. */
export async function codesOf(account: Account, tracking_number: string): Promise<(string | null)[]> {
  const feed = await feedOf(account);
  return feed
    .filter((one) => one.carrier_tracking_id === tracking_number)
    .map((one) => one.event.codes.carrier.code);
}

/** A shipment of the sandbox carrier under tracking; its number. */
export async function track({ client }: Account): Promise<string> {
  const carrier_tracking_id = sandboxNumber();
  await client.createShipment({ carrier_id: "sandbox", carrier_tracking_id });
  return carrier_tracking_id;
}

/** A fact of the sandbox carrier, `hoursAgo` before now. */
export function fact(code: string, hoursAgo: number): SandboxEvent {
  const time = new Date(Date.now() - hoursAgo * 3_600_000).toISOString().replace(/\.\d+Z$/u, "+00:00");
  return { code, time, place: { city: "Malmö", country: "SE" } };
}

const EVENTUALLY_MS = 60_000;
const LOOK_EVERY_MS = 200;

/** Asks again and again until the answer satisfies; fails with the last answer when it never does. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  satisfies: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + EVENTUALLY_MS;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(
        `It did not come about within ${EVENTUALLY_MS / 1000} s. Last seen: ${JSON.stringify(answer)?.slice(0, 2000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Lets the cron trigger pass some more times: what was going to happen has happened by then. */
export async function someTicks(world: World, ticks: number = 3): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) await world.stack.tick();
}
