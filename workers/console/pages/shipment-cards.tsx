import type { DeliveryRow } from "../../delivery/views.ts";
import { STATUSES } from "../../domain/statuses.ts";
import type { Tenant } from "../../domain/tenant.ts";
import type { addedRules } from "../../storage/directory.ts";
import type { ShipmentCheck, StoryEvent } from "../../storage/shipment-story.ts";
import type { Shipment } from "../../storage/shipments.ts";
import { destinationOf, type Endpoint } from "../attempts.ts";
import { Badge, inWords, StatusBadge } from "../pieces/badge.tsx";
import { Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Ago, count, lasting, milliseconds, plural, When } from "../pieces/when.tsx";
import type { Told } from "../telling.ts";

/** A shipment's cards: where it is, whom we told, how its carrier is asked. */

export const ATTEMPTS_MAX = 600;

export interface Story {
  tenant: Tenant;
  shipment: Shipment;
  events: StoryEvent[];
  checks: ShipmentCheck[];
  endpoints: Endpoint[];
  attempts: DeliveryRow[];
  moreAttempts: boolean;
  rules: Awaited<ReturnType<typeof addedRules>>["rules"];
}

const STAGES = ["info_received", "accepted", "in_transit", "out_for_delivery", "delivered"] as const;

export function Facts({ shipment, now }: { shipment: Shipment; now: number }) {
  const { registration, status, pieces, eta } = shipment;
  const rank = STATUSES[status].rank;
  const stuck = shipment.health === "failed" || shipment.health === "action_required";
  const reached = STAGES.filter((stage) => STATUSES[stage].rank <= rank).length;
  const { references, destination } = registration;
  return (
    <div class="card">
      <h2>Where it is</h2>
      <p>
        <strong>{inWords(status)}</strong>
        {shipment.action_required_by === "none" ? null : `, ${shipment.action_required_by} has to act`}
        {shipment.last_event_at === null ? null : (
          <span class="soft">
            {" "}
            · last event <Ago at={shipment.last_event_at} now={now} />
          </span>
        )}
      </p>
      <div class="meter" aria-hidden="true">
        {STAGES.map((_, at) => (
          <span
            class={
              at < reached - 1 || (at < reached && rank === 100)
                ? stuck
                  ? "stuck"
                  : "done"
                : at < reached
                  ? stuck
                    ? "stuck"
                    : "now"
                  : ""
            }
          />
        ))}
      </div>
      <dl class="facts spaced">
        <dt>Tracking</dt>
        <dd>
          {shipment.tracking_state}, registered <When at={shipment.created_at} now={now} />
        </dd>
        {registration.uuid_ref === null ? null : (
          <>
            <dt>uuid_ref</dt>
            <dd>{registration.uuid_ref}</dd>
          </>
        )}
        {references?.shipper ? (
          <>
            <dt>Shipper's reference</dt>
            <dd>{references.shipper}</dd>
          </>
        ) : null}
        {references?.receiver ? (
          <>
            <dt>Receiver's reference</dt>
            <dd>{references.receiver}</dd>
          </>
        ) : null}
        {destination?.iso_country ? (
          <>
            <dt>Goes to</dt>
            <dd>
              {destination.iso_country} {destination.postal_code ?? ""}
            </dd>
          </>
        ) : null}
        {eta === null ? null : (
          <>
            <dt>Expected</dt>
            <dd>
              {eta.current}
              {eta.current === eta.first ? null : <span class="soft"> (first said: {eta.first})</span>}
            </dd>
          </>
        )}
        <dt>Pieces</dt>
        <dd>
          {Object.entries(pieces)
            .filter(([word]) => word !== "total")
            .map(([word, number]) => `${number} ${inWords(word)}`)
            .join(", ")}{" "}
          of {pieces.total ?? 1}
        </dd>
        {shipment.parcels.length === 0 ? null : (
          <>
            <dt>Parcels</dt>
            <dd>
              {shipment.parcels.map((parcel) => (
                <div>
                  {parcel.carrier_tracking_id} <StatusBadge status={parcel.status} />{" "}
                  <code class="soft">{parcel.id}</code>
                </div>
              ))}
            </dd>
          </>
        )}
        {shipment.carrier_tracking_update === null ? null : (
          <>
            <dt>New number</dt>
            <dd>{shipment.carrier_tracking_update.new_carrier_tracking_id}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** Did you tell us, and when? One answer for each endpoint. */
export function Answer({
  story,
  told,
  now,
}: {
  story: Story;
  told: ReadonlyMap<string, readonly { endpoint: Endpoint; told: Told }[]>;
  now: number;
}) {
  const { endpoints, events, moreAttempts } = story;
  return (
    <div class="card">
      <h2>Did we tell, and when?</h2>
      {endpoints.length === 0 ? (
        <p class="soft">Nobody subscribed. The events can be read by the API.</p>
      ) : (
        <ul class="answer">
          {endpoints.map((endpoint) => (
            <EndpointAnswer
              endpoint={endpoint}
              now={now}
              of={events.flatMap((event) =>
                (told.get(event.event_id) ?? [])
                  .filter((one) => one.endpoint === endpoint)
                  .map((one) => ({ event, told: one.told })),
              )}
            />
          ))}
        </ul>
      )}
      {moreAttempts ? (
        <Note tone="warn">Only the latest {count(ATTEMPTS_MAX)} attempts were looked at.</Note>
      ) : null}
    </div>
  );
}

function EndpointAnswer({
  endpoint,
  of,
  now,
}: {
  endpoint: Endpoint;
  of: readonly { event: StoryEvent; told: Told }[];
  now: number;
}) {
  const concerned = of.filter(({ told }) => !["duplicate", "before", "filtered"].includes(told.kind));
  const done = concerned.flatMap(({ event, told }) => (told.kind === "told" ? [{ event, told }] : []));
  const last = done.toSorted((a, b) => b.told.at - a.told.at)[0];
  const dead = concerned.filter(({ told }) => told.kind === "dead").length;
  const tone = dead > 0 ? "bad" : done.length === concerned.length ? "ok" : "warn";
  return (
    <li>
      <Badge tone={tone}>
        {concerned.length === 0 ? "nothing to tell" : `${done.length} of ${concerned.length} told`}
      </Badge>
      <div>
        <code>{destinationOf(endpoint.subscription)}</code>
        {last === undefined ? null : (
          <p class="small">
            Last at <When at={last.told.at} now={now} />, answered {last.told.delivery.status ?? "as a file"}{" "}
            after {milliseconds(last.told.delivery.latency_ms)};{" "}
            {lasting(Math.max(0, last.told.at - last.event.created_at))} after we heard of it.
          </p>
        )}
        {dead === 0 ? null : (
          <p class="small">{plural(dead, "event")} given up: a dead letter that can be sent again.</p>
        )}
      </div>
    </li>
  );
}

const WAY_NAMES = { webhook: "Webhook", sftp: "sFTP", poll: "API" } as const;

export function Checks({
  checks,
  now,
  operator,
}: {
  checks: readonly ShipmentCheck[];
  now: number;
  operator: boolean;
}) {
  return (
    <Rows
      caption="How its carrier is asked"
      columns={[
        {
          title: "Way",
          cell: ({ way, number }: ShipmentCheck) => (
            <>
              {WAY_NAMES[way]} {number === null ? null : <code>{number}</code>}
            </>
          ),
        },
        {
          title: "Connection",
          cell: ({ connection_id, paused }) => (
            <>
              {operator ? (
                <a href={`/console/carriers/${connection_id}`}>{connection_id}</a>
              ) : (
                <code>{connection_id}</code>
              )}{" "}
              {paused ? <Badge tone="warn">paused</Badge> : null}
            </>
          ),
        },
        {
          title: "Every",
          cell: ({ interval_s, slot }) =>
            interval_s === null ? (
              <span class="soft">–</span>
            ) : (
              `${lasting(interval_s * 1000)}${slot === null ? "" : `, slot ${slot}`}`
            ),
        },
        {
          title: "Last asked",
          cell: ({ last_at, way }) =>
            way === "webhook" ? <span class="soft">comes by itself</span> : <When at={last_at} now={now} />,
        },
        {
          title: "Next",
          cell: ({ next_at, way }) =>
            way === "webhook" ? (
              <span class="soft">–</span>
            ) : (
              <When at={next_at} now={now} none="not asked any more" />
            ),
        },
        { title: "Last news", cell: ({ news_at }) => <When at={news_at} now={now} none="none" /> },
        {
          title: "Goes",
          cell: ({ failures, last_error }) =>
            failures === 0 ? (
              <Badge tone="ok">well</Badge>
            ) : (
              <>
                <Badge tone="bad">{plural(failures, "failure")}</Badge>
                {operator && last_error !== null ? <p class="small">{last_error}</p> : null}
              </>
            ),
        },
      ]}
      rows={checks}
      empty="No connection follows it: it was stopped, or its connection was ended."
    />
  );
}
