import { changeConnection } from "../../api/connection-change.ts";
import { type Seen, testConnection } from "../../api/connection-test.ts";
import { nextAfter, pageAfter } from "../../api/paging.ts";
import { Problem } from "../../api/problem.ts";
import { connectionAnswer } from "../../api/schemas/connection.ts";
import { findCarrier } from "../../carriers/registry.ts";
import type { Context } from "../../context.ts";
import type { ConnectionHealth } from "../../durable/connection-pace.ts";
import type { CheckHour } from "../../observe/check-statistics.ts";
import { type NewsHour, newsByHour } from "../../storage/connection-news.ts";
import { findConnection, type ListedConnection, listConnections } from "../../storage/connections.ts";
import { HOUR_MS } from "../../storage/flow-counts.ts";
import { type LastNews, lastNews, type SlotsHealth, slotsHealth } from "../../storage/health.ts";
import { openConnection } from "../../storage/open-connection.ts";
import type { Console, Look } from "../console-env.ts";
import { Badge, type Tone } from "../pieces/badge.tsx";
import { Bars } from "../pieces/bars.tsx";
import { address, Field, Form, Note } from "../pieces/form.tsx";
import { LagPlot } from "../pieces/lag-plot.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Spark } from "../pieces/spark.tsx";
import { Ago, count, lasting, plural, When } from "../pieces/when.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { doneNote } from "./done.tsx";

/** How each connection goes: its health, how late its checks are, and how long it has been silent. */

const PATH = "/console/carriers";
const PAGE = 25;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * 24;

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
      const { id } = await changeConnection(c.var.ctx, await askedFor(c), { paused }, undefined);
      return c.redirect(address(`${PATH}/${id}`, { done: paused ? "paused" : "resumed" }), 303);
    });
}

const none = (id: string) => new Problem(404, `There is no connection ${id.slice(0, 80)}.`);

async function askedFor(c: Look): Promise<ListedConnection> {
  const id = c.req.param("id") ?? "";
  const found = await findConnection(c.var.ctx.control, id);
  if (found === null) throw none(id);
  return found;
}

const WAY_NAMES = { webhook: "Webhook", sftp: "sFTP", poll: "API" } as const;
type Way = keyof typeof WAY_NAMES;
const WAYS: readonly Way[] = ["webhook", "sftp", "poll"];
const waysOf = ({ ways }: ListedConnection): Way[] => WAYS.filter((way) => ways[way] !== undefined);

interface Standing {
  connection: ListedConnection;
  health: ConnectionHealth;
  history: CheckHour[];
  slots: SlotsHealth[];
  news: LastNews[];
}

async function standingOf(
  ctx: Context,
  connections: readonly ListedConnection[],
  hours: number,
): Promise<Standing[]> {
  const now = ctx.now();
  const ids = connections.map(({ id }) => id);
  const [slots, news, checks] = await Promise.all([
    slotsHealth(ctx.control, ids),
    lastNews(ctx.control, ids),
    Promise.all(
      ids.map((id) => {
        const checks = ctx.checksOf(id);
        return Promise.all([checks.health(now), checks.history(startOf(now, hours), now)]);
      }),
    ),
  ]);
  return connections.flatMap((connection, at) => {
    const [health, history] = checks[at] ?? [];
    if (health === undefined || history === undefined) return [];
    const own = <Row extends { connection_id: string }>(rows: readonly Row[]) =>
      rows.filter(({ connection_id }) => connection_id === connection.id);
    return [{ connection, health, history, slots: own(slots), news: own(news) }];
  });
}

/** The beginning of the first of so many hours, the running one the last. */
const startOf = (now: number, hours: number): number => now - (now % HOUR_MS) - (hours - 1) * HOUR_MS;

/** In one word, the worst first. */
function wordOf({ connection, health, slots }: Standing): { word: string; tone: Tone } {
  if (connection.paused) return { word: "paused", tone: "warn" };
  if (health.breaker === "open") return { word: "failing", tone: "bad" };
  const failing = slots.reduce((all, one) => all + one.failing, 0);
  if (failing > 0) return { word: `${plural(failing, "slot")} failing`, tone: "bad" };
  if (health.breaker === "waiting") return { word: "asked to wait", tone: "warn" };
  return { word: "well", tone: "ok" };
}

function lagOf({ slots, connection }: Standing, now: number): number | null {
  if (connection.paused) return null;
  const oldest = Math.min(...slots.map(({ oldest_due_at }) => oldest_due_at));
  return Number.isFinite(oldest) ? Math.max(0, now - oldest) : null;
}

const newest = ({ news }: Standing): number | null =>
  news.length === 0 ? null : Math.max(...news.map(({ last_new_at }) => last_new_at));

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

