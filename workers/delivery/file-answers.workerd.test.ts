import { describe, expect, it } from "vitest";
import { sampleElement } from "../channels/webhook/sample.ts";
import type { SftpSettings } from "../domain/subscription.ts";
import { SftpFault } from "../outside/sftp.ts";
import { Folder } from "../testing/seed.ts";
import { Customer } from "./testing.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function partnered(settings: Partial<SftpSettings> = {}) {
  const clock = { at: Date.now(), now: () => clock.at };
  const sftp = new Folder();
  const customer = new Customer({ now: clock.now, sftp });
  await customer.steer();
  const id = await customer.subscribeFiles({
    format: "iftsta-d01b",
    ack_directory: "/acks",
    ack_within_hours: 4,
    ...settings,
  });
  const later = async (ms: number) => {
    clock.at += ms;
    await customer.alarm();
  };
  return { clock, sftp, customer, id, later };
}

const contrl = (reference: string, ...body: string[]) => {
  const segments = [`UCI+${reference}+GLUEY:ZZZ+customer:ZZZ+${body.shift()}`, ...body];
  return `UNB+UNOC:3+CUSTOMER:ZZZ+GLUEY:ZZZ+260314:0905+9'UNH+1+CONTRL:3:1:UN'${segments.map((one) => `${one}'`).join("")}UNT+${segments.length + 2}+1'UNZ+1+9'`;
};

const functional = (number: number, ...body: string[]) =>
  `ISA*00*          *00*          *ZZ*CUSTOMER       *ZZ*GLUEY          *260314*0905*U*00401*000000009*0*P*>~GS*FA*CUSTOMER*GLUEY*20260314*0905*9*X*004010~ST*997*0001~AK1*QM*${number}~${body.map((one) => `${one}~`).join("")}SE*${body.length + 3}*0001~GE*1*9~IEA*1*000000009~`;

async function newest({ stub }: Customer) {
  const { data } = await stub.files({ limit: 1 });
  const [file] = data;
  if (file === undefined) throw new Error("No file is in the manifest.");
  return file;
}

async function warnings({ stub }: Customer) {
  return (await stub.status()).lines[0]?.warnings.map(({ code, detail }) => [code, detail]);
}

