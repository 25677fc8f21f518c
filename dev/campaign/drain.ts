import { judge } from "./judge.ts";
import { type Stage, wait } from "./stage.ts";

const LATE_DUPLICATES_MS = 5_000;
const LOOK_EVERY_MS = 2_000;

/**
 * The customers put their things in order: who was gone is back, who had a wrong certificate has another address, and the
 * one that hangs ends its subscription. Then until nothing is open any more; false when the time is up before.
 */
export async function drain(stage: Stage): Promise<boolean> {
  const { api, customersSide, hanging, options, overtime, subscriptions } = stage;
  options.say("Everything is told. Until all of it is delivered, dead or cancelled …");
  for (const subscription of subscriptions) {
    const last = subscription.planned.behaviours.find(({ from }) => from === null);
    if (last === undefined) continue;
    await customersSide.behave(subscription.endpoint, last.behaviour);
    await api.change(subscription.customer, subscription.id, {
      endpoint: customersSide.addressOf(subscription.endpoint, last.behaviour),
      paused: false,
    });
  }
  await api.unsubscribe(hanging.customer, hanging.id);
  hanging.cancelled = true;
  for (let said = Number.POSITIVE_INFINITY; !overtime.aborted; ) {
    const { lost } = judge(await stage.evidence());
    if (lost === 0) {
      // What comes twice may still be on its way.
      await wait(LATE_DUPLICATES_MS);
      return true;
    }
    if (lost < said) options.say(`  ${lost} open`);
    said = Math.min(said, lost);
    await resumePaused(stage);
    await wait(LOOK_EVERY_MS);
  }
  return false;
}

/** Whoever has nothing left but what is refused has no success, and is paused: its customer goes on by hand. */
async function resumePaused({ api, subscriptions }: Stage): Promise<void> {
  for (const customer of new Set(subscriptions.map((one) => one.customer))) {
    for (const { id, state } of await api.standing(customer))
      if (state === "paused") await api.change(customer, id, { paused: false });
  }
}
