import { beforeEach, describe, expect, it, vi } from "vitest";
import { anAccount, problemOf, testClient, textOf } from "../api/test-client.ts";
import { Receiver } from "../channels/webhook/receiver.ts";
import { Customer } from "../delivery/testing.ts";
import { SftpFault } from "../outside/sftp.ts";
import { answered, seedConnection, seedShipment } from "../testing/seed.ts";
import {
  aStage,
  MINUTES,
  news,
  PICKED,
  pollStage,
  push,
  settle,
  sftpStage,
  tickAfter,
  webhookStage,
} from "../testing/stage.ts";

/** Real flows with secrets and people in every place where they come: no line may hold any of them. */

const SECRETS = {
  person: "Anneli Hemligsson",
  street: "Dolda gatan 17",
  mail: "anneli.hemligsson@privat.example",
  phone: "+46701234567",
  password: "pw-Kd83jZq0LmXw",
  token: "tok_9fQ27LkdPq81Zx",
  query: "qs7Lk20dPqWz",
};
const EVERYTHING = Object.values(SECRETS).join(" ");
const ADDRESS = `https://u:${SECRETS.password}@127.0.0.1:1/x/${SECRETS.token}?key=${SECRETS.query}`;

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  for (const way of ["log", "warn", "error", "info", "debug"] as const)
    vi.spyOn(console, way).mockImplementation((...words: unknown[]) => void lines.push(words.join(" ")));
});

/** Each line is JSON with an event, and holds none of the secrets; there is at least one of each of these events. */
function expectTold(...events: string[]): void {
  const told = lines.flatMap((line) => {
    const one: { event: string; things?: { event: string }[] } = JSON.parse(line);
    return [one.event, ...(one.things ?? []).map(({ event }) => event)];
  });
  for (const event of events) expect(told).toContain(event);
  for (const [what, secret] of Object.entries(SECRETS))
    expect(
      lines.filter((line) => line.includes(secret)),
      what,
    ).toEqual([]);
}

describe("no line holds a secret or a person", () => {
  it("of a carrier's webhook, verified or not, readable or not", async () => {
    const stage = await webhookStage();
    const scan = { ...PICKED, description: EVERYTHING, signed_by: SECRETS.person, place: SECRETS.street };
    const more = { recipient: { name: SECRETS.person, email: SECRETS.mail, phone: SECRETS.phone } };
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan], more)));
    await push(stage, stage.connection, JSON.stringify({ tracking: EVERYTHING }));
    await push(stage, stage.connection, JSON.stringify(news(SECRETS.token, [scan], more)));
    await push(stage, stage.connection, JSON.stringify({ ...more }), SECRETS.password);
    await settle(stage);
    expectTold("document.refused", "documents.processed");
  });

  it("of a carrier's API that says too much", async () => {
    for (const [status, body] of [
      [500, EVERYTHING],
      [401, EVERYTHING],
      [200, `{"error": "${EVERYTHING}"}`],
      [200, EVERYTHING],
    ] as const) {
      const stage = await pollStage(() => answered(status, body));
      await tickAfter(stage, 20 * MINUTES);
    }
    const stage = await pollStage(() => {
      throw new Error(`fetch failed: ${ADDRESS} Authorization: Bearer ${SECRETS.token}, "${EVERYTHING}"`);
    });
    await tickAfter(stage, 20 * MINUTES);
    expectTold("check.failed");
  });

  it("of a partner's folder", async () => {
    const stage = await sftpStage();
    stage.folder.put(`out/${SECRETS.token}-1.json`, EVERYTHING);
    await tickAfter(stage, MINUTES);
    await tickAfter(stage, MINUTES);
    await tickAfter(stage, MINUTES);
    stage.folder.failing = {
      call: "run",
      fault: new SftpFault("auth_failed", `Signing in as u with password ${SECRETS.password} failed.`),
    };
    await tickAfter(stage, MINUTES);
    expectTold("document.received", "check.failed");
  });

  it("of a customer's endpoint that says too much, or can't be reached", async () => {
    const receiver = new Receiver();
    vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
    receiver.answer = (_request, index) => {
      if (index === 0) throw new Error(`connect to ${ADDRESS} failed: ${SECRETS.mail}`);
      return new Response(EVERYTHING, { status: 400 });
    };
    const customer = new Customer();
    await customer.steer();
    await customer.subscribe({ endpoint: `${receiver.endpoint}/${SECRETS.token}?key=${SECRETS.query}` });
    await customer.tell(["a"]);
    await customer.wake();
    expect(receiver.received.length).toBeGreaterThan(0);
    expectTold("delivery.attempted");
  });

  it("of a call that fails on our side: the line has the id that the caller got, and the reason", async () => {
    const client = testClient();
    const { test: key } = await anAccount(client, "careless");
    client.ctx.deliveryOf = () => {
      throw new TypeError(`no shard for ${ADDRESS} token=${SECRETS.token} "${EVERYTHING}"`);
    };
    const answer = await client.send("GET", `/accounts/careless/deliveries?limit=1&key=${SECRETS.query}`, {
      key,
    });
    expect(problemOf(answer, 500)).not.toContain("shard");
    expectTold("request.failed");
    const line = lines.find((one) => one.includes("request.failed")) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({
      level: "warn",
      request_id: textOf(answer.body, "request_id"),
      status: 500,
      method: "GET",
      route: "/accounts/:account_number/deliveries",
      tenant_id: "careless.test",
      why: expect.stringContaining("no shard for https://[number]/… token=[hidden] [quoted]"),
      where: expect.stringMatching(/:\d+:\d+/u),
    });
    expect(line).not.toContain(key);
  });

  it("of credentials that can't be opened", async () => {
    const stage = await aStage();
    const { id } = await seedConnection(stage.ctx, {
      carrier_id: "sandbox",
      account_numbers: [stage.account],
      ways: { poll: { base_url: "http://127.0.0.1:1/" } },
      credentials: { api_key: SECRETS.password },
    });
    await seedShipment(stage.ctx, stage.account, {
      carrier_id: "sandbox",
      carrier_tracking_id: `SBX-${stage.account}`,
    });
    stage.ctx.vault = {
      ...stage.ctx.vault,
      open: async () => {
        throw new Error(`The key of ${id} is missing: {"api_key":"${SECRETS.password}"}`);
      },
    };
    await tickAfter(stage, 20 * MINUTES);
    expectTold("check.failed");
  });
});
