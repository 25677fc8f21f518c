import type { Seen } from "../../api/connection-test.ts";
import { Problem } from "../../api/problem.ts";
import { connectionAnswer } from "../../api/schemas/connection.ts";
import { findCarrier } from "../../carriers/registry.ts";
import { type ConnectionHour, documentsByHour } from "../../flow/documents.ts";
import type { CheckHour } from "../../observe/check-statistics.ts";
import type { ListedConnection } from "../../storage/connections.ts";
import { HOUR_MS } from "../../storage/flow-counts.ts";
import type { SlotsHealth } from "../../storage/health.ts";
import type { Look } from "../console-env.ts";
import { Badge } from "../pieces/badge.tsx";
import { Bars } from "../pieces/bars.tsx";
import { address, Field, Form, Note } from "../pieces/form.tsx";
import { LagPlot } from "../pieces/lag-plot.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Ago, count, plural, When } from "../pieces/when.tsx";
import { Page } from "../shell.tsx";
import {
  DAY_HOURS,
  hourly,
  type Standing,
  standingOf,
  startOf,
  WAY_NAMES,
  type Way,
  waysOf,
  wordOf,
} from "./connection-standing.ts";
import { doneNote } from "./done.tsx";

/** One connection: its agreement, its plots, its checks, and a test of it. */

export const PATH = "/console/carriers";

const WEEK_HOURS = 7 * 24;

export const none = (id: string) => new Problem(404, `There is no connection ${id.slice(0, 80)}.`);

export async function connectionPage(c: Look, connection: ListedConnection, tried: Seen[] | null) {
  const { ctx, form_token } = c.var;
  const now = ctx.now();
  const hours = c.req.query("within") === "week" ? WEEK_HOURS : DAY_HOURS;
  const [[standing], incoming] = await Promise.all([
    standingOf(ctx, [connection], hours),
    documentsByHour(ctx, [connection.id], startOf(now, hours)),
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
  incoming: readonly ConnectionHour[];
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
