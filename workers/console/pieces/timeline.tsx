import type { FC } from "hono/jsx";
import type { addedRules } from "../../storage/directory.ts";
import type { StoryEvent } from "../../storage/shipment-story.ts";
import { destinationOf, type Endpoint } from "../attempts.ts";
import { ruleWords } from "../rule-words.ts";
import type { Told } from "../telling.ts";
import { Badge, inWords, StatusBadge, toneOfStatus } from "./badge.tsx";
import { address } from "./form.tsx";
import { dayOf, lasting, When } from "./when.tsx";

/** A shipment's events, each with Gluey's words and the carrier's side by side, where it came from, and whom we told. */

export interface TimelineOf {
  events: readonly StoryEvent[];
  told: ReadonlyMap<string, readonly { endpoint: Endpoint; told: Told }[]>;
  carrier_id: string;
  shipment_id: string;
  rules: Awaited<ReturnType<typeof addedRules>>["rules"];
  now: number;
  operator: boolean;
}

export const Timeline: FC<TimelineOf> = (of) => (
  <ol class="steps">
    {of.events.map((event) => (
      <Step {...of} event={event} />
    ))}
  </ol>
);

const SOURCES = { webhook: "webhook", sftp: "sFTP", poll: "the API" } as const;

function Step({
  event,
  told,
  carrier_id,
  shipment_id,
  rules,
  now,
  operator,
}: TimelineOf & { event: StoryEvent }) {
  const { codes, location, reason, rule } = event.body;
  const { gluey, carrier } = codes;
  const words = ruleWords(carrier_id, rule.id, rules, { code: carrier.code });
  const place = placeOf(location);
  const replaced = event.replaces !== null;
  return (
    <li class={`is-${toneOfStatus(event.status)}`} id={event.event_id}>
      <div class="at">{timeOf(event, now)}</div>
      <div class="dot" />
      <div class="what">
        <div>
          <StatusBadge status={event.status} />{" "}
          {event.sequence === null ? null : <span class="soft small">no. {event.sequence}</span>}{" "}
          {event.duplicate_of === null ? null : <Badge tone="quiet">told before by another way</Badge>}{" "}
          {event.withdrawn === 1 ? <Badge tone="warn">taken back by the carrier</Badge> : null}{" "}
          {replaced ? <Badge tone="warn">corrects an earlier one</Badge> : null}{" "}
          {event.body.late_scan ? <Badge tone="quiet">late scan</Badge> : null}{" "}
          {event.parcel_number === "" ? null : <span class="soft small">parcel {event.parcel_number}</span>}
        </div>
        <div class="words">
          <div>
            <p class="who">Gluey</p>
            <strong>
              {[gluey.milestone, gluey.code, gluey.sub_code]
                .flatMap((part) => (part === null ? [] : [inWords(part)]))
                .join(" · ")}
            </strong>
            {reason === null ? null : <div>because of {inWords(reason)}</div>}
            {place === null ? null : <div class="soft">{place}</div>}
          </div>
          <div>
            <p class="who">Carrier</p>
            <code>{carrier.code ?? "no code"}</code>
            {carrier.sub_code === null ? null : (
              <>
                {" "}
                / <code>{carrier.sub_code}</code>
              </>
            )}
            {carrier.freetext_detail === null ? null : <div>“{carrier.freetext_detail}”</div>}
          </div>
        </div>
        <p class="from">
          Came by {SOURCES[event.source]} at <When at={event.created_at} now={now} />
          {event.occurred_at !== null && event.created_at > event.occurred_at && event.precision !== "date"
            ? `, ${lasting(event.created_at - event.occurred_at)} after it happened`
            : ""}
          , in{" "}
          <a href={address(`/console/documents/${event.document_id}`, { shipment: shipment_id })}>
            this document
            <span class="unseen"> of event {event.event_id}</span>
          </a>
          . Rule <code>{rule.id}</code>, version {rule.version}
          {words.unmapped ? (
            <>
              : no rule knows this code.{" "}
              {operator ? (
                <a
                  href={address("/console/unmapped/map", {
                    carrier_id,
                    code: carrier.code,
                    sub_code: carrier.sub_code,
                  })}
                >
                  Map it
                  <span class="unseen"> {carrier.code}</span>
                </a>
              ) : null}
            </>
          ) : words.looks === null ? (
            ", which is not in force any more."
          ) : (
            `: ${words.looks}${words.added ? ", an operator's mapping" : ", from the carrier's table"}.`
          )}
        </p>
        <ul class="told">
          {(told.get(event.event_id) ?? []).map((one) => (
            <li>{toldWords(one.endpoint, one.told, now)}</li>
          ))}
        </ul>
      </div>
    </li>
  );
}

function timeOf({ local_time, precision, occurred_at }: StoryEvent, now: number) {
  if (occurred_at === null || local_time === null) return <strong>no time given</strong>;
  const [, date = "", clock = "", offset = ""] = /^(\S+)T(\d\d:\d\d(?::\d\d)?)(.*)$/u.exec(local_time) ?? [];
  const day = dayOf(Date.parse(`${date}T12:00:00Z`), now);
  return (
    <time datetime={local_time}>
      <strong>{precision === "date" ? day : `${day} ${clock.slice(0, 5)}`}</strong>
      <span class="soft">
        {precision === "date"
          ? "by the day"
          : `${precision === "second" ? `:${clock.slice(6, 8)} ` : ""}${offset}`}
      </span>
    </time>
  );
}

function placeOf(location: StoryEvent["body"]["location"]): string | null {
  if (location === null) return null;
  const { address: at, carrier_location_coding: coding } = location;
  const parts = [at?.name, at?.street, at?.postal_code, at?.city, at?.iso_country].filter(
    (part) => part !== null && part !== undefined && part !== "",
  );
  if (parts.length > 0) return parts.join(", ");
  return coding === null ? null : (coding.description ?? coding.code);
}

function toldWords(endpoint: Endpoint, told: Told, now: number) {
  const where = shortName(endpoint);
  switch (told.kind) {
    case "told":
      return (
        <>
          <Badge tone="ok">told</Badge> {where} at <When at={told.at} now={now} />
          {told.attempts > 1 ? `, at the ${told.attempts}. try` : ""}
          {told.delivery.status === null ? "" : `, answered ${told.delivery.status}`}
        </>
      );
    case "trying":
      return (
        <>
          <Badge tone="warn">{told.delivery.state}</Badge> {where}, try {told.delivery.attempt}
          {told.delivery.next_attempt_at === null ? null : (
            <>
              , again at <When at={told.delivery.next_attempt_at} now={now} />
            </>
          )}
        </>
      );
    case "dead":
      return (
        <>
          <Badge tone="bad">given up</Badge> {where}
        </>
      );
    case "waits":
      return (
        <>
          <Badge tone="info">waits</Badge> {where}
        </>
      );
    case "filtered":
      return <span class="soft">{where}: left out by its filter</span>;
    case "before":
      return <span class="soft">{where}: happened before it was subscribed</span>;
    case "duplicate":
      return <span class="soft">{where}: no news</span>;
    case "unknown":
      return <span class="soft">{where}: no attempt is kept</span>;
  }
}

function shortName({ subscription }: Endpoint): string {
  if (subscription.settings.way === "sftp") return destinationOf(subscription);
  try {
    return new URL(subscription.settings.endpoint).host;
  } catch {
    return subscription.settings.endpoint;
  }
}
