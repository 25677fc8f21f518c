import type { DeliveryRow } from "../../delivery/views.ts";
import type { Tenant } from "../../domain/tenant.ts";
import { destinationOf, type Endpoint } from "../attempts.ts";
import { AttemptBadge } from "./badge.tsx";
import { Form } from "./form.tsx";
import type { Column } from "./rows.tsx";
import { milliseconds, plural, When } from "./when.tsx";

export interface AttemptsOf {
  now: number;
  endpoints: readonly Endpoint[];
  /** Named in forms where the operator acts for an account. */
  tenant: Tenant | null;
  form_token: string;
  /** Where sending again leads back to. */
  back: string;
  /** Whose part is shown where the table is about one shipment. */
  shipment_id?: string;
}

/** Attempts with answer and latency, as the shipment and the deliveries show them. */
export function attemptColumns(of: AttemptsOf): Column<DeliveryRow>[] {
  const { now, endpoints, tenant, form_token, back, shipment_id } = of;
  const destinations = new Map(
    endpoints.map(({ subscription }) => [subscription.id, destinationOf(subscription)]),
  );
  return [
    { title: "Began", cell: ({ started_at }) => <When at={started_at} now={now} /> },
    {
      title: "To",
      cell: ({ subscription_id, file_name }) => (
        <>
          <code>{destinations.get(subscription_id) ?? subscription_id}</code>
          {file_name === null ? null : <div class="small soft">{file_name}</div>}
        </>
      ),
    },
    {
      title: "Events",
      cell: ({ events, shipments }) => {
        const own = shipments.find((one) => one.shipment_id === shipment_id);
        if (own !== undefined)
          return own.first_sequence === own.last_sequence
            ? `no. ${own.first_sequence}`
            : `no. ${own.first_sequence} to ${own.last_sequence}`;
        return `${plural(events, "event")} of ${plural(shipments.length, "shipment")}`;
      },
    },
    { title: "Try", num: true, cell: ({ attempt }) => attempt },
    {
      title: "Outcome",
      cell: ({ state, status, next_attempt_at }) => (
        <>
          <AttemptBadge state={state} /> {status ?? ""}
          {next_attempt_at === null ? null : (
            <div class="small soft">
              again at <When at={next_attempt_at} now={now} />
            </div>
          )}
        </>
      ),
    },
    { title: "Took", num: true, cell: ({ latency_ms }) => milliseconds(latency_ms) },
    {
      title: "Answer",
      cell: ({ answer }) =>
        answer === null || answer === "" ? (
          <span class="soft">empty</span>
        ) : answer.length < 60 ? (
          <code>{answer}</code>
        ) : (
          <details>
            <summary>{answer.slice(0, 40)}…</summary>
            <code>{answer}</code>
          </details>
        ),
    },
    {
      title: "Message",
      cell: ({ message_id, id, state }) => (
        <>
          <code class="small">{message_id}</code>
          {state === "delivered" || state === "dead" ? (
            <Form
              action="/console/deliveries/redeliver"
              token={form_token}
              values={{ delivery_id: id, account: tenant?.account_number, mode: tenant?.mode, back }}
            >
              <button class="slight" type="submit" aria-label={`Send again: ${message_id}`}>
                Send again
              </button>
            </Form>
          ) : null}
        </>
      ),
    },
  ];
}
