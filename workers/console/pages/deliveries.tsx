import { z } from "zod";
import { deadLettersPage } from "../../api/dead-letters-page.ts";
import { nextAfter, pageAfter, readTextCursor, writeTextCursor } from "../../api/paging.ts";
import { Problem } from "../../api/problem.ts";
import { redeliver } from "../../api/redeliver.ts";
import { ATTEMPT_STATES, type AttemptState } from "../../delivery/views.ts";
import { parseTenant, type Tenant } from "../../domain/tenant.ts";
import { type Account, findAccount, listAccounts } from "../../storage/accounts.ts";
import { type Backlog, listBacklogs } from "../../storage/health.ts";
import { tenantAskedFor } from "../access.ts";
import { destinationOf, endpointsOf } from "../attempts.ts";
import type { Console, Look } from "../console-env.ts";
import { attemptColumns } from "../pieces/attempt-columns.tsx";
import { Badge } from "../pieces/badge.tsx";
import { address, Form, Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Ago, count, plural, When } from "../pieces/when.tsx";
import { Whose } from "../pieces/whose.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { backTo, doneNote } from "./done.tsx";

/** What went out: attempts with answer and latency, and what was given up. */

export const DELIVERIES = "/console/deliveries";
const PAGE = 50;

export function deliveryPages(app: Console): void {
  app.get("/deliveries", async (c) => {
    const tenant = await known(c, c.req.query("account"), c.req.query("mode"));
    return send(c, tenant === null ? await overview(c) : await attemptsPage(c, tenant));
  });
  app.get("/deliveries/dead-letters", async (c) => {
    const tenant = await known(c, c.req.query("account"), c.req.query("mode"));
    return send(c, await deadLetterPage(c, tenant));
  });
  app.post("/deliveries/redeliver", async (c) => {
    const tenant = await fromForm(c);
    const { form } = c.var;
    const delivery_id = form.get("delivery_id");
    const id = delivery_id ?? form.get("message_id") ?? "";
    const what = delivery_id === undefined ? { message_id: id } : { delivery_id };
    await redeliver(c.var.ctx, tenant.id, what, { noun: "delivery", id });
    return c.redirect(backTo(form.get("back"), DELIVERIES, "again"), 303);
  });
  app.post("/deliveries/drop", async (c) => {
    const tenant = await fromForm(c);
    const { form, ctx } = c.var;
    const message_id = form.get("message_id") ?? "";
    const { dropped } = await ctx.deliveryOf(tenant.id).dropDeadLetters({ message_id });
    if (dropped === 0) throw new Problem(404, "There is no such dead letter here.");
    return c.redirect(backTo(form.get("back"), DELIVERIES, "dropped"), 303);
  });
}

/** The tenant whose rows are asked for; an account that does not exist gets no Durable Object made for it. */
export async function known(
  c: Look,
  account: string | undefined,
  mode: string | undefined,
): Promise<Tenant | null> {
  const tenant = tenantAskedFor(c.var.viewer, account, mode);
  if (tenant === null || c.var.viewer.kind === "account") return tenant;
  if ((await findAccount(c.var.ctx.control, tenant.account_number)) === null)
    throw new Problem(404, `There is no account ${tenant.account_number}.`);
  return tenant;
}

/** Whose rows a form changes: an account's own; the operator's form names them. */
export async function fromForm(c: Look): Promise<Tenant> {
  const { form } = c.var;
  const tenant = await known(c, form.get("account"), form.get("mode"));
  if (tenant === null) throw new Problem(422, "The form does not say whose delivery it is.");
  return tenant;
}

/** Names whose rows a page is about, in its addresses: an account's own need no naming. */
export function whoseQuery(c: Look, tenant: Tenant | null): Record<string, string> {
  if (tenant === null || c.var.viewer.kind === "account") return {};
  return { account: tenant.account_number, mode: tenant.mode };
}

