import { pageAfter, writeTextCursor } from "../../api/paging.ts";
import { Problem } from "../../api/problem.ts";
import { describeDocument, listDocuments, loadDocument } from "../../flow/documents.ts";
import { readAgain } from "../../flow/read-again.ts";
import { type DocumentRow, LISTED_STATES, type StoredDocument } from "../../inbox/views.ts";
import { HOUR_MS, MINUTE_MS } from "../../storage/flow-counts.ts";
import { toldBy } from "../../storage/shipment-story.ts";
import { requireConsoleOperator } from "../access.ts";
import type { Console, Look } from "../console-env.ts";
import { maySee } from "../document-rights.ts";
import { Badge, inWords, type Tone } from "../pieces/badge.tsx";
import { address, Form, Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { bytes, When } from "../pieces/when.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { backTo, doneNote } from "./done.tsx";
import { PERIODS, periodOf } from "./flow-period.ts";

/** What carriers sent, byte for byte: the rows behind the numbers of the flow, and the source of every event. */

const PATH = "/console/documents";
const PAGE = 50;
const LASTING = { minute: 2 * MINUTE_MS, hour: HOUR_MS, day: 24 * HOUR_MS } as const;
const WAYS = [
  ["webhook", "Webhook"],
  ["sftp", "sFTP"],
  ["poll", "API"],
] as const;
const TONES: Readonly<Record<DocumentRow["state"], Tone>> = {
  accepted: "info",
  done: "ok",
  unreadable: "bad",
};

/** As much of a body as is shown; the rest is in the file. */
const SHOWN_BYTES = 64 * 1024;

export function documentPages(app: Console): void {
  app.get("/documents", requireConsoleOperator, async (c) => send(c, await listPage(c)));
  app.get("/documents/:id", async (c) => {
    const { document, shipment } = await askedFor(c);
    return send(c, await documentPage(c, document, shipment));
  });
  app.get("/documents/:id/body", async (c) => {
    const { document } = await askedFor(c);
    const body = await bodyFor(c, document);
    if (body === null) throw new Problem(403, "This document also tells of other shipments than your own.");
    // What a stranger wrote must never be taken for a page of ours.
    return c.body(new Uint8Array(body.body), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${document.id}"`,
    });
  });
  app.post("/documents/:id/read-again", requireConsoleOperator, async (c) => {
    const { ctx } = c.var;
    const { document } = await askedFor(c);
    await readAgain(ctx, [document.id], true);
    return c.redirect(backTo(undefined, `${PATH}/${document.id}`, "read-again"), 303);
  });
}

/** An account reaches a document by its own shipment only; else there is none. */
async function askedFor(c: Look): Promise<{ document: DocumentRow; shipment: string | null }> {
  const { ctx, viewer } = c.var;
  const id = c.req.param("id") ?? "";
  const none = new Problem(404, `There is no document ${id.slice(0, 80)} here. Documents are kept 30 days.`);
  const shipment = c.req.query("shipment") ?? null;
  if (viewer.kind === "account") {
    const { tenant } = viewer;
    const shard = ctx.shardFor(tenant.account_number);
    if (shipment === null || !(await toldBy(shard, tenant.id, shipment, id))) throw none;
  }
  const document = await describeDocument(ctx, id);
  if (document === null) throw none;
  return { document, shipment };
}

/** The body, where who looks may see it. */
async function bodyFor(c: Look, { id }: DocumentRow): Promise<StoredDocument | null> {
  const { ctx, viewer } = c.var;
  const document = await loadDocument(ctx, id);
  if (document === null)
    throw new Problem(404, `There is no document ${id} here. Documents are kept 30 days.`);
  return viewer.kind === "operator" || (await maySee(ctx, viewer.tenant, document)) ? document : null;
}

async function listPage(c: Look) {
  const { ctx } = c.var;
  const now = ctx.now();
  const { way, within, cursor } = c.req.query();
  const state = LISTED_STATES.find((one) => one === c.req.query("state"));
  const source = WAYS.find(([one]) => one === way)?.[0] ?? null;
  const period = periodOf(within);
  const before = pageAfter(cursor);
  const page = await listDocuments(ctx, {
    state: state ?? null,
    source: state === undefined ? source : null,
    since: state === undefined ? now - LASTING[period] : 0,
    before: before === "" ? null : before,
    limit: PAGE,
  });
  const { documents } = page;
  const next = page.next === null ? null : writeTextCursor(JSON.stringify(page.next));
  const tab = (name: string, query: Record<string, string>, here: boolean) => (
    <a href={address(PATH, query)} aria-current={here ? "page" : undefined}>
      {name}
    </a>
  );
  return (
    <Page
      c={c}
      title="Documents"
      under="Flow"
      crumb={<a href="/console">Flow</a>}
      lead="What carriers sent, as it came. Kept 30 days."
    >
      <nav class="tabs" aria-label="Which documents">
        {PERIODS.map((one) =>
          tab(`Last ${one}`, { within: one, way: source ?? "" }, state === undefined && one === period),
        )}
        {tab("Waiting to be read", { state: "accepted" }, state === "accepted")}
        {tab("Unreadable", { state: "unreadable" }, state === "unreadable")}
      </nav>
      {state === undefined ? (
        <nav class="tabs" aria-label="By which way">
          {tab("All ways", { within: period }, source === null)}
          {WAYS.map(([one, name]) => tab(name, { within: period, way: one }, source === one))}
        </nav>
      ) : null}
      <Rows
        caption="Documents"
        columns={[
          { title: "Document", cell: (row: DocumentRow) => <a href={`${PATH}/${row.id}`}>{row.id}</a> },
          { title: "Came", cell: (row) => <When at={row.received_at} now={now} /> },
          { title: "Carrier", cell: (row) => row.carrier_id },
          { title: "Way", cell: (row) => WAYS.find(([one]) => one === row.source)?.[1] ?? row.source },
          {
            title: "Connection",
            cell: (row) => <a href={`/console/carriers/${row.connection_id}`}>{row.connection_id}</a>,
          },
          { title: "Size", num: true, cell: (row) => bytes(row.size) },
          { title: "State", cell: (row) => <Badge tone={TONES[row.state]}>{row.state}</Badge> },
          {
            title: "Remarks",
            cell: (row) => row.remarks[0]?.detail.slice(0, 120) ?? <span class="soft">none</span>,
          },
        ]}
        rows={documents}
        empty={
          state === "unreadable"
            ? "Everything could be read."
            : state === "accepted"
              ? "Nothing waits."
              : "Nothing came in."
        }
        next={next === null ? null : address(PATH, { way, within, state, cursor: next })}
      />
    </Page>
  );
}

