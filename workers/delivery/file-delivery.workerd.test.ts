import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { SftpFault, type SftpFaultKind } from "../outside/sftp.ts";
import { Folder } from "../testing/seed.ts";
import type { DeliveryParts } from "./parts.ts";
import { Customer } from "./testing.ts";

/** A partner's folder that can be made to fail, and remembers what was tried. */
class Partner extends Folder {
  failure: SftpFaultKind | null = null;
  readonly tried: { path: string; text: string }[] = [];

  override run: Folder["run"] = (target, work) =>
    super.run(target, (session) =>
      work({
        ...session,
        write: async (path, body) => {
          this.tried.push({ path, text: new TextDecoder().decode(body) });
          if (this.failure !== null) throw new SftpFault(this.failure, "as the test wants it");
          return session.write(path, body);
        },
      }),
    );

  get names(): string[] {
    return [...this.files.keys()];
  }

  sequences(): number[] {
    return [...this.files.values()].flatMap(({ bytes }) => sequencesIn(new TextDecoder().decode(bytes)));
  }
}

function sequencesIn(text: string): number[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).sequence);
}

const MINUTE = 60_000;

async function partnered(settings = {}) {
  const clock = { at: Date.now(), now: () => clock.at };
  const sftp = new Partner();
  const customer = new Customer({ now: clock.now, sftp });
  await customer.steer();
  const id = await customer.subscribeFiles(settings);
  return { clock, sftp, customer, id };
}