describe("the manifest", () => {
  it("names what a file carries and what it is, and pages back", async () => {
    const { sftp, customer, id, later } = await partnered();
    await customer.tell(["a", "b", "a"]);
    await customer.wake();
    await customer.tell(["b"]);
    await customer.wake();
    await later(MINUTE);
    const { data, next_cursor } = await customer.stub.files({ limit: 1 });
    expect(data).toMatchObject([
      {
        control_number: 2,
        events: 1,
        state: "uploaded",
        first_position: 4,
        last_position: 4,
        subscription_id: id,
      },
    ]);
    const page = await customer.stub.files({ limit: 1, cursor: next_cursor ?? "" });
    const [first] = page.data;
    expect(page.next_cursor).toBeNull();
    expect(first).toMatchObject({
      control_number: 1,
      format: "iftsta-d01b",
      events: 3,
      first_position: 1,
      last_position: 3,
      shipments: [
        { shipment_id: customer.shipmentId("a"), first_sequence: 1, last_sequence: 2 },
        { shipment_id: customer.shipmentId("b"), first_sequence: 1, last_sequence: 1 },
      ],
      left_out: [],
      left_out_more: 0,
      answer: null,
    });
    const bytes = sftp.files.get(`/in/${first?.file_name}`)?.bytes ?? new Uint8Array();
    expect(first?.size).toBe(bytes.byteLength);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
    expect(first?.sha256).toBe(Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  });

  it("says what was left out on purpose, and only what a format can't hold is set aside", async () => {
    const { customer, later } = await partnered();
    const { event } = sampleElement(0);
    await customer.tell(["a"], { body: JSON.stringify({ ...event, status: "notice" }) });
    await customer.wake();
    expect((await customer.stub.files({ limit: 10 })).data).toEqual([]);
    const unknown = { ...event.codes.gluey, milestone: "nowhere" };
    const codes = { ...event.codes, gluey: unknown };
    await customer.tell(["a"], { body: JSON.stringify({ ...event, status: "in_transit", codes }) });
    await customer.tell(["a"]);
    await customer.wake();
    await later(MINUTE);
    const shipment_id = customer.shipmentId("a");
    expect(await newest(customer)).toMatchObject({
      events: 1,
      shipments: [{ shipment_id, first_sequence: 3, last_sequence: 3 }],
      left_out: [
        { shipment_id, sequence: 1, because: "notice" },
        { shipment_id, sequence: 2, because: "no_place" },
      ],
      remarks: [{ kind: "NO_CODE" }],
    });
    const { set_aside } = await customer.stub.deadLetters({ limit: 10 });
    expect(set_aside.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it("tells a file that waits from one that was given up with its subscription", async () => {
    const { sftp, customer, id } = await partnered();
    sftp.failing = { call: "write", fault: new SftpFault("unreachable", "The server does not answer.") };
    await customer.tell(["a"]);
    await customer.wake();
    expect(await newest(customer)).toMatchObject({ state: "written", uploaded_at: null });
    await customer.ctx.control.prepare("DELETE FROM subscriptions WHERE id = ?").bind(id).run();
    await customer.stub.drop(id);
    expect(await newest(customer)).toMatchObject({
      state: "cancelled",
      reason: "The subscription was deleted.",
    });
    expect((await customer.stub.files({ limit: 10, state: "uploaded" })).data).toEqual([]);
  });
});

describe("ids and qualifiers", () => {
  it("stand in the envelope as agreed", async () => {
    const edi = { sender: "US", receiver: "4000000000001", qualifiers: { sender: "ZZ", receiver: "14" } };
    const { sftp, customer } = await partnered({ edi });
    await customer.tell(["a"]);
    await customer.wake();
    const [file] = sftp.files.values();
    expect(new TextDecoder().decode(file?.bytes)).toContain("UNB+UNOC:3+US:ZZ+4000000000001:14+");
  });
});

describe("an acknowledgement", () => {
  it("is found, matched and put away; the file is acknowledged", async () => {
    const { sftp, customer, later } = await partnered();
    await customer.tell(["a"]);
    await customer.wake();
    sftp.put("/acks/contrl.edi", contrl("1", "7"));
    sftp.put("/acks/contrl.tmp", contrl("1", "4+12"));
    await later(5 * MINUTE);
    expect(await newest(customer)).toMatchObject({
      state: "acknowledged",
      answer: { verdict: "accepted", reason: null, file_name: "contrl.edi" },
    });
    expect([...sftp.files.keys()].filter((path) => path.startsWith("/acks"))).toEqual([
      "/acks/contrl.tmp",
      "/acks/done/contrl.edi",
    ]);
    expect(await warnings(customer)).toEqual([]);
    // The question reads the lines anew, so one more run; the alarm that it leaves finds nothing to do.
    await customer.alarm();
    await customer.alarm();
    expect((await customer.stub.status()).next_alarm_at).toBeNull();
  });

  it("that refuses shows its reason, until a later file is taken", async () => {
    const { sftp, customer, later } = await partnered({ format: "x12-214" });
    await customer.tell(["a"]);
    await customer.wake();
    sftp.put("/acks/1.997", functional(1, "AK2*214*0001", "AK3*AT7*9**8", "AK5*R*5", "AK9*R*1*1*0"));
    await later(5 * MINUTE);
    const { state, answer, file_name } = await newest(customer);
    const reason = "message 0001 (AT7 segment 9: code 8 elements in error; code 5 segments in error)";
    expect({ state, answer }).toMatchObject({ state: "rejected", answer: { verdict: "rejected", reason } });
    expect(await warnings(customer)).toEqual([["file_rejected", `${file_name} was refused: ${reason}.`]]);
    expect((await customer.stub.files({ limit: 10, state: "rejected" })).data).toHaveLength(1);

    await customer.tell(["a"]);
    await later(MINUTE);
    sftp.put("/acks/2.997", functional(2, "AK9*A*1*1*1"));
    await later(5 * MINUTE);
    expect(await warnings(customer)).toEqual([]);
  });

  it("read twice, because a crash came before it was put away, changes nothing", async () => {
    const { sftp, customer, later } = await partnered();
    await customer.tell(["a"]);
    await customer.wake();
    sftp.put("/acks/contrl.edi", contrl("1", "8"));
    sftp.failing = { call: "move", fault: new SftpFault("timeout", "The connection broke.") };
    await later(5 * MINUTE);
    const before = await newest(customer);
    expect(before).toMatchObject({ state: "acknowledged", answer: { verdict: "received" } });
    expect(sftp.files.has("/acks/contrl.edi")).toBe(true);
    expect(await warnings(customer)).toEqual([
      ["ack_directory_unreadable", "The folder of acknowledgements, /acks: The connection broke."],
    ]);
    await customer.crash();
    await customer.steer();
    await later(5 * MINUTE);
    expect(await newest(customer)).toEqual(before);
    expect(sftp.files.has("/acks/done/contrl.edi")).toBe(true);
    expect(await warnings(customer)).toEqual([]);
  });

  it("of nobody's file, or no acknowledgement at all, is left where it is and read once", async () => {
    const { sftp, customer, later } = await partnered();
    await customer.tell(["a"]);
    await customer.wake();
    sftp.put("/acks/other.edi", contrl("77", "4+12"));
    sftp.put("/acks/page.html", "<html>hello</html>");
    await later(5 * MINUTE);
    const { reads } = sftp;
    await later(5 * MINUTE);
    expect(sftp.reads).toBe(reads);
    expect(sftp.files.has("/acks/other.edi")).toBe(true);
    expect(await newest(customer)).toMatchObject({ state: "uploaded", answer: null });
  });

  it("that is still being written is looked at again", async () => {
    const { sftp, customer, later } = await partnered();
    await customer.tell(["a"]);
    await customer.wake();
    const whole = contrl("1", "7");
    sftp.put("/acks/contrl.edi", whole.slice(0, -12));
    await later(5 * MINUTE);
    expect(await newest(customer)).toMatchObject({ state: "uploaded" });
    sftp.put("/acks/contrl.edi", whole);
    await later(5 * MINUTE);
    expect(await newest(customer)).toMatchObject({ state: "acknowledged" });
  });

  it("that never comes is told once, and taken back when one comes late", async () => {
    const { sftp, customer, later } = await partnered();
    await customer.tell(["a"]);
    await customer.wake();
    for (let at = 0; at < 4 * HOUR + 5 * MINUTE; at += 5 * MINUTE) await later(5 * MINUTE);
    const { state, file_name } = await newest(customer);
    const told = ["file_not_acknowledged", `No acknowledgement of ${file_name} came in the agreed time.`];
    expect(state).toBe("silent");
    expect(await warnings(customer)).toEqual([told]);
    const at = await customer.rows("SELECT silent_at FROM files");
    await later(HOUR);
    expect(await customer.rows("SELECT silent_at FROM files")).toEqual(at);
    sftp.put("/acks/late.edi", contrl("1", "7"));
    await later(HOUR);
    expect(await newest(customer)).toMatchObject({ state: "acknowledged" });
    expect(await warnings(customer)).toEqual([]);
  });

  it("is awaited anew when the file is sent again", async () => {
    const { sftp, customer, later } = await partnered();
    await customer.tell(["a"]);
    await customer.wake();
    sftp.put("/acks/1.edi", contrl("1", "4+12"));
    await later(5 * MINUTE);
    const file = await newest(customer);
    expect(file.state).toBe("rejected");
    await customer.stub.redeliver({ message_id: file.id });
    await customer.quiet();
    expect(await newest(customer)).toMatchObject({ state: "uploaded", answer: null });
    sftp.put("/acks/2.edi", contrl("1", "7"));
    await later(5 * MINUTE);
    expect(await newest(customer)).toMatchObject({ state: "acknowledged", control_number: 1 });
  });

  it("is not looked for where none is agreed", async () => {
    const { sftp, customer } = await partnered({ ack_directory: undefined, ack_within_hours: undefined });
    await customer.tell(["a"]);
    await customer.wake();
    await customer.alarm();
    expect((await customer.stub.status()).next_alarm_at).toBeNull();
    expect(sftp.reads).toBe(0);
  });
});