async function documentPage(c: Look, document: DocumentRow, shipment: string | null) {
  const { ctx, viewer, form_token } = c.var;
  const now = ctx.now();
  const operator = viewer.kind === "operator";
  const seen = await bodyFor(c, document);
  const shown = seen === null ? null : readable(seen.body);
  return (
    <Page
      c={c}
      title="Document"
      under={shipment === null ? "Flow" : "Shipments"}
      crumb={
        shipment === null ? (
          <a href={PATH}>Documents</a>
        ) : (
          <a href={`/console/shipments/${shipment}`}>Back to the shipment</a>
        )
      }
      lead={<code>{document.id}</code>}
      acts={
        operator ? (
          <Form action={`${PATH}/${document.id}/read-again`} token={form_token}>
            <button type="submit">Read again</button>
          </Form>
        ) : undefined
      }
    >
      {doneNote(c)}
      <div class="card">
        <dl class="facts">
          <dt>Came</dt>
          <dd>
            <When at={document.received_at} now={now} /> by{" "}
            {WAYS.find(([one]) => one === document.source)?.[1] ?? document.source}, {bytes(document.size)}
            {document.content_type === null ? "" : `, ${document.content_type}`}
          </dd>
          <dt>Carrier</dt>
          <dd>
            {document.carrier_id},{" "}
            {operator ? (
              <a href={`/console/carriers/${document.connection_id}`}>{document.connection_id}</a>
            ) : (
              <code>{document.connection_id}</code>
            )}
          </dd>
          {document.file_name === null || seen === null ? null : (
            <>
              <dt>File</dt>
              <dd>{document.file_name}</dd>
            </>
          )}
          <dt>State</dt>
          <dd>
            <Badge tone={TONES[document.state]}>{document.state}</Badge>
          </dd>
        </dl>
      </div>
      {seen !== null && document.remarks.length > 0 ? (
        <Rows
          caption="What was remarked in it"
          columns={[
            { title: "Kind", cell: (remark: DocumentRow["remarks"][number]) => inWords(remark.kind) },
            { title: "What", cell: (remark) => remark.detail },
            { title: "Where", cell: (remark) => (remark.at === null ? "" : <code>{remark.at}</code>) },
          ]}
          rows={document.remarks}
          empty=""
        />
      ) : null}
      {shown === null ? (
        <Note>
          This document also tells of other shipments than your own, so it is shown to the operator only. What
          it says of yours is in the timeline.
        </Note>
      ) : (
        <div class="card flat">
          <div class="card-head">
            <h2>As it came</h2>
            <a class="button slight" href={address(`${PATH}/${document.id}/body`, { shipment })}>
              Download
            </a>
          </div>
          <p class="soft small">
            {shown.cut
              ? `The first ${bytes(SHOWN_BYTES)} of ${bytes(document.size)}.`
              : `All of it, ${bytes(document.size)}.`}
            {shown.laidOut ? " Laid out for reading; the file is byte for byte." : ""}
          </p>
          <section aria-label="The document's text">
            {/* What scrolls has to be reachable by keyboard. */}
            <pre class="raw" tabindex={0}>
              {shown.text}
            </pre>
          </section>
        </div>
      )}
    </Page>
  );
}

/** A body as text: JSON laid out, characters that would move the cursor or hide text made visible. */
export function readable(body: Uint8Array): { text: string; cut: boolean; laidOut: boolean } {
  const cut = body.byteLength > SHOWN_BYTES;
  const text = decoded(body.subarray(0, SHOWN_BYTES));
  const json = cut ? null : laidOut(text);
  return { text: visible(json ?? text), cut, laidOut: json !== null };
}

function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(body);
  }
}

function laidOut(text: string): string | null {
  try {
    const told = JSON.stringify(JSON.parse(text), null, 2);
    return told === text.trim() ? null : told;
  } catch {
    return null;
  }
}

/** Control characters and those that turn the direction of text, as `\u{…}`. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (letter) =>
    letter === "\n" || letter === "\t" || letter === "\r"
      ? letter
      : `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
