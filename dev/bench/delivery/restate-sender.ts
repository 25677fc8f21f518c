import { createRequire } from "node:module";
import { join } from "node:path";
import { RETRY_AFTER_MS } from "../../../workers/domain/retry-schedule.ts";
import { posterOf, readSettings, sayReady, untilReleased } from "./sender.ts";

/**
 * Restate's services. One event a POST: a virtual object a shipment, whose exclusive handler posts. Several: the batcher
 * of its examples, a virtual object a customer that gathers, and a second one that posts what was gathered, in order.
 */
interface ObjectContext {
  key: string;
  rand: { uuidv4(): string };
  get<T>(name: string): Promise<T | null>;
  set<T>(name: string, value: T): void;
  clear(name: string): void;
  run(name: string, action: () => Promise<void>): Promise<void>;
  cancel(invocation: string): void;
  objectSendClient(
    definition: { name: string },
    key: string,
    options?: { delay: number },
  ): { [handler: string]: (argument?: unknown) => { invocationId: Promise<string> } };
}
type Handler = (context: ObjectContext, argument: never) => Promise<void>;
interface Restate {
  object(definition: { name: string; handlers: Record<string, Handler>; options: object }): object;
  serve(options: { services: object[]; port: number }): Promise<number>;
}

const settings = readSettings();
const require = createRequire(join(settings.home, "package.json"));
const restate: Restate = require("@restatedev/restate-sdk");
const post = posterOf(settings);
const gate = untilReleased(settings);

/** As its example has it. */
const MAX_BATCH_WAIT_MS = 1000;

const options = {
  retryPolicy: {
    initialInterval: (RETRY_AFTER_MS[0] ?? 0) * settings.time_scale,
    exponentiationFactor: 2,
    maxInterval: (RETRY_AFTER_MS.at(-1) ?? 0) * settings.time_scale,
    maxAttempts: 1000,
  },
};

interface Told {
  customer: number;
  element: string;
}

/** Posts once; Restate repeats it until it succeeds, and keeps the object's line waiting behind it. */
async function deliver(context: ObjectContext, customer: number, elements: readonly string[]): Promise<void> {
  const id = `msg_${context.rand.uuidv4()}`;
  await context.run("post", async () => {
    if (!(await post(customer, id, elements))) throw new Error("The receiver did not take it.");
  });
}

const shipment = restate.object({
  name: "shipment",
  options,
  handlers: {
    tell: async (context: ObjectContext, { customer, element }: Told) => {
      await gate;
      await deliver(context, customer, [element]);
    },
  },
});

const batcher = restate.object({
  name: "batcher",
  options,
  handlers: {
    expire: async (context: ObjectContext) => {
      const elements = (await context.get<string[]>("elements")) ?? [];
      context.clear("expiry");
      if (elements.length > 0) hand(context, elements);
    },
    tell: async (context: ObjectContext, { element }: Told) => {
      await gate;
      const expiry = await context.get<string>("expiry");
      const elements = [...((await context.get<string[]>("elements")) ?? []), element];
      if (elements.length >= settings.max_batch) {
        if (expiry !== null) context.cancel(expiry);
        context.clear("expiry");
        hand(context, elements);
        return;
      }
      if (elements.length === 1) {
        const told = context
          .objectSendClient({ name: "batcher" }, context.key, { delay: MAX_BATCH_WAIT_MS })
          .expire?.();
        if (told !== undefined) context.set("expiry", await told.invocationId);
      }
      context.set("elements", elements);
    },
  },
});

function hand(context: ObjectContext, elements: readonly string[]): void {
  context.clear("elements");
  context.objectSendClient({ name: "customer" }, context.key).send?.({ elements });
}

const customer = restate.object({
  name: "customer",
  options,
  handlers: {
    send: async (context: ObjectContext, { elements }: { elements: string[] }) => {
      await deliver(context, Number(context.key), elements);
    },
  },
});

await restate.serve({ services: [shipment, batcher, customer], port: settings.own_port });
sayReady();
