import { type EventFilter, wants } from "../domain/subscription.ts";
import type { WebhookElement } from "../domain/webhook-element.ts";
import type { FeedEntry } from "../storage/feed.ts";

/** Whether a subscription wants an entry of the feed: the same question for webhooks, files and what is built anew. */
export function wantsEntry(filter: EventFilter, entry: FeedEntry, element: WebhookElement): boolean {
  const { milestone } = element.event.codes.gluey;
  return wants(filter, { milestone, carrier_id: element.carrier_id, enters_status: entry.enters_status });
}
