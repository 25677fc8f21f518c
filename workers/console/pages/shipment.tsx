import { Problem } from "../../api/problem.ts";
import type { Context } from "../../context.ts";
import { parseTenant, type Tenant } from "../../domain/tenant.ts";
import { sortTimeline } from "../../domain/timeline.ts";
import { addedRules } from "../../storage/directory.ts";
import { tenantOfShipment } from "../../storage/find-shipments.ts";
import { checksOfShipment, readStory, type StoryEvent } from "../../storage/shipment-story.ts";
import { readShipments } from "../../storage/shipments.ts";
import { endpointsOf, latestAttempts } from "../attempts.ts";
import type { Console, Look, Viewer } from "../console-env.ts";
import { attemptColumns } from "../pieces/attempt-columns.tsx";
import { Badge, HealthBadge, StatusBadge } from "../pieces/badge.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Timeline } from "../pieces/timeline.tsx";
import { count } from "../pieces/when.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { entering, tellingOf } from "../telling.ts";
import { doneNote } from "./done.tsx";
import { Answer, ATTEMPTS_MAX, Checks, Facts, type Story } from "./shipment-cards.tsx";

/** One shipment: what came, what it was taken for, and whom we told when. */

const EVENTS_MAX = 500;

const CHECKS_MAX = 200;

export function shipmentPages(app: Console): void {
  app.get("/shipments/:id", async (c) => {
    const { ctx, viewer } = c.var;
    const id = c.req.param("id");
    const tenant = await tenantOf(ctx, viewer, id);
    const story = tenant === null ? null : await storyOf(ctx, tenant, id);
    if (story === null) throw new Problem(404, `There is no shipment ${id.slice(0, 80)} here.`);
    return send(c, shipmentPage(c, story));
  });
}

/** Whose shipment it is; for an account only its own tenant is asked. */
export async function tenantOf(ctx: Context, viewer: Viewer, shipment_id: string): Promise<Tenant | null> {
  if (viewer.kind === "account") return viewer.tenant;
  const owners = await Promise.all(ctx.shards().map((shard) => tenantOfShipment(shard, shipment_id)));
  const owner = owners.find((one) => one !== null) ?? null;
  return owner === null ? null : parseTenant(owner);
}

async function storyOf(ctx: Context, tenant: Tenant, id: string): Promise<Story | null> {
  const shard = ctx.shardFor(tenant.account_number);
  const shipment = (await readShipments({ control: ctx.control, shard }, tenant.id, [id])).get(id);
  if (shipment === undefined) return null;
  const [rows, checks, endpoints, { attempts, more }, rules] = await Promise.all([
    readStory(shard, tenant.id, id, EVENTS_MAX),
    checksOfShipment(ctx.control, id, CHECKS_MAX),
    endpointsOf(ctx, tenant.id),
    latestAttempts(ctx, tenant.id, { shipment_id: id }, { most: ATTEMPTS_MAX }),
    addedRules(ctx.control, shipment.carrier_id).then(({ rules }) => rules),
  ]);
  return { tenant, shipment, events: inOrder(rows), checks, endpoints, attempts, moreAttempts: more, rules };
}

/** The newest first. */
function inOrder(rows: readonly StoryEvent[]): StoryEvent[] {
  const timeline = rows.map((row) => ({
    id: row.event_id,
    parcel: row.parcel_number,
    at: row.occurred_at,
    precision: row.precision,
    order: row.carrier_order,
    path: row.code_path,
    status: row.status,
    replaces: row.replaces,
    withdrawn: row.withdrawn === 1,
    duplicate_of: row.duplicate_of,
    row,
  }));
  return sortTimeline(timeline)
    .map(({ row }) => row)
    .reverse();
}

function shipmentPage(c: Look, story: Story) {
  const { shipment, tenant, events, endpoints, attempts, checks, rules } = story;
  const now = c.var.ctx.now();
  const operator = c.var.viewer.kind === "operator";
  const enters = entering(events);
  const told = new Map(
    events.map((event) => [
      event.event_id,
      endpoints.map((endpoint) => ({
        endpoint,
        told: tellingOf(
          event,
          endpoint,
          attempts,
          { id: shipment.id, carrier_id: shipment.carrier_id },
          enters,
        ),
      })),
    ]),
  );
  return (
    <Page
      c={c}
      title={shipment.carrier_tracking_id}
      under="Shipments"
      crumb={<a href="/console/shipments">Shipments</a>}
      lead={
        <>
          {shipment.carrier_id} · {operator ? `${tenant.account_number} · ` : ""}
          <code>{shipment.id}</code>
        </>
      }
      acts={
        <>
          <StatusBadge status={shipment.status} big />
          <HealthBadge health={shipment.health} big />
          {tenant.mode === "test" ? <Badge tone="hold">test data</Badge> : null}
        </>
      }
    >
      {doneNote(c)}
      <div class="two">
        <Facts shipment={shipment} now={now} />
        <Answer story={story} told={told} now={now} />
      </div>
      <div class="card flat">
        <h2>Timeline</h2>
        {events.length === 0 ? (
          <p class="empty">
            Nothing has been heard of it yet. The checks below say when its carrier is asked.
          </p>
        ) : (
          <Timeline
            events={events}
            told={told}
            carrier_id={shipment.carrier_id}
            shipment_id={shipment.id}
            rules={rules}
            now={now}
            operator={operator}
          />
        )}
        {events.length === EVENTS_MAX ? (
          <p class="empty">Only {count(EVENTS_MAX)} events are shown.</p>
        ) : null}
      </div>
      <Checks checks={checks} now={now} operator={operator} />
      <Rows
        caption="Deliveries of it"
        columns={attemptColumns({
          now,
          endpoints,
          tenant: operator ? tenant : null,
          form_token: c.var.form_token,
          back: `/console/shipments/${shipment.id}`,
          shipment_id: shipment.id,
        })}
        rows={attempts.slice(0, 100)}
        empty={endpoints.length === 0 ? "Nobody subscribed to its news." : "No attempt was made yet."}
        next={
          attempts.length > 100 || story.moreAttempts
            ? `/console/deliveries?shipment=${shipment.id}${operator ? `&account=${tenant.account_number}&mode=${tenant.mode}` : ""}`
            : null
        }
      />
    </Page>
  );
}