export function DeliveryTabs({ c, tenant, here }: { c: Look; tenant: Tenant | null; here: string }) {
  const tabs = [
    ["Attempts", DELIVERIES],
    ["Dead letters", `${DELIVERIES}/dead-letters`],
    ["Endpoints", `${DELIVERIES}/endpoints`],
  ] as const;
  return (
    <nav class="tabs" aria-label="Deliveries">
      {tabs.map(([name, path]) => (
        <a href={address(path, whoseQuery(c, tenant))} aria-current={name === here ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

/** For the operator, before an account is chosen: who has something waiting, and who there is. */
async function overview(c: Look) {
  const { ctx } = c.var;
  const now = ctx.now();
  const { cursor, backlog } = c.req.query();
  const [accounts, backlogs] = await Promise.all([
    listAccounts(ctx.control, pageAfter(cursor), PAGE + 1),
    listBacklogs(ctx.control, pageAfter(backlog), PAGE + 1),
  ]);
  const of = (tenant: Tenant, path = DELIVERIES) =>
    address(path, { account: tenant.account_number, mode: tenant.mode });
  return (
    <Page
      c={c}
      title="Deliveries"
      under="Deliveries"
      lead="Choose whose: attempts with their answers, what was given up, and how each endpoint stands."
    >
      {doneNote(c)}
      <DeliveryTabs c={c} tenant={null} here="Attempts" />
      <Whose action={DELIVERIES} tenant={null} />
      <Rows
        caption="Where something waits or was given up"
        columns={[
          {
            title: "Account",
            cell: (row: Backlog) => <a href={of(parseTenant(row.tenant_id))}>{row.tenant_id}</a>,
          },
          {
            title: "Waiting",
            num: true,
            cell: (row) => (row.waiting === 0 ? "0" : <Badge tone="warn">{count(row.waiting)}</Badge>),
          },
          {
            title: "Dead letters",
            num: true,
            cell: (row) =>
              row.dead === 0 ? (
                "0"
              ) : (
                <a href={of(parseTenant(row.tenant_id), `${DELIVERIES}/dead-letters`)}>{count(row.dead)}</a>
              ),
          },
          { title: "Since", cell: (row) => <Ago at={row.since} now={now} /> },
        ]}
        rows={backlogs.slice(0, PAGE)}
        empty="Everything has arrived."
        next={nextPage(
          nextAfter(backlogs, PAGE, ({ tenant_id }) => tenant_id),
          "backlog",
        )}
      />
      <Rows
        caption="Accounts"
        columns={[
          {
            title: "Account",
            cell: (row: Account) => (
              <a href={address(DELIVERIES, { account: row.account_number, mode: "live" })}>
                {row.account_number}
              </a>
            ),
          },
          { title: "Name", cell: (row) => row.name },
          {
            title: "Test data",
            cell: (row) => (
              <a href={address(DELIVERIES, { account: row.account_number, mode: "test" })}>
                test<span class="unseen"> deliveries of {row.account_number}</span>
              </a>
            ),
          },
          { title: "Since", cell: (row) => <When at={row.created_at} now={now} /> },
        ]}
        rows={accounts.slice(0, PAGE)}
        empty="There is no account yet."
        next={nextPage(
          nextAfter(accounts, PAGE, ({ account_number }) => account_number),
          "cursor",
        )}
      />
    </Page>
  );
}

const nextPage = (cursor: string | null, name: string): string | null =>
  cursor === null ? null : address(DELIVERIES, { [name]: cursor });

const STATE_NAMES: Readonly<Record<AttemptState, string>> = {
  delivered: "Delivered",
  failed: "Failed",
  dead: "Given up",
  sending: "Under way",
  unknown: "Unknown",
};

async function attemptsPage(c: Look, tenant: Tenant) {
  const { ctx } = c.var;
  const now = ctx.now();
  const { cursor, subscription, shipment } = c.req.query();
  const state = ATTEMPT_STATES.find((one) => one === c.req.query("state"));
  const [page, endpoints] = await Promise.all([
    ctx.deliveryOf(tenant.id).deliveries({
      limit: PAGE,
      state,
      subscription_id: subscription,
      shipment_id: shipment,
      cursor: cursor === undefined ? undefined : readTextCursor(cursor, z.string().max(200)),
    }),
    endpointsOf(ctx, tenant.id),
  ]);
  const whose = whoseQuery(c, tenant);
  const here = { ...whose, state, subscription, shipment };
  return (
    <Page
      c={c}
      title="Deliveries"
      under="Deliveries"
      lead={`Every attempt to tell ${tenant.account_number} something, newest first${tenant.mode === "test" ? "; test data" : ""}.`}
    >
      {doneNote(c)}
      <DeliveryTabs c={c} tenant={tenant} here="Attempts" />
      <div class="card">
        <form class="row" action={DELIVERIES} method="get">
          {Object.entries(whose).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <div class="field">
            <label for="state">Outcome</label>
            <select id="state" name="state">
              <option value="">Any</option>
              {ATTEMPT_STATES.map((one) => (
                <option value={one} selected={one === state}>
                  {STATE_NAMES[one]}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="subscription">Endpoint</label>
            <select id="subscription" name="subscription">
              <option value="">All</option>
              {endpoints.map((endpoint) => (
                <option value={endpoint.subscription.id} selected={endpoint.subscription.id === subscription}>
                  {destinationOf(endpoint.subscription)}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="shipment">Shipment</label>
            <input
              id="shipment"
              name="shipment"
              value={shipment ?? ""}
              placeholder="shp_…"
              maxlength={80}
              autocomplete="off"
            />
          </div>
          <button type="submit">Show</button>
        </form>
      </div>
      <Rows
        caption="Attempts"
        columns={attemptColumns({
          now,
          endpoints,
          tenant: c.var.viewer.kind === "operator" ? tenant : null,
          form_token: c.var.form_token,
          back: address(DELIVERIES, here),
        })}
        rows={page.data}
        empty="No attempt fits."
        next={
          page.next_cursor === null
            ? null
            : address(DELIVERIES, { ...here, cursor: writeTextCursor(JSON.stringify(page.next_cursor)) })
        }
      />
    </Page>
  );
}

async function deadLetterPage(c: Look, tenant: Tenant | null) {
  const { ctx, form_token } = c.var;
  const now = ctx.now();
  const path = `${DELIVERIES}/dead-letters`;
  const page = await deadLettersPage(ctx, { limit: PAGE, cursor: c.req.query("cursor"), tenant });
  const whose = whoseQuery(c, tenant);
  const operator = c.var.viewer.kind === "operator";
  return (
    <Page
      c={c}
      title="Dead letters"
      under="Deliveries"
      lead="What was given up after its last retry, or because the endpoint was gone. Kept 90 days; sent again with the same id and bytes."
    >
      {doneNote(c)}
      <DeliveryTabs c={c} tenant={tenant} here="Dead letters" />
      {operator ? <Whose action={path} tenant={tenant} /> : null}
      <Rows
        caption="Given up"
        columns={[
          { title: "Message", cell: ({ row }: Letter) => <code>{row.file_name ?? row.message_id}</code> },
          ...(operator ? [{ title: "Account", cell: ({ whose: of }: Letter) => of.id }] : []),
          { title: "Died", cell: ({ row }) => <When at={row.died_at} now={now} /> },
          { title: "Tries", num: true, cell: ({ row }) => row.attempts },
          {
            title: "Carries",
            cell: ({ row }) => (
              <>
                {plural(row.events, "event")} of{" "}
                {row.shipments.slice(0, 3).map(({ shipment_id }, at) => (
                  <>
                    {at === 0 ? "" : ", "}
                    <a href={`/console/shipments/${shipment_id}`}>{shipment_id}</a>
                  </>
                ))}
                {row.shipments.length > 3 ? ` and ${row.shipments.length - 3} more` : ""}
              </>
            ),
          },
          { title: "Why", cell: ({ row }) => row.reason },
          {
            title: "Do",
            cell: ({ row, whose: of }) => {
              const values = {
                message_id: row.message_id,
                account: operator ? of.account_number : undefined,
                mode: operator ? of.mode : undefined,
                back: address(path, whose),
              };
              return (
                <div class="acts">
                  <Form action={`${DELIVERIES}/redeliver`} token={form_token} values={values}>
                    <button class="slight" type="submit" aria-label={`Send again: ${row.message_id}`}>
                      Send again
                    </button>
                  </Form>
                  <Form action={`${DELIVERIES}/drop`} token={form_token} values={values}>
                    <button class="slight" type="submit" aria-label={`Drop: ${row.message_id}`}>
                      Drop
                    </button>
                  </Form>
                </div>
              );
            },
          },
        ]}
        rows={page.dead}
        empty="Nothing was given up."
        next={page.next_cursor === null ? null : address(path, { ...whose, cursor: page.next_cursor })}
      />
      {page.set_aside.length === 0 ? null : (
        <Rows
          caption="Set aside"
          columns={[
            {
              title: "Shipment",
              cell: ({ row }: (typeof page.set_aside)[number]) => (
                <a href={`/console/shipments/${row.shipment_id}`}>{row.shipment_id}</a>
              ),
            },
            { title: "Event", num: true, cell: ({ row }) => `no. ${row.sequence}` },
            { title: "When", cell: ({ row }) => <When at={row.at} now={now} /> },
            { title: "Why", cell: ({ row }) => row.reason },
          ]}
          rows={page.set_aside}
          empty=""
        />
      )}
      {page.dead.length === 0 ? null : (
        <Note>
          Where an endpoint was gone or paused,{" "}
          <a href={address(`${DELIVERIES}/endpoints`, whose)}>resume it</a> first.
        </Note>
      )}
    </Page>
  );
}

type Letter = Awaited<ReturnType<typeof deadLettersPage>>["dead"][number];
