import { runInDurableObject } from "cloudflare:test";
import { z } from "zod";
import type { Context, InboxCalls } from "../context.ts";
import type { CarrierInbox } from "../durable/carrier-inbox.ts";
import { inboxName } from "../inbox/name.ts";
import type { Acceptance, DocumentRow, InboxReport } from "../inbox/views.ts";
import { testEnv } from "./seed.ts";

const holding = new Set<Inboxes>();

/** What an earlier test still holds is not the next one's business. */
export function releaseAll(): void {
  for (const inboxes of holding) inboxes.release();
}

/** The real inboxes, with the clock, databases and queues of a test. */
export class Inboxes {
  readonly #context: () => Context;
  readonly #names = new Set<string>();
  #held = false;

  constructor(context: () => Context) {
    this.#context = context;
  }

  /** For `Context.inboxOf`. */
  readonly of = (connection_id: string, lane: number): InboxCalls => {
    const name = inboxName({ connection_id, lane });
    this.#names.add(name);
    const ready = this.#steer(name);
    return {
      accept: async (version, document) => (await ready).accept(version, document),
      setVersion: async (version) => (await ready).setVersion(version),
      remove: async () => (await ready).remove(),
      readAgain: async (documents) => (await ready).readAgain(documents),
      upkeep: async () => (await ready).upkeep(),
      report: async () => (await ready).report(),
      describeAll: async (keys) => (await ready).describeAll(keys),
      load: async (key) => (await ready).load(key),
      list: async (query) => (await ready).list(query),
      idsAfter: async (key, limit) => (await ready).idsAfter(key, limit),
      hours: async (since) => (await ready).hours(since),
    };
  };

  stub(name: string): DurableObjectStub<CarrierInbox> {
    return testEnv().CARRIER_INBOX.getByName(name);
  }

  async #steer(name: string): Promise<DurableObjectStub<CarrierInbox>> {
    const stub = this.stub(name);
    const context = this.#context();
    await runInDurableObject(stub, (object) => {
      Reflect.set(object, "context", () => ({ ...context, wait: this.#wait }));
    });
    return stub;
  }

  readonly #wait = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    // By timers of the object's own: a promise that the test resolves would go on in the test's context.
    while (this.#held) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** From now on no run goes further than its next wait, until `release`. */
  hold(): void {
    this.#held = true;
    holding.add(this);
  }

  release(): void {
    this.#held = false;
    holding.delete(this);
  }

  /** Lets every inbox do what is due; true where any had something to do. */
  async settle(): Promise<boolean> {
    this.release();
    let worked = false;
    for (const name of this.#names) {
      const stub = await this.#steer(name);
      const before = await stub.report();
      await runInDurableObject(stub, (object) => object.alarm());
      const after = await stub.report();
      worked ||= before.waiting > after.waiting;
    }
    return worked;
  }

  /** Every inbox is cut off in the middle of whatever it does; the next call starts a new instance. */
  async crash(): Promise<void> {
    for (const name of this.#names)
      await runInDurableObject(this.stub(name), (_object, state) => state.abort("cut off by the test")).catch(
        () => undefined,
      );
  }
}

/** An inbox of another release: it answers with what a test gives it, whatever shape that has. */
export class InboxStandIn {
  readonly #answers: { accept?: unknown; report?: unknown; rows?: unknown };

  constructor(answers: { accept?: unknown; report?: unknown; rows?: unknown }) {
    this.#answers = answers;
  }

  accept = async () => anything<Acceptance>().parse(this.#answers.accept);
  setVersion = async () => {};
  remove = async () => {};
  readAgain = async () => {};
  upkeep = async () => anything<InboxReport>().parse(this.#answers.report);
  report = async () => anything<InboxReport>().parse(this.#answers.report);
  describeAll = async () => anything<DocumentRow[]>().parse(this.#answers.rows);
  load = async () => null;
  list = async () => ({ documents: [], next: null });
  idsAfter = async () => [];
  hours = async () => [];
}

/** What comes over the wire has no type: a test says what it is. */
const anything = <T>() => z.custom<T>(() => true);
