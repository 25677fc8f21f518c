import { z } from "zod";
import { nextAfter, pageAfter, readTextCursor, writeTextCursor } from "../../api/paging.ts";
import { Problem } from "../../api/problem.ts";
import { redeliver } from "../../api/redeliver.ts";
import { ATTEMPT_STATES, type AttemptState } from "../../delivery/views.ts";
import { parseTenant, type Tenant } from "../../domain/tenant.ts";
import { type Account, listAccounts } from "../../storage/accounts.ts";
import { type Backlog, listBacklogs } from "../../storage/health.ts";
import { destinationOf, endpointsOf } from "../attempts.ts";
import type { Console, Look } from "../console-env.ts";
import { attemptColumns } from "../pieces/attempt-columns.tsx";
import { Badge } from "../pieces/badge.tsx";
import { address } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Ago, count, When } from "../pieces/when.tsx";
import { Whose } from "../pieces/whose.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { deadLetterPage, PAGE } from "./dead-letters.tsx";
import { backTo, doneNote } from "./done.tsx";
import { DELIVERIES, DeliveryTabs, fromForm, known, whoseQuery } from "./whose-deliveries.tsx";

/** What went out: attempts with answer and latency, and what was given up. */

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