function hourly(history: readonly CheckHour[], now: number, hours: number): { good: number; bad: number }[] {
  const since = startOf(now, hours);
  const bars = Array.from({ length: hours }, () => ({ good: 0, bad: 0 }));
  for (const { hour, calls, failed } of history) {
    const bar = bars[Math.floor((hour - since) / HOUR_MS)];
    if (bar === undefined) continue;
    bar.good += Math.max(0, calls - failed);
    bar.bad += failed;
  }
  return bars;
}

async function connectionPage(c: Look, connection: ListedConnection, tried: Seen[] | null) {
  const { ctx, form_token } = c.var;
  const now = ctx.now();
  const hours = c.req.query("within") === "week" ? WEEK_HOURS : DAY_HOURS;
  const [[standing], incoming] = await Promise.all([
    standingOf(ctx, [connection], hours),
    newsByHour(ctx.control, connection.id, startOf(now, hours)),
  ]);
  if (standing === undefined) throw none(connection.id);
  const { word, tone } = wordOf(standing);
  const path = `${PATH}/${connection.id}`;
  return (
    <Page
      c={c}
      title={findCarrier(connection.carrier_id)?.name ?? connection.carrier_id}
      under="Carriers"
      crumb={<a href={PATH}>Carriers</a>}
      lead={<code>{connection.id}</code>}
      acts={
        <>
          <Badge tone={tone} big>
            {word}
          </Badge>
          <Form action={`${path}/${connection.paused ? "resume" : "pause"}`} token={form_token}>
            <button type="submit">{connection.paused ? "Resume" : "Pause"}</button>
          </Form>
        </>
      }
    >
      {doneNote(c)}
      {tried === null ? null : <Tried seen={tried} />}
      <div class="two">
        <Facts standing={standing} now={now} origin={new URL(c.req.url).origin} />
        <div class="card">
          <h2>Test it</h2>
          <p class="soft">Tries each way once and says what it saw. Nothing is kept, moved or registered.</p>
          <Form action={`${path}/test`} token={form_token}>
            {connection.ways.poll === undefined ? null : (
              <Field
                id="number"
                label="Number to ask for"
                hint="Without one, a number that nobody has is asked for."
              >
                <input
                  id="number"
                  name="number"
                  maxlength={100}
                  autocomplete="off"
                  aria-describedby="number-hint"
                />
              </Field>
            )}
            <button class="first" type="submit">
              Test
            </button>
          </Form>
        </div>
      </div>
      <nav class="tabs" aria-label="Period">
        {(["day", "week"] as const).map((one) => (
          <a
            href={address(path, { within: one })}
            aria-current={(one === "week") === (hours === WEEK_HOURS) ? "page" : undefined}
          >
            Last {one}
          </a>
        ))}
      </nav>
      <Plots standing={standing} incoming={incoming} now={now} hours={hours} />
      <Rows
        caption="Its checks now"
        columns={[
          { title: "Way", cell: ({ way }: SlotsHealth) => WAY_NAMES[way] },
          { title: "Slots", num: true, cell: ({ slots }) => count(slots) },
          {
            title: "Failing",
            num: true,
            cell: ({ failing }) => (failing === 0 ? "0" : <Badge tone="bad">{count(failing)}</Badge>),
          },
          { title: "Last success", cell: ({ last_ok_at }) => <When at={last_ok_at} now={now} /> },
          { title: "Last check", cell: ({ last_done_at }) => <When at={last_done_at} now={now} /> },
          { title: "Next due", cell: ({ oldest_due_at }) => <When at={oldest_due_at} now={now} /> },
          { title: "Last error", cell: ({ last_error }) => last_error ?? <span class="soft">none</span> },
        ]}
        rows={standing.slots}
        empty="Nothing is checked: its carrier comes by itself, or nobody tracks a number over it."
      />
    </Page>
  );
}

function Tried({ seen }: { seen: readonly Seen[] }) {
  return (
    <Note tone={seen.every(({ ok }) => ok) ? "ok" : "bad"}>
      <ul class="answer">
        {seen.map(({ way, ok, detail }) => (
          <li>
            <Badge tone={ok ? "ok" : "bad"}>
              {WAY_NAMES[way]} {ok ? "works" : "fails"}
            </Badge>
            <span>{detail}</span>
          </li>
        ))}
      </ul>
    </Note>
  );
}

