import { checkedMapping, MappingInput } from "../../api/mapping-input.ts";
import { nextAfter, pageAfter } from "../../api/paging.ts";
import { invalidInput, Problem } from "../../api/problem.ts";
import { unmappedPage } from "../../api/unmapped-page.ts";
import { carriers, findCarrier } from "../../carriers/registry.ts";
import { CODES } from "../../domain/codes.ts";
import { REASONS } from "../../domain/statuses.ts";
import { applyMapping, type DryRun, tryMapping, withdrawMapping } from "../../flow/remap.ts";
import { listMappings, type StoredMapping } from "../../storage/mappings.ts";
import type { UnmappedCode } from "../../storage/unmapped.ts";
import type { Console, Look } from "../console-env.ts";
import { inWords, StatusBadge } from "../pieces/badge.tsx";
import { address, Field, Form, Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Ago, count, plural, When } from "../pieces/when.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { doneNote } from "./done.tsx";

/** What no rule knows: a code is mapped, its effect is seen, then it is applied. */

const PATH = "/console/unmapped";
const PAGE = 50;

export function unmappedPages(app: Console): void {
  app.get("/unmapped", async (c) => send(c, await listPage(c)));
  app.get("/unmapped/mappings", async (c) => send(c, await mappingsPage(c)));
  app.get("/unmapped/map", (c) => {
    const { carrier_id = "", code = "", sub_code = "", text = "" } = c.req.query();
    return send(
      c,
      mapPage(c, { ...EMPTY, carrier_id, code, sub_code, text_pattern: code === "" ? escaped(text) : "" }),
    );
  });
  app.post("/unmapped/dry-run", async (c) => {
    const asked = fieldsOf(c);
    const { fault, mapping } = checkedFields(asked);
    if (mapping === null) return refused(c, asked, fault);
    return send(c, mapPage(c, asked, { run: await tryMapping(c.var.ctx, mapping.mapping, mapping.since) }));
  });
  app.post("/unmapped/apply", async (c) => {
    const asked = fieldsOf(c);
    const { fault, mapping } = checkedFields(asked);
    if (mapping === null) return refused(c, asked, fault);
    await applyMapping(c.var.ctx, mapping.mapping, mapping.since);
    return c.redirect(address(PATH, { done: "mapped" }), 303);
  });
  app.post("/unmapped/withdraw", async (c) => {
    const id = c.var.form.get("id") ?? "";
    if ((await withdrawMapping(c.var.ctx, id, null)) === null)
      throw new Problem(404, "There is no such mapping.");
    return c.redirect(address(`${PATH}/mappings`, { done: "withdrawn" }), 303);
  });
}

function refused(c: Look, asked: Fields, fault: string) {
  c.status(422);
  return send(c, mapPage(c, asked, { fault }));
}

/** The fields as they were typed, to be shown again. */
interface Fields {
  carrier_id: string;
  code: string;
  sub_code: string;
  service: string;
  text_pattern: string;
  path: string;
  reason: string;
  since: string;
}
const EMPTY: Fields = {
  carrier_id: "",
  code: "",
  sub_code: "",
  service: "",
  text_pattern: "",
  path: "",
  reason: "",
  since: "",
};

function fieldsOf(c: Look): Fields {
  const of = (name: keyof Fields) => (c.var.form.get(name) ?? "").slice(0, 500);
  return {
    carrier_id: of("carrier_id"),
    code: of("code"),
    sub_code: of("sub_code"),
    service: of("service"),
    text_pattern: of("text_pattern"),
    path: of("path"),
    reason: of("reason"),
    since: of("since"),
  };
}

type Checked = ReturnType<typeof checkedMapping>;

/** As the API checks it; the sentence where it does not fit. */
function checkedFields({
  reason,
  since,
  ...fields
}: Fields): { mapping: Checked; fault: null } | { mapping: null; fault: string } {
  const read = MappingInput.safeParse({
    ...fields,
    reason: reason === "" ? null : reason,
    // The field knows no offset: it is meant, and said, in UTC.
    since: since === "" ? undefined : `${since.length === 16 ? `${since}:00` : since}Z`,
  });
  try {
    if (!read.success) throw invalidInput(read.error.issues);
    return { mapping: checkedMapping(read.data), fault: null };
  } catch (error) {
    if (error instanceof Problem) return { mapping: null, fault: error.message };
    throw error;
  }
}

/** A sentence as a pattern that fits exactly it. */
const escaped = (text: string): string => text.slice(0, 100).replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");

