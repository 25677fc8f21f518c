import { changeConnection } from "../../api/connection-change.ts";
import { testConnection } from "../../api/connection-test.ts";
import { nextAfter, pageAfter } from "../../api/paging.ts";
import { connectionAnswer } from "../../api/schemas/connection.ts";
import { findCarrier } from "../../carriers/registry.ts";
import { findConnection, type ListedConnection, listConnections } from "../../storage/connections.ts";
import { openConnection } from "../../storage/open-connection.ts";
import type { Console, Look } from "../console-env.ts";
import { Badge } from "../pieces/badge.tsx";
import { address } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Spark } from "../pieces/spark.tsx";
import { Ago, lasting, plural } from "../pieces/when.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { connectionPage, none, PATH } from "./connection.tsx";
import {
  DAY_HOURS,
  hourly,
  lagOf,
  newest,
  type Standing,
  standingOf,
  WAY_NAMES,
  waysOf,
  wordOf,
} from "./connection-standing.ts";

/** How each connection goes: its health, how late its checks are, and how long it has been silent. */

const PAGE = 25;

export function carrierPages(app: Console): void {
  app.get("/carriers", async (c) => send(c, await listPage(c)));
  app.get("/carriers/:id", async (c) => send(c, await connectionPage(c, await askedFor(c), null)));
  app.post("/carriers/:id/test", async (c) => {
    const { ctx, form } = c.var;
    const listed = await askedFor(c);
    const connection = await openConnection(ctx.control, ctx.vault, listed.id);
    if (connection === null) throw none(listed.id);
    const { webhook_url } = connectionAnswer(listed, new URL(c.req.url).origin);
    const number = form.get("number")?.trim().slice(0, 100) || null;
    return send(
      c,
      await connectionPage(c, listed, await testConnection(ctx, connection, number, webhook_url)),
    );
  });
  for (const paused of [true, false])
    app.post(`/carriers/:id/${paused ? "pause" : "resume"}`, async (c) => {
      const {
        connection: { id },
      } = await changeConnection(c.var.ctx, await askedFor(c), { paused }, undefined);
      return c.redirect(address(`${PATH}/${id}`, { done: paused ? "paused" : "resumed" }), 303);
    });
}

async function askedFor(c: Look): Promise<ListedConnection> {
  const id = c.req.param("id") ?? "";
  const found = await findConnection(c.var.ctx.control, id);
  if (found === null) throw none(id);
  return found;
}

async function listPage(c: Look) {
  const { ctx } = c.var;
  const now = ctx.now();
  const found = await listConnections(ctx.control, pageAfter(c.req.query("cursor")), PAGE + 1);
  const standing = await standingOf(ctx, found.slice(0, PAGE), DAY_HOURS);
  const next = nextAfter(found, PAGE, ({ id }) => id);
  return (
    <Page
      c={c}
      title="Carriers"
      under="Carriers"
      lead="Each agreement with a carrier: whether it can be reached, how late its checks are, and when it last brought news."
    >
      <Rows
        caption="Connections"
        columns={[
          {
            title: "Connection",
            cell: ({ connection }: Standing) => (
              <>
                <a href={`${PATH}/${connection.id}`}>
                  {findCarrier(connection.carrier_id)?.name ?? connection.carrier_id}
                  <span class="unseen"> {connection.id}</span>
                </a>
                <div class="small soft" aria-hidden="true">
                  <code>{connection.id}</code>
                </div>
              </>
            ),
          },
          {
            title: "Ways",
            cell: ({ connection }) =>
              waysOf(connection)
                .map((way) => WAY_NAMES[way])
                .join(", "),
          },
          {
            title: "Accounts",
            cell: ({ connection: { account_numbers } }) =>
              account_numbers.length === 1 ? account_numbers[0] : plural(account_numbers.length, "account"),
          },
          {
            title: "Goes",
            cell: (row) => {
              const { word, tone } = wordOf(row);
              return <Badge tone={tone}>{word}</Badge>;
            },
          },
          { title: "Last news", cell: (row) => <Ago at={newest(row)} now={now} none="none yet" /> },
          {
            title: "Checks late by",
            cell: (row) => {
              const lag = lagOf(row, now);
              return lag === null ? <span class="soft">–</span> : lasting(lag);
            },
          },
          {
            title: "Checks, last 24 hours",
            cell: ({ history }) => <Spark title="Checks an hour" bars={hourly(history, now, DAY_HOURS)} />,
          },
        ]}
        rows={standing}
        empty="There is no connection yet: POST /admin/connections makes one."
        next={next === null ? null : address(PATH, { cursor: next })}
      />
    </Page>
  );
}
