import { carriers } from "../../carriers/registry.ts";
import { CODES } from "../../domain/codes.ts";
import { REASONS } from "../../domain/statuses.ts";
import type { DryRun } from "../../flow/remap.ts";
import type { Look } from "../console-env.ts";
import { inWords, StatusBadge } from "../pieces/badge.tsx";
import { Field, Form, Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { plural, When } from "../pieces/when.tsx";
import { Page } from "../shell.tsx";

/** The form that maps a code, and what it would change. */

export const PATH = "/console/unmapped";

/** The fields as they were typed, to be shown again. */
export interface Fields {
  carrier_id: string;
  code: string;
  sub_code: string;
  service: string;
  text_pattern: string;
  path: string;
  reason: string;
  since: string;
}

export const EMPTY: Fields = {
  carrier_id: "",
  code: "",
  sub_code: "",
  service: "",
  text_pattern: "",
  path: "",
  reason: "",
  since: "",
};

export function CarrierSelect({
  id,
  name,
  chosen,
  any,
}: {
  id: string;
  name: string;
  chosen: string;
  any: string;
}) {
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

const PATHS = Map.groupBy(
  [...CODES].filter(([path]) => path !== "other/unmapped"),
  ([, meaning]) => meaning.milestone,
);

export function mapPage(c: Look, fields: Fields, seen: { run?: DryRun; fault?: string | null } = {}) {
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
