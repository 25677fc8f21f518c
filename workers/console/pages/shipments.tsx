import { z } from "zod";
import { readTextCursor, writeTextCursor } from "../../api/paging.ts";
import { followedNumber, plainNumber } from "../../carriers/detection.ts";
import { carriers } from "../../carriers/registry.ts";
import type { Context } from "../../context.ts";
import { parseTenant, type Tenant } from "../../domain/tenant.ts";
import { type Found, findShipments, latestShipments } from "../../storage/find-shipments.ts";
import { readShipments, type Shipment } from "../../storage/shipments.ts";
import { tenantAskedFor } from "../access.ts";
import type { Console, Look } from "../console-env.ts";
import { HealthBadge, StatusBadge } from "../pieces/badge.tsx";
import { address } from "../pieces/form.tsx";
import { type Column, Rows } from "../pieces/rows.tsx";
import { Ago } from "../pieces/when.tsx";
import { Whose } from "../pieces/whose.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";

/** Find a shipment by whatever is known of it; without a word, those that changed last. */

const PATH = "/console/shipments";
const FOUND_MAX = 50;
const PAGE = 25;
const WORD_MAX = 200;

interface Line {
  shipment: Shipment;
  tenant: Tenant;
  by: string | null;
}

export function shipmentListPages(app: Console): void {
  app.get("/shipments", async (c) => {
    const word = (c.req.query("q") ?? "").trim().slice(0, WORD_MAX);
    return word === "" ? latest(c) : search(c, word);
  });
}

async function search(c: Look, word: string) {
  const { ctx, viewer } = c.var;
  const found = await find(ctx, viewer.kind === "operator" ? null : viewer.tenant, word);
  const [only, another] = found;
  if (only !== undefined && another === undefined) return c.redirect(`${PATH}/${only.shipment_id}`, 303);
  const lines = await read(ctx, found);
  return send(
    c,
    <Page c={c} title={`“${word}”`} under="Shipments" crumb={<a href={PATH}>Shipments</a>}>
      <Rows
        caption={lines.length === 0 ? "Nothing found" : `${lines.length} shipments`}
        columns={columns(ctx.now(), viewer.kind === "operator", true)}
        rows={lines}
        empty="No shipment has this number, id or reference. All of it must fit; a number that was used again leads to its latest shipment."
      />
    </Page>,
  );
}

/** Every form in which one of the carriers would keep it, if it is a number. */
export function numbersLike(word: string): string[] {
  const plain = plainNumber(word);
  const without = plain.replace(/[-./]/gu, "");
  return [...new Set([word, plain, without, ...carriers.map((carrier) => followedNumber(carrier, word))])];
}

async function find(ctx: Context, tenant: Tenant | null, word: string): Promise<Found[]> {
  const wanted = { word, numbers: numbersLike(word) };
  if (tenant !== null)
    return findShipments(ctx.shardFor(tenant.account_number), tenant.id, wanted, FOUND_MAX);
  const all = await Promise.all(ctx.shards().map((shard) => findShipments(shard, null, wanted, FOUND_MAX)));
  // While an account moves, two shards have it.
  return [...new Map(all.flat().map((one) => [one.shipment_id, one])).values()].slice(0, FOUND_MAX);
}

async function read(ctx: Context, found: readonly Found[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [tenant_id, some] of Map.groupBy(found, (one) => one.tenant_id)) {
    const tenant = parseTenant(tenant_id);
    const db = { control: ctx.control, shard: ctx.shardFor(tenant.account_number) };
    const shipments = await readShipments(
      db,
      tenant_id,
      some.map(({ shipment_id }) => shipment_id),
    );
    for (const { shipment_id, found_by: by } of some) {
      const shipment = shipments.get(shipment_id);
      if (shipment !== undefined) lines.push({ shipment, tenant, by });
    }
  }
  return lines;
}

const Place = z.object({ position: z.number(), id: z.string() });

async function latest(c: Look) {
  const { ctx, viewer } = c.var;
  const { account, mode, cursor } = c.req.query();
  const tenant = tenantAskedFor(viewer, account, mode);
  const before = cursor === undefined ? null : readTextCursor(cursor, Place);
  const keys =
    tenant === null
      ? []
      : await latestShipments(ctx.shardFor(tenant.account_number), tenant.id, before, PAGE + 1);
  const page = keys.slice(0, PAGE);
  const last = page.at(-1);
  const lines =
    tenant === null
      ? []
      : await read(
          ctx,
          page.map(({ id }) => ({ shipment_id: id, tenant_id: tenant.id, found_by: "shipment id" as const })),
        );
  const next =
    keys.length > PAGE && last !== undefined
      ? address(PATH, { account, mode, cursor: writeTextCursor(JSON.stringify(last)) })
      : null;
  return send(
    c,
    <Page
      c={c}
      title="Shipments"
      under="Shipments"
      lead="Find one by its tracking number, shipment or parcel id, uuid_ref, or the shipper's or receiver's reference."
    >
      <div class="card">
        <form class="row" action={PATH} method="get">
          <div class="field">
            <label for="q">Number, id or reference</label>
            <input id="q" name="q" type="search" required maxlength={WORD_MAX} autocomplete="off" />
          </div>
          <button class="first" type="submit">
            Find
          </button>
        </form>
      </div>
      {viewer.kind === "operator" ? <Whose action={PATH} tenant={tenant} /> : null}
      {tenant === null ? null : (
        <Rows
          caption="Changed last"
          columns={columns(ctx.now(), false, false)}
          rows={lines}
          empty="No shipment is tracked yet."
          next={next}
        />
      )}
    </Page>,
  );
}

function columns(now: number, whose: boolean, by: boolean): Column<Line>[] {
  const all: (Column<Line> | null)[] = [
    {
      title: "Shipment",
      cell: ({ shipment }) => <a href={`${PATH}/${shipment.id}`}>{shipment.carrier_tracking_id}</a>,
    },
    { title: "Carrier", cell: ({ shipment }) => shipment.carrier_id },
    whose ? { title: "Account", cell: ({ tenant }) => tenant.id } : null,
    {
      title: "Reference",
      cell: ({ shipment }) => shipment.registration.uuid_ref ?? <span class="soft">–</span>,
    },
    by ? { title: "Found by", cell: (line) => line.by ?? "" } : null,
    { title: "Status", cell: ({ shipment }) => <StatusBadge status={shipment.status} /> },
    { title: "Health", cell: ({ shipment }) => <HealthBadge health={shipment.health} /> },
    {
      title: "Last event",
      cell: ({ shipment }) => <Ago at={shipment.last_event_at} now={now} none="none yet" />,
    },
    { title: "Changed", cell: ({ shipment }) => <Ago at={shipment.updated_at} now={now} /> },
  ];
  return all.filter((column) => column !== null);
}