describe("news as files", () => {
  it("hold what passes the filters, as a webhook's messages do", async () => {
    const { sftp, customer } = await partnered({ carriers: ["ups"], first_time_in_status: true });
    for (const status of ["in_transit", "in_transit", "delivered"]) {
      await customer.tell(["a"], { status, carrier: "sandbox" });
      await customer.tell(["b"], { status, carrier: "ups" });
    }
    await customer.wake();
    expect(sftp.sequences()).toEqual([1, 3]);
  });

  it("are one file when due, numbered without gaps, and none where nothing is new", async () => {
    const { clock, sftp, customer } = await partnered({ every_minutes: 10 });
    await customer.tell(["a", "b"]);
    await customer.wake();
    expect(sftp.names).toHaveLength(1);
    await customer.tell(["a"]);
    await customer.wake();
    expect(sftp.names).toHaveLength(1);
    clock.at += 10 * MINUTE;
    await customer.alarm();
    await customer.alarm();
    clock.at += 10 * MINUTE;
    await customer.alarm();
    expect(sftp.names.map((name) => name.replace(/^.*_/, ""))).toEqual(["000001.jsonl", "000002.jsonl"]);
    expect(sftp.sequences()).toEqual([1, 1, 2]);
    const { data } = await customer.stub.deliveries({ limit: 10 });
    expect(data).toMatchObject([
      { state: "delivered", events: 1, first_position: 3, last_position: 3, attempt: 1 },
      { state: "delivered", events: 2, first_position: 1, last_position: 2, attempt: 1 },
    ]);
    expect(data.map((one) => one.file_name)).toEqual(
      sftp.names.toReversed().map((name) => name.replace("/in/", "")),
    );
    expect((await customer.stub.status()).next_alarm_at).toBeNull();
  });

  it("that fail to upload are tried again with the same name and bytes, and nothing overtakes them", async () => {
    const { clock, sftp, customer } = await partnered();
    await customer.tell(["a"]);
    sftp.failure = "unreachable";
    await customer.wake();
    await customer.tell(["a", "b"]);
    for (const ms of [11_000, 33_000, 66_000]) {
      clock.at += ms;
      await customer.alarm();
    }
    expect(sftp.tried).toHaveLength(4);
    sftp.failure = null;
    clock.at += 6 * MINUTE;
    await customer.alarm();
    expect(new Set(sftp.tried.slice(0, 5).map((one) => JSON.stringify(one))).size).toBe(1);
    clock.at += MINUTE;
    await customer.alarm();
    expect(sftp.sequences()).toEqual([1, 2, 1]);
    expect(sftp.names).toHaveLength(2);
  });

  it("survive a crash after the upload: the same file is there already", async () => {
    const { sftp, customer, clock } = await partnered();
    await customer.tell(["a"]);
    let crashed = false;
    const write = sftp.run.bind(sftp);
    sftp.run = async (target, work) => {
      const result = await write(target, work);
      if (!crashed) {
        crashed = true;
        await new Promise(() => {});
      }
      return result;
    };
    await customer.stub.wake();
    while (!crashed) await new Promise((resolve) => setTimeout(resolve, 5));
    await customer.crash();
    await customer.steer();
    clock.at += MINUTE;
    await customer.alarm();
    expect(sftp.names).toHaveLength(1);
    expect(sftp.tried).toHaveLength(2);
    expect(sftp.tried[0]).toEqual(sftp.tried[1]);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ waiting: 0 });
  });

  it("stop when the server's key changed, until it is confirmed", async () => {
    const { sftp, customer, id, clock } = await partnered();
    await customer.tell(["a"]);
    sftp.failure = "host_key_mismatch";
    await customer.wake();
    sftp.failure = null;
    clock.at += 60 * MINUTE;
    await customer.alarm();
    expect(sftp.tried).toHaveLength(1);
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      state: "stopped_host_key",
      waiting: 1,
      failures_in_a_row: 0,
      warnings: [{ code: "host_key_changed" }],
    });
    await customer.change(id, "settings = json_set(settings, '$.host_key_sha256', ?)", "another-key");
    await customer.stub.refresh();
    await customer.quiet();
    expect(sftp.names).toHaveLength(1);
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      state: "active",
      waiting: 0,
      warnings: [],
    });
  });

  it("of a partner who refuses us wait behind the breaker, and none dies", async () => {
    const { clock, sftp, customer } = await partnered();
    await customer.tell(["a"]);
    sftp.failure = "auth_failed";
    await customer.wake();
    for (let time = 0; time < 14; time++) {
      clock.at += 5 * 60 * MINUTE;
      await customer.alarm();
    }
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "failing", waiting: 1, dead: 0 });
    sftp.failure = null;
    clock.at += 5 * MINUTE;
    await customer.alarm();
    expect(sftp.names).toHaveLength(1);
  });

  it("cost the partner nothing while our own container is down", async () => {
    const { clock, sftp, customer } = await partnered();
    await customer.tell(["a"]);
    sftp.failure = "container_unreachable";
    await customer.wake();
    for (let minute = 0; minute < 12; minute++) {
      clock.at += 6 * MINUTE;
      await customer.alarm();
    }
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      state: "active",
      failures_in_a_row: 0,
      waiting: 1,
    });
    expect(await customer.rows("SELECT intervals_used FROM messages")).toEqual([{ intervals_used: 0 }]);
  });

  it("hold only the milestones that were asked for", async () => {
    const { sftp, customer } = await partnered({ milestones: ["delivery"] });
    await customer.tell(["a"], { milestone: "in_transit" });
    await customer.wake();
    expect(sftp.names).toEqual([]);
    await customer.tell(["a"], { milestone: "delivery" });
    await customer.wake();
    expect(sftp.sequences()).toEqual([2]);
  });

  it("stand beside a webhook: each line has its own position", async () => {
    const { clock, sftp, customer } = await partnered({ every_minutes: 60 });
    const receiver = new Receiver();
    vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
    await customer.subscribe();
    await customer.tell(["a"]);
    await customer.wake();
    await customer.tell(["a"]);
    await customer.wake();
    expect(sftp.sequences()).toEqual([1]);
    expect(receiver.told).toHaveLength(2);
    clock.at += 60 * MINUTE;
    await customer.alarm();
    expect(sftp.sequences()).toEqual([1, 2]);
  });

  it("leave out an event that the format can't hold, and show it; the others go on", async () => {
    const { sftp, customer } = await partnered();
    await customer.tell(["a", "b", "c"]);
    const bad = customer.shipmentId("b");
    await runInDurableObject(customer.stub, (object) => {
      const work = Reflect.get(object, "work").call(object);
      const write: DeliveryParts["writeFile"] = work.writeFile;
      work.writeFile = (input: Parameters<typeof write>[0]) => {
        if (input.elements.some((one) => one.shipment_id === bad)) throw new Error("can't be written");
        return write(input);
      };
    });
    await customer.wake();
    expect(sftp.names).toHaveLength(1);
    expect(sftp.sequences()).toEqual([1, 1]);
    expect((await customer.stub.deadLetters({ limit: 9 })).set_aside).toMatchObject([
      { shipment_id: bad, sequence: 1 },
    ]);
  });

  it("that can't be written at all stop the line with a warning, and take nothing from the feed", async () => {
    const { sftp, customer, clock } = await partnered();
    await customer.tell(["a", "b"]);
    let broken = true;
    await runInDurableObject(customer.stub, (object) => {
      const work = Reflect.get(object, "work").call(object);
      const write: DeliveryParts["writeFile"] = work.writeFile;
      work.writeFile = (input: Parameters<typeof write>[0]) => {
        if (broken) throw new Error("The receiver's id is longer than its element.");
        return write(input);
      };
    });
    await customer.wake();
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      position: 0,
      set_aside: 0,
      warnings: [{ code: "internal" }],
    });
    broken = false;
    clock.at += MINUTE;
    await customer.alarm();
    expect(sftp.sequences()).toEqual([1, 1]);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ position: 2, warnings: [] });
  });

  it("a test signs in, lists the directory and leaves nothing", async () => {
    const { sftp, customer, id } = await partnered();
    expect(await customer.stub.sendTest(id)).toMatchObject({ state: "delivered", status: null });
    sftp.failing = { call: "run", fault: new SftpFault("auth_failed", "The server refused the password.") };
    expect(await customer.stub.sendTest(id)).toMatchObject({
      state: "failed",
      answer: "The server refused the password.",
    });
    expect(sftp.names).toEqual([]);
  });
});
