import { checkedMapping, MappingInput } from "../../api/mapping-input.ts";
import { nextAfter, pageAfter } from "../../api/paging.ts";
import { invalidInput, Problem } from "../../api/problem.ts";
import { unmappedPage } from "../../api/unmapped-page.ts";
import { findCarrier } from "../../carriers/registry.ts";
import { applyMapping, tryMapping, withdrawMapping } from "../../flow/remap.ts";
import { listMappings, type StoredMapping } from "../../storage/mappings.ts";
import type { UnmappedCode } from "../../storage/unmapped.ts";
import type { Console, Look } from "../console-env.ts";
import { inWords } from "../pieces/badge.tsx";
import { address, Form } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { Ago, count, When } from "../pieces/when.tsx";
import { send } from "../send.ts";
import { Page } from "../shell.tsx";
import { doneNote } from "./done.tsx";
import { CarrierSelect, EMPTY, type Fields, mapPage, PATH } from "./map-code.tsx";

/** What no rule knows: a code is mapped, its effect is seen, then it is applied. */

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