function Tabs({ here }: { here: string }) {
  const tabs = [
    ["Unmapped", PATH],
    ["Mappings", `${PATH}/mappings`],
  ] as const;
  return (
    <nav class="tabs" aria-label="Unmapped codes">
      {tabs.map(([name, path]) => (
        <a href={path} aria-current={name === here ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

async function listPage(c: Look) {
  const { ctx } = c.var;
  const now = ctx.now();
  const { cursor, carrier } = c.req.query();
  const page = await unmappedPage(ctx, { limit: PAGE, cursor, carrier_id: carrier || null });
  return (
    <Page
      c={c}
      title="Unmapped codes"
      under="Unmapped codes"
      lead="What carriers said that no rule knows. The events are kept and told; the shipment's status does not move."
      acts={
        <a class="button" href={`${PATH}/map`}>
          Map a code
        </a>
      }
    >
      {doneNote(c)}
      <Tabs here="Unmapped" />
      <div class="card">
        <form class="row" action={PATH} method="get">
          <div class="field">
            <label for="carrier">Carrier</label>
            <CarrierSelect id="carrier" name="carrier" chosen={carrier ?? ""} any="All carriers" />
          </div>
          <button type="submit">Show</button>
        </form>
      </div>
      <Rows
        caption="Codes"
        columns={[
          {
            title: "Code",
            cell: ({ code, sub_code }: UnmappedCode) => (
              <>
                <code>{code === "" ? "no code" : code}</code>
                {sub_code === "" ? null : (
                  <>
                    {" "}
                    / <code>{sub_code}</code>
                  </>
                )}
              </>
            ),
          },
          { title: "Carrier", cell: ({ carrier_id }) => findCarrier(carrier_id)?.name ?? carrier_id },
          { title: "Events", num: true, cell: (row) => count(row.count) },
          {
            title: "It said",
            cell: ({ sample_text, sample_document_id }) => (
              <>
                {sample_text === null ? <span class="soft">nothing</span> : `“${sample_text.slice(0, 160)}”`}{" "}
                <a class="small" href={`/console/documents/${sample_document_id}`}>
                  document
                  <span class="unseen"> {sample_document_id}</span>
                </a>
              </>
            ),
          },
          { title: "First seen", cell: ({ first_seen_at }) => <When at={first_seen_at} now={now} /> },
          { title: "Last seen", cell: ({ last_seen_at }) => <Ago at={last_seen_at} now={now} /> },
          {
            title: "Do",
            cell: ({ carrier_id, code, sub_code, sample_text }) => (
              <a
                class="button slight"
                href={address(`${PATH}/map`, {
                  carrier_id,
                  code,
                  sub_code,
                  text: code === "" ? sample_text : null,
                })}
              >
                Map it<span class="unseen">: {`${code} ${sub_code}`}</span>
              </a>
            ),
          },
        ]}
        rows={page.codes}
        empty="Every code that came is known."
        next={page.next_cursor === null ? null : address(PATH, { carrier, cursor: page.next_cursor })}
      />
    </Page>
  );
}

function CarrierSelect({ id, name, chosen, any }: { id: string; name: string; chosen: string; any: string }) {
  return (
    <select id={id} name={name}>
      <option value="">{any}</option>
      {carriers.map((carrier) => (
        <option value={carrier.id} selected={carrier.id === chosen}>
          {carrier.name}
        </option>
      ))}
    </select>
  );
}

async function mappingsPage(c: Look) {
  const { ctx, form_token } = c.var;
  const now = ctx.now();
  const rows = await listMappings(ctx.control, pageAfter(c.req.query("cursor")), PAGE + 1);
  const next = nextAfter(rows, PAGE, ({ id }) => id);
  return (
    <Page
      c={c}
      title="Mappings"
      under="Unmapped codes"
      lead="What operators added on top of the carriers' tables. Taking one back leaves what was told already."
    >
      {doneNote(c)}
      <Tabs here="Mappings" />
      <Rows
        caption="Mappings"
        columns={[
          {
            title: "Looks at",
            cell: (row: StoredMapping) => <code>{looksAt(row)}</code>,
          },
          { title: "Carrier", cell: ({ carrier_id }) => findCarrier(carrier_id)?.name ?? carrier_id },
          { title: "Means", cell: ({ path }) => <code>{path}</code> },
          {
            title: "Reason",
            cell: ({ reason }) => (reason === null ? <span class="soft">–</span> : inWords(reason)),
          },
          { title: "Version", num: true, cell: ({ version }) => version },
          { title: "Since", cell: ({ created_at }) => <When at={created_at} now={now} /> },
          {
            title: "Do",
            cell: (row) => (
              <Form action={`${PATH}/withdraw`} token={form_token} values={{ id: row.id }}>
                <button class="slight" type="submit" aria-label={`Take back: ${looksAt(row)}`}>
                  Take back
                </button>
              </Form>
            ),
          },
        ]}
        rows={rows.slice(0, PAGE)}
        empty="Nothing was added yet."
        next={next === null ? null : address(`${PATH}/mappings`, { cursor: next })}
      />
    </Page>
  );
}

function looksAt({ code, sub_code, service, text_pattern }: StoredMapping): string {
  return [code, sub_code, service, text_pattern === "" ? "" : `~${text_pattern}`]
    .filter((part) => part !== "")
    .join(" / ");
}

const PATHS = Map.groupBy(
  [...CODES].filter(([path]) => path !== "other/unmapped"),
  ([, meaning]) => meaning.milestone,
);

function mapPage(c: Look, fields: Fields, seen: { run?: DryRun; fault?: string | null } = {}) {
  const { form_token } = c.var;
  const { run, fault = null } = seen;
  return (
    <Page
      c={c}
      title="Map a code"
      under="Unmapped codes"
      crumb={<a href={PATH}>Unmapped codes</a>}
      lead="Say what the carrier's code means, look what would change, then apply it."
    >
      {fault === null ? null : <Note tone="bad">{fault}</Note>}
      <div class="card">
        <Form action={`${PATH}/dry-run`} token={form_token}>
          <div class="two">
            <div>
              <h2 class="spaced-below">The carrier says</h2>
              <Field id="carrier_id" label="Carrier">
                <CarrierSelect id="carrier_id" name="carrier_id" chosen={fields.carrier_id} any="Choose" />
              </Field>
              <div class="row top field">
                <Text name="code" label="Code" value={fields.code} />
                <Text name="sub_code" label="Sub-code" value={fields.sub_code} hint="Empty: any." />
              </div>
              <div class="row top field">
                <Text name="service" label="Service" value={fields.service} hint="Empty: any." />
                <Text
                  name="text_pattern"
                  label="Text"
                  value={fields.text_pattern}
                  hint="A regular expression, where it sends no code."
                />
              </div>
            </div>
            <div>
              <h2 class="spaced-below">Gluey tells</h2>
              <Field id="path" label="Code of Gluey">
                <select id="path" name="path" required>
                  <option value="">Choose</option>
                  {[...PATHS].map(([milestone, codes]) => (
                    <optgroup label={inWords(milestone)}>
                      {codes.map(([path, { status }]) => (
                        <option value={path} selected={path === fields.path}>
                          {`${path
                            .slice(milestone.length + 1)
                            .replaceAll("/", " · ")
                            .replaceAll("_", " ")} (${inWords(status)})`}
                        </option>
                      ))}
                    </optgroup>
                  ))}
                </select>
              </Field>
              <Field id="reason" label="Reason" hint="Where it is finer than the code's own.">
                <select id="reason" name="reason" aria-describedby="reason-hint">
                  <option value="">The code's own</option>
                  {REASONS.map((reason) => (
                    <option value={reason} selected={reason === fields.reason}>
                      {inWords(reason)}
                    </option>
                  ))}
                </select>
              </Field>
              <Field
                id="since"
                label="Also what came since (UTC)"
                hint="For a code that was known and is to mean something else. Documents are kept 30 days."
              >
                <input
                  id="since"
                  name="since"
                  type="datetime-local"
                  value={fields.since}
                  aria-describedby="since-hint"
                />
              </Field>
            </div>
          </div>
          <div class="acts">
            <button class="first" type="submit">
              See what would change
            </button>
            <a href={PATH}>Cancel</a>
          </div>
        </Form>
      </div>
      {run === undefined ? null : <Result c={c} fields={fields} run={run} />}
    </Page>
  );
}

function Text({ name, label, value, hint }: { name: string; label: string; value: string; hint?: string }) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value}
        maxlength={200}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={hint === undefined ? undefined : `${name}-hint`}
      />
      {hint === undefined ? null : (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

function Result({ c, fields, run }: { c: Look; fields: Fields; run: DryRun }) {
  const now = c.var.ctx.now();
  const meaning = CODES.get(fields.path);
  return (
    <>
      <Note tone={run.events === 0 ? "warn" : "ok"}>
        <p>
          <strong>
            {run.events === 0
              ? "Nothing that is kept would change."
              : `${plural(run.events, "event")} in ${plural(run.documents, "document")} would be told otherwise.`}
          </strong>
          {run.more ? " There are more documents than were looked at." : ""} Applied, the documents are read
          again, and customers get what changed as further events. From then on the code means{" "}
          {meaning === undefined ? null : <StatusBadge status={meaning.status} />}
        </p>
        <Form action={`${PATH}/apply`} token={c.var.form_token} values={{ ...fields }}>
          <button class="first" type="submit">
            Apply
          </button>
        </Form>
      </Note>
      <Rows
        caption="What would change"
        columns={[
          {
            title: "Number",
            cell: (row: DryRun["changes"][number]) => row.parcel_tracking_id ?? row.carrier_tracking_id,
          },
          {
            title: "When",
            cell: ({ carrier_utc }) => (
              <When at={carrier_utc === null ? null : Date.parse(carrier_utc)} now={now} none="no time" />
            ),
          },
          {
            title: "Carrier's code",
            cell: ({ carrier_code, carrier_sub_code }) => (
              <code>
                {[carrier_code ?? "no code", carrier_sub_code].filter((part) => part !== null).join(" / ")}
              </code>
            ),
          },
          { title: "Today", cell: ({ from }) => <code>{from}</code> },
          { title: "Then", cell: ({ to }) => <code>{to}</code> },
          {
            title: "Document",
            cell: ({ document_id }) => <a href={`/console/documents/${document_id}`}>{document_id}</a>,
          },
        ]}
        rows={run.changes}
        empty="No kept document speaks of it, or it would mean what it means today."
      />
    </>
  );
}
