import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTcp } from "../../container/testing/odd-server.ts";
import { newKeyPair } from "../../container/testing/ssh-peer.ts";
import { type SftpAccount, type SftpHost, sftpWay, subscriptionOf } from "../../dev/demo/cast.ts";
import { dropFile, newsOf } from "../../dev/sandbox-carrier.ts";
import { watchInbox } from "../../dev/sandbox-customer.ts";
import { startSftpServer } from "../../dev/sftp-server.ts";
import {
  type Account,
  codesOf,
  eventually,
  fact,
  openWorld,
  peerName,
  someTicks,
  startPeer,
  track,
  type World,
} from "./world.ts";

const names = (directory: string) => (existsSync(directory) ? readdirSync(directory).sort() : []);

describe(`a carrier's sFTP folder on a bad day, with ${peerName}`, () => {
  let world: World;
  let peer: SftpHost;
  beforeAll(async () => {
    // What hangs is to be given up within a test's patience; and here one server is every carrier's.
    world = await openWorld({
      container: { CONNECT_TIMEOUT_MS: "3000", OPERATION_TIMEOUT_MS: "3000", MAX_SESSIONS_PER_HOST: "20" },
    });
    peer = world.owns(await startPeer());
  });
  afterAll(() => world?.close());

  async function connected(folder: string): Promise<{ account: Account; outbox: SftpAccount; id: string }> {
    const account = await world.newAccount();
    const outbox = peer.account(folder);
    return { account, outbox, id: await connect(account, outbox) };
  }

  async function connect(account: Account, outbox: SftpAccount): Promise<string> {
    const connection = {
      carrier_id: "sandbox",
      account_numbers: [account.account_number],
      ...sftpWay(outbox),
    };
    return (await world.operator.createConnection(connection)).id;
  }

  /** What a try of the connection says; asked again while the container is busy with others. */
  const tried = (id: string) =>
    eventually(
      async () => JSON.stringify(await world.operator.call("POST", `/connections/${id}/test`)),
      (said) => !said.includes("busy:"),
    );

  it("the same file twice, under its own name and under another, changes nothing", async () => {
    const { account, outbox } = await connected("twice");
    const number = await track(account);
    const news = newsOf([{ tracking_number: number, events: [fact("CREATED", 5), fact("PICKED_UP", 4)] }]);
    for (const name of ["one.json", "one.json", "two.json"]) {
      dropFile(outbox.place, name, news);
      await eventually(
        () => names(outbox.place).includes(name),
        (waits) => !waits,
      );
    }
    expect(await codesOf(account, number)).toEqual(["CREATED", "PICKED_UP"]);
    expect(names(join(outbox.place, "failed"))).toEqual([]);
  });

  it("a file that is still growing waits; once it is whole it counts once", async () => {
    const { account, outbox } = await connected("growing");
    const number = await track(account);
    const news = newsOf([{ tracking_number: number, events: [fact("CREATED", 5), fact("PICKED_UP", 4)] }]);
    // A careless sender: no temporary name, and a pause in the middle.
    writeFileSync(join(outbox.place, "grows.json"), news.slice(0, news.length / 2));
    for (let length = news.length / 2; length < news.length; length += 20) {
      writeFileSync(join(outbox.place, "grows.json"), news.slice(0, length));
      await someTicks(world, 1);
    }
    expect(await codesOf(account, number)).toEqual([]);
    writeFileSync(join(outbox.place, "grows.json"), news);
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.length >= 2,
    );
    await eventually(
      () => names(join(outbox.place, "done")),
      (done) => done.includes("grows.json"),
    );
    expect(await codesOf(account, number)).toEqual(["CREATED", "PICKED_UP"]);
  });

  it("a file cut in the middle for good goes to failed/, with the reason beside it", async () => {
    const { outbox } = await connected("cut");
    const news = newsOf([{ tracking_number: "SBX0000000000018", events: [fact("CREATED", 5)] }]);
    dropFile(outbox.place, "cut.json", news.slice(0, news.length / 2));
    const failed = join(outbox.place, "failed");
    await eventually(
      () => names(failed),
      (there) => there.length === 2,
    );
    expect(names(failed)).toEqual(["cut.json", "cut.json.error.txt"]);
    expect(readFileSync(join(failed, "cut.json"), "utf8")).toBe(news.slice(0, news.length / 2));
    expect(readFileSync(join(failed, "cut.json.error.txt"), "utf8")).toMatch(/ends in the middle/u);
  });

  it("of a file with a bad part the good parts count, and the carrier is told which was bad", async () => {
    const { account, outbox } = await connected("part");
    const number = await track(account);
    const good = { tracking_number: number, events: [fact("CREATED", 5)] };
    dropFile(outbox.place, "part.json", JSON.stringify({ tracking: [{ no: "number" }, good] }));
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
    const told = join(outbox.place, "failed", "part.json.error.txt");
    await eventually(
      () => existsSync(told),
      (there) => there,
    );
    expect(readFileSync(told, "utf8")).toContain("tracking[0]");
  });

  it("a server that refuses the key: said so, the file stays, and comes through once the key is right", async () => {
    const account = await world.newAccount();
    const outbox = peer.account("refused");
    const id = await connect(account, { ...outbox, private_key: newKeyPair().privateKey });
    const number = await track(account);
    dropFile(outbox.place, "news.json", newsOf([{ tracking_number: number, events: [fact("CREATED", 5)] }]));
    expect(await tried(id)).toMatch(/auth_failed|does not accept/u);
    await someTicks(world);
    expect(names(outbox.place)).toContain("news.json");
    expect(await codesOf(account, number)).toEqual([]);
    await world.operator.call("PATCH", `/connections/${id}`, { credentials: sftpWay(outbox).credentials });
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
  });

  it("a server whose host key changed: nothing is fetched until the new key is pinned", async () => {
    const account = await world.newAccount();
    const root = join(world.folder, "moved");
    mkdirSync(join(root, "out"), { recursive: true });
    const login = { root, username: "carrier", password: "the-carrier's-password" };
    const old = await startSftpServer(login);
    const accountAt = (host_key_sha256: string): SftpAccount => ({
      ...{ host: "127.0.0.1", port: old.port, username: login.username, password: login.password },
      ...{ host_key_sha256: `SHA256:${host_key_sha256}`, directory: "out", place: join(root, "out") },
    });
    const id = await connect(account, accountAt(old.hostKeySha256));
    await old.close();
    const now = world.owns(await startSftpServer({ ...login, port: old.port }));
    const number = await track(account);
    dropFile(
      join(root, "out"),
      "news.json",
      newsOf([{ tracking_number: number, events: [fact("CREATED", 5)] }]),
    );
    expect(await tried(id)).toMatch(/host_key_mismatch|another host key/u);
    await someTicks(world);
    expect(names(join(root, "out"))).toContain("news.json");
    await world.operator.call("PATCH", `/connections/${id}`, {
      ways: sftpWay(accountAt(now.hostKeySha256)).ways,
    });
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
  });

  it("a server that takes the call and then says nothing: given up in time, and others are not held up", async () => {
    const hung = await world.newAccount();
    const silent = world.owns(await startTcp(() => {}));
    const nowhere = peer.account("nowhere");
    const id = await connect(hung, { ...nowhere, port: silent.port });
    const { account, outbox } = await connected("beside");
    const number = await track(account);
    dropFile(outbox.place, "news.json", newsOf([{ tracking_number: number, events: [fact("CREATED", 5)] }]));
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
    expect(await tried(id)).toMatch(/timeout|within 3 s/u);
  });

  it("a customer's server whose host key changed: the transfer stops, and the account is told", async () => {
    const { account, outbox } = await connected("out-to-moved");
    const root = join(world.folder, "customer");
    mkdirSync(join(root, "in"), { recursive: true });
    const login = { root, username: "customer", password: "the-customer's-password" };
    const old = await startSftpServer(login);
    const { id } = await account.client.createSftpSubscription(
      account.account_number,
      subscriptionOf(
        {
          ...{ host: "127.0.0.1", port: old.port, username: login.username, password: login.password },
          ...{ host_key_sha256: `SHA256:${old.hostKeySha256}`, directory: "in", place: join(root, "in") },
        },
        "json",
      ),
    );
    await old.close();
    world.owns(await startSftpServer({ ...login, port: old.port }));
    const inbox = world.owns(watchInbox(join(root, "in")));
    const number = await track(account);
    dropFile(outbox.place, "news.json", newsOf([{ tracking_number: number, events: [fact("CREATED", 5)] }]));
    await eventually(
      () => codesOf(account, number),
      (codes) => codes.join() === "CREATED",
    );
    const subscription = await eventually(
      () => account.client.getSubscription(account.account_number, "sftp", id),
      ({ state }) => state !== "active",
    );
    expect(subscription.state).toBe("stopped_host_key");
    expect(subscription.warnings).not.toEqual([]);
    expect(inbox.files).toEqual([]);
  });
});