function Facts({ standing, now, origin }: { standing: Standing; now: number; origin: string }) {
  const { connection, health, news } = standing;
  const { ways } = connection;
  const { webhook_url } = connectionAnswer(connection, origin);
  return (
    <div class="card">
      <h2>The agreement</h2>
      <dl class="facts">
        <dt>Accounts</dt>
        <dd>
          {connection.account_numbers.slice(0, 20).join(", ")}
          {connection.account_numbers.length > 20
            ? ` and ${connection.account_numbers.length - 20} more`
            : ""}
          {connection.auto_register ? "; registers what nobody tracks" : ""}
        </dd>
        {webhook_url === null ? null : (
          <>
            <dt>Webhook</dt>
            <dd>
              <code>{webhook_url}</code>
            </dd>
          </>
        )}
        {ways.sftp === undefined ? null : (
          <>
            <dt>sFTP</dt>
            <dd>
              <code>
                {ways.sftp.username}@{ways.sftp.host}:{ways.sftp.port}/{ways.sftp.directory}
              </code>
              , then {ways.sftp.after}
            </dd>
          </>
        )}
        {ways.poll === undefined ? null : (
          <>
            <dt>API</dt>
            <dd>
              <code>{ways.poll.base_url ?? "the carrier's own address"}</code>
              {ways.poll.min_minutes === undefined ? "" : `, at most every ${ways.poll.min_minutes} min`}
            </dd>
          </>
        )}
        {waysOf(connection).map((way) => (
          <>
            <dt>Last by {WAY_NAMES[way]}</dt>
            <dd>
              <Ago
                at={news.find((one) => one.way === way)?.last_new_at ?? null}
                now={now}
                none="no news yet"
              />
            </dd>
          </>
        ))}
        {health.failures_in_a_row === 0 && health.blocked_until === null ? null : (
          <>
            <dt>Calls</dt>
            <dd>
              {plural(health.failures_in_a_row, "failure")} in a row
              {health.blocked_until === null ? null : (
                <>
                  , none before <When at={health.blocked_until} now={now} />
                </>
              )}
            </dd>
          </>
        )}
        <dt>Since</dt>
        <dd>
          <When at={connection.created_at} now={now} />
        </dd>
      </dl>
    </div>
  );
}

function Plots({
  standing,
  incoming,
  now,
  hours,
}: {
  standing: Standing;
  incoming: readonly NewsHour[];
  now: number;
  hours: number;
}) {
  const { connection, history } = standing;
  const since = startOf(now, hours);
  const at = (ms: number) => Math.floor((ms - since) / HOUR_MS);
  const ticks = hourTicks(since, hours);
  const came = (way: Way) => {
    const values = Array.from({ length: hours }, () => 0);
    for (const row of incoming) {
      const place = at(row.hour);
      if (row.way === way && place >= 0 && place < hours)
        values[place] = (values[place] ?? 0) + row.documents;
    }
    return values;
  };
  const bars = hourly(history, now, hours);
  const asks = connection.ways.poll !== undefined || connection.ways.sftp !== undefined;
  const lags = Array.from({ length: hours }, (_, place) => {
    const rows = history.filter((row) => at(row.hour) === place);
    const worst = (of: (row: CheckHour) => number | null) => {
      const said = rows.flatMap((row) => of(row) ?? []);
      return said.length === 0 ? null : Math.max(...said);
    };
    return { p50_ms: worst((row) => row.lag_p50_ms), p95_ms: worst((row) => row.lag_p95_ms) };
  });
  const tones = { webhook: "info", sftp: "hold", poll: "ok" } as const;
  return (
    <div class="plots">
      <div class="card">
        <h2>Came in, documents an hour</h2>
        <Bars
          title="Documents that came in an hour; gaps are silence"
          series={waysOf(connection).map((way) => ({
            name: WAY_NAMES[way],
            tone: tones[way],
            values: came(way),
          }))}
          ticks={ticks}
        />
      </div>
      {asks ? (
        <div class="card">
          <h2>Checks an hour</h2>
          <Bars
            title="Checks an hour"
            series={[
              { name: "Went well", tone: "ok", values: bars.map(({ good }) => good) },
              { name: "Failed", tone: "bad", values: bars.map(({ bad }) => bad) },
            ]}
            ticks={ticks}
          />
        </div>
      ) : null}
      {asks ? (
        <div class="card">
          <h2>How late checks began</h2>
          <LagPlot title="How late checks began" points={lags} ticks={ticks} />
        </div>
      ) : null}
    </div>
  );
}

function hourTicks(since: number, hours: number): { at: number; text: string }[] {
  const every = hours > DAY_HOURS ? 24 * HOUR_MS : 6 * HOUR_MS;
  return Array.from({ length: hours }, (_, at) => ({ at, ms: since + at * HOUR_MS }))
    .filter(({ ms, at }) => ms % every === 0 && at > 0 && at < hours - 1)
    .map(({ at, ms }) => ({
      at,
      text: new Date(ms).toISOString().slice(hours > DAY_HOURS ? 5 : 11, hours > DAY_HOURS ? 10 : 16),
    }));
}
