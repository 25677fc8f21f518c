import type { Console, Look } from "../console-env.ts";
import { address } from "../pieces/form.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { accountFlow } from "./flow-account.tsx";
import { operatorFlow } from "./flow-operator.tsx";
import { PERIODS, type Period, periodOf } from "./flow-period.ts";

/** The picture of the system: what came in by each way, what went out, what waits, what failed. */

const EVERY_MS = 5000;

export function flowPages(app: Console): void {
  app.get("/", async (c) => {
    const period = periodOf(c.req.query("within"));
    const { viewer } = c.var;
    const part =
      viewer.kind === "operator"
        ? await operatorFlow(c.var.ctx, period)
        : await accountFlow(c.var.ctx, viewer.tenant, period);
    // The script asks for the part alone.
    if (c.req.header("x-part") !== undefined) return c.html(part);
    return send(c, flowPage(c, period, part));
  });
}

function flowPage(c: Look, period: Period, part: Awaited<ReturnType<typeof operatorFlow>>) {
  const operator = c.var.viewer.kind === "operator";
  return (
    <Page
      c={c}
      title="Flow"
      under="Flow"
      lead={
        operator
          ? "What came in by each way, what went out, what waits and what failed. Each number opens its rows."
          : "Your shipments' news: what came in, what was told to you, what waits. Each number opens its rows."
      }
      acts={
        <span class="live">
          <a href={address("/console", { within: period })}>Load again</a>
          <button class="slight" type="button" data-holds="live" aria-pressed="false" hidden>
            Hold still
          </button>
        </span>
      }
    >
      <nav class="tabs" aria-label="Period">
        {PERIODS.map((one) => (
          <a href={address("/console", { within: one })} aria-current={one === period ? "page" : undefined}>
            Last {one}
          </a>
        ))}
      </nav>
      <div id="live" data-part={address("/console", { within: period })} data-every={String(EVERY_MS)}>
        {part}
      </div>
    </Page>
  );
}
