import type { Channel } from "../channel.ts";
import { deliverWebhook } from "./deliver.ts";

/** POST of signed JSON to an address of the customer (public contract, section 4). */
export const webhookChannel: Channel = {
  way: "webhook",
  deliver(ports, subscription, consignment) {
    if (subscription.way !== "webhook")
      throw new Error("Only a webhook subscription is delivered by webhook.");
    return deliverWebhook(ports, subscription, consignment);
  },
};
