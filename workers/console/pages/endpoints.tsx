import { Problem } from "../../api/problem.ts";
import { primarySessions } from "../../api/sessions.ts";
import { changeSubscription, requireSubscription, resumeFrom } from "../../api/subscription-changes.ts";
import type { LineState, LineStateRow } from "../../delivery/views.ts";
import type { Tenant } from "../../domain/tenant.ts";
import type { StoredSubscription } from "../../storage/subscriptions.ts";
import { destinationOf, type Endpoint, endpointsOf, latestAttempts } from "../attempts.ts";
import type { Console, Look } from "../console-env.ts";
import { attemptColumns } from "../pieces/attempt-columns.tsx";
import { AttemptPlot } from "../pieces/attempt-plot.tsx";
import { Badge, inWords, LineBadge } from "../pieces/badge.tsx";
import { address, Form, Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { StateStrip } from "../pieces/state-strip.tsx";
import { Ago, bytes, count, lasting, plural, When } from "../pieces/when.tsx";
import { Whose } from "../pieces/whose.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { doneNote } from "./done.tsx";
import { DELIVERIES, DeliveryTabs, fromForm, known, whoseQuery } from "./whose-deliveries.tsx";

/** Where an account hears from us: how each endpoint stands, how it stood, and what it answers. */

const PATH = `${DELIVERIES}/endpoints`;
const ATTEMPTS_SHOWN = 200;

export function endpointPages(app: Console): void {
  app.get("/deliveries/endpoints", async (c) => {
    const tenant = await known(c, c.req.query("account"), c.req.query("mode"));
    return send(c, await listPage(c, tenant));
  });
  app.get("/deliveries/endpoints/:id", async (c) => {
    const tenant = await known(c, c.req.query("account"), c.req.query("mode"));
    const endpoint = tenant === null ? null : await find(c, tenant, c.req.param("id"));
    if (tenant === null || endpoint === null) throw noEndpoint();
    return send(c, await endpointPage(c, tenant, endpoint));
  });
  app.post("/deliveries/endpoints/:id/pause", async (c) => {
    const { tenant, subscription } = await toChange(c);
    await changeSubscription(c, subscription, { paused: true });
    return back(c, tenant, subscription, "endpoint-paused");
  });
  app.post("/deliveries/endpoints/:id/resume", async (c) => {
    const { tenant, subscription } = await toChange(c);
    await resumeFrom(c, subscription, undefined);
    return back(c, tenant, subscription, "endpoint-resumed");
  });
}

const noEndpoint = () => new Problem(404, "There is no such endpoint here.");

async function find(c: Look, tenant: Tenant, id: string): Promise<Endpoint | null> {
  return (await endpointsOf(c.var.ctx, tenant.id)).find(({ subscription }) => subscription.id === id) ?? null;
}

/** The subscription that a form changes, read where it is surely current: as its account would. */
async function toChange(c: Look): Promise<{ tenant: Tenant; subscription: StoredSubscription }> {
  const tenant = await fromForm(c);
  const { viewer, ctx } = c.var;
  c.set("caller", { key_id: viewer.kind === "account" ? viewer.key_id : "operator", tenant });
  c.set("sessions", primarySessions(ctx, tenant.account_number));
  const way = c.var.form.get("way") === "sftp" ? "sftp" : "webhook";
  return { tenant, subscription: await requireSubscription(c, way, c.req.param("id") ?? "") };
}

function back(c: Look, tenant: Tenant, { id }: StoredSubscription, done: string) {
  return c.redirect(address(`${PATH}/${id}`, { ...whoseQuery(c, tenant), done }), 303);
}

async function listPage(c: Look, tenant: Tenant | null) {
  const now = c.var.ctx.now();
  const endpoints = tenant === null ? [] : await endpointsOf(c.var.ctx, tenant.id);
  const whose = whoseQuery(c, tenant);
  return (
    <Page
      c={c}
      title="Endpoints"
      under="Deliveries"
      lead="Where news goes, by webhook and by sFTP: how each stands, what waits for it, and what it should know."
    >
      {doneNote(c)}
      <DeliveryTabs c={c} tenant={tenant} here="Endpoints" />
      {c.var.viewer.kind === "operator" ? <Whose action={PATH} tenant={tenant} /> : null}
      {tenant === null ? null : (
        <Rows
          caption={`Endpoints of ${tenant.account_number}`}
          columns={[
            {
              title: "Endpoint",
              cell: ({ subscription }: Endpoint) => (
                <a href={address(`${PATH}/${subscription.id}`, whose)}>{destinationOf(subscription)}</a>
              ),
            },
            {
              title: "State",
              cell: ({ line }) =>
                line === null ? <Badge tone="quiet">new</Badge> : <LineBadge state={line.state} />,
            },
            { title: "Waiting", num: true, cell: ({ line }) => count(line?.waiting ?? 0) },
            {
              title: "Dead letters",
              num: true,
              cell: ({ line }) =>
                (line?.dead ?? 0) === 0 ? (
                  "0"
                ) : (
                  <a href={address(`${DELIVERIES}/dead-letters`, whose)}>{count(line?.dead ?? 0)}</a>
                ),
            },
            {
              title: "Last success",
              cell: ({ line }) => <Ago at={line?.last_success_at ?? null} now={now} />,
            },
            {
              title: "Warnings",
              cell: ({ line }) =>
                line === null || line.warnings.length === 0 ? (
                  <span class="soft">none</span>
                ) : (
                  line.warnings.map(({ code }) => <Badge tone="warn">{inWords(code)}</Badge>)
                ),
            },
          ]}
          rows={endpoints}
          empty="Nothing is subscribed: the events can be read by the API."
        />
      )}
    </Page>
  );
}

const GOES_ON: readonly LineState[] = ["active", "failing"];

async function endpointPage(c: Look, tenant: Tenant, endpoint: Endpoint) {
  const { ctx, form_token, viewer } = c.var;
  const now = ctx.now();
  const { subscription, line } = endpoint;
  const [{ attempts }, states] = await Promise.all([
    latestAttempts(ctx, tenant.id, { subscription_id: subscription.id }, { most: ATTEMPTS_SHOWN }),
    ctx.deliveryOf(tenant.id).lineStates(subscription.id),
  ]);
  const whose = whoseQuery(c, tenant);
  const path = `${PATH}/${subscription.id}`;
  const paused = line !== null && !GOES_ON.includes(line.state);
  const values = {
    account: viewer.kind === "operator" ? tenant.account_number : undefined,
    mode: viewer.kind === "operator" ? tenant.mode : undefined,
    way: subscription.settings.way,
  };
  return (
    <Page
      c={c}
      title={destinationOf(subscription)}
      under="Deliveries"
      crumb={<a href={address(PATH, whose)}>Endpoints</a>}
      lead={
        <>
          {tenant.account_number}
          {tenant.mode === "test" ? ", test data" : ""} · <code>{subscription.id}</code>
        </>
      }
      acts={
        <>
          {line === null ? null : <LineBadge state={line.state} big />}
          <Form action={`${path}/${paused ? "resume" : "pause"}`} token={form_token} values={values}>
            <button type="submit">{paused ? "Resume" : "Pause"}</button>
          </Form>
        </>
      }
    >
      {doneNote(c)}
      {(line?.warnings ?? []).map(({ code, at, detail }) => (
        <Note tone="warn">
          <strong>{inWords(code)}</strong> since <When at={at} now={now} />. {detail}
        </Note>
      ))}
      <div class="two">
        <Standing endpoint={endpoint} now={now} />
        <div class="card">
          <h2>How it answered</h2>
          <AttemptPlot attempts={attempts.toReversed()} now={now} />
        </div>
      </div>
      <States states={states} now={now} />
      <Rows
        caption="Latest attempts"
        columns={attemptColumns({
          now,
          endpoints: [endpoint],
          tenant: viewer.kind === "operator" ? tenant : null,
          form_token,
          back: address(path, whose),
        }).filter(({ title }) => title !== "To")}
        rows={attempts.slice(0, 25)}
        empty="No attempt was made yet."
        next={attempts.length > 25 ? address(DELIVERIES, { ...whose, subscription: subscription.id }) : null}
      />
    </Page>
  );
}

function Standing({ endpoint: { subscription, line }, now }: { endpoint: Endpoint; now: number }) {
  const { settings } = subscription;
  return (
    <div class="card">
      <h2>How it stands</h2>
      <dl class="facts">
        <dt>Way</dt>
        <dd>
          {settings.way === "webhook"
            ? `webhook, up to ${settings.max_batch} events a message`
            : `${settings.format} by sFTP, every ${settings.every_minutes} min`}
        </dd>
        <dt>Takes</dt>
        <dd>
          {settings.milestones === null ? "every milestone" : settings.milestones.map(inWords).join(", ")}
          {settings.carriers === null ? "" : ` of ${settings.carriers.join(", ")}`}
          {settings.first_time_in_status ? ", a status only the first time" : ""}
        </dd>
        {line === null ? null : (
          <>
            <dt>Waiting</dt>
            <dd>
              {plural(line.waiting, "message")}, {bytes(line.waiting_bytes)}
              {line.next_attempt_at === null ? null : (
                <>
                  ; next at <When at={line.next_attempt_at} now={now} />
                </>
              )}
            </dd>
            <dt>Given up</dt>
            <dd>
              {plural(line.dead, "dead letter")}
              {line.set_aside > 0 ? `, ${plural(line.set_aside, "event")} set aside` : ""}
            </dd>
            <dt>Last success</dt>
            <dd>
              <Ago at={line.last_success_at} now={now} />
            </dd>
            {line.failing_since === null ? null : (
              <>
                <dt>Fails since</dt>
                <dd>
                  <When at={line.failing_since} now={now} />, {plural(line.failures_in_a_row, "time")} in a
                  row
                </dd>
              </>
            )}
            {line.paused_by === null ? null : (
              <>
                <dt>Paused by</dt>
                <dd>
                  {line.paused_by === "gluey"
                    ? "Gluey, after five days without a success"
                    : "the customer or the operator"}
                </dd>
              </>
            )}
          </>
        )}
        <dt>Since</dt>
        <dd>
          <When at={subscription.created_at} now={now} />
        </dd>
      </dl>
    </div>
  );
}

function States({ states, now }: { states: readonly LineStateRow[]; now: number }) {
  const rows = states.map((row, at) => ({ ...row, until: states[at - 1]?.at ?? null }));
  return (
    <>
      {states.length === 0 ? null : (
        <div class="card">
          <h2>How it stood</h2>
          <StateStrip states={states} now={now} />
        </div>
      )}
      <Rows
        caption="Changes of its state"
        columns={[
          { title: "From", cell: ({ at }: (typeof rows)[number]) => <When at={at} now={now} /> },
          { title: "State", cell: ({ state }) => <LineBadge state={state} /> },
          {
            title: "For",
            cell: ({ at, until }) =>
              until === null ? `${lasting(now - at)} until now` : lasting(until - at),
          },
          {
            title: "Why",
            cell: ({ detail }: (typeof rows)[number]) => detail ?? <span class="soft">–</span>,
          },
        ]}
        rows={rows.slice(0, 50)}
        empty="It has not changed yet."
      />
    </>
  );
}
