import { deadLettersPage } from "../../api/dead-letters-page.ts";
import type { Tenant } from "../../domain/tenant.ts";
import type { Look } from "../console-env.ts";
import { address, Form, Note } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { plural, When } from "../pieces/when.tsx";
import { Whose } from "../pieces/whose.tsx";
import { Page } from "../shell.tsx";
import { doneNote } from "./done.tsx";
import { DELIVERIES, DeliveryTabs, whoseQuery } from "./whose-deliveries.tsx";

/** What was given up, and what was set aside. */

export const PAGE = 50;

export async function deadLetterPage(c: Look, tenant: Tenant | null) {
  const { ctx, form_token } = c.var;
  const now = ctx.now();
  const path = `${DELIVERIES}/dead-letters`;
  const page = await deadLettersPage(ctx, { limit: PAGE, cursor: c.req.query("cursor"), tenant });
  const whose = whoseQuery(c, tenant);
  const operator = c.var.viewer.kind === "operator";
  return (
    <Page
      c={c}
      title="Dead letters"
      under="Deliveries"
      lead="What was given up after its last retry, or because the endpoint was gone. Kept 90 days; sent again with the same id and bytes."
    >
      {doneNote(c)}
      <DeliveryTabs c={c} tenant={tenant} here="Dead letters" />
      {operator ? <Whose action={path} tenant={tenant} /> : null}
      <Rows
        caption="Given up"
        columns={[
          { title: "Message", cell: ({ row }: Letter) => <code>{row.file_name ?? row.message_id}</code> },
          ...(operator ? [{ title: "Account", cell: ({ whose: of }: Letter) => of.id }] : []),
          { title: "Died", cell: ({ row }) => <When at={row.died_at} now={now} /> },
          { title: "Tries", num: true, cell: ({ row }) => row.attempts },
          {
            title: "Carries",
            cell: ({ row }) => (
              <>
                {plural(row.events, "event")} of{" "}
                {row.shipments.slice(0, 3).map(({ shipment_id }, at) => (
                  <>
                    {at === 0 ? "" : ", "}
                    <a href={`/console/shipments/${shipment_id}`}>{shipment_id}</a>
                  </>
                ))}
                {row.shipments.length > 3 ? ` and ${row.shipments.length - 3} more` : ""}
              </>
            ),
          },
          { title: "Why", cell: ({ row }) => row.reason },
          {
            title: "Do",
            cell: ({ row, whose: of }) => {
              const values = {
                message_id: row.message_id,
                account: operator ? of.account_number : undefined,
                mode: operator ? of.mode : undefined,
                back: address(path, whose),
              };
              return (
                <div class="acts">
                  <Form action={`${DELIVERIES}/redeliver`} token={form_token} values={values}>
                    <button class="slight" type="submit" aria-label={`Send again: ${row.message_id}`}>
                      Send again
                    </button>
                  </Form>
                  <Form action={`${DELIVERIES}/drop`} token={form_token} values={values}>
                    <button class="slight" type="submit" aria-label={`Drop: ${row.message_id}`}>
                      Drop
                    </button>
                  </Form>
                </div>
              );
            },
          },
        ]}
        rows={page.dead}
        empty="Nothing was given up."
        next={page.next_cursor === null ? null : address(path, { ...whose, cursor: page.next_cursor })}
      />
      {page.set_aside.length === 0 ? null : (
        <Rows
          caption="Set aside"
          columns={[
            {
              title: "Shipment",
              cell: ({ row }: (typeof page.set_aside)[number]) => (
                <a href={`/console/shipments/${row.shipment_id}`}>{row.shipment_id}</a>
              ),
            },
            { title: "Event", num: true, cell: ({ row }) => `no. ${row.sequence}` },
            { title: "When", cell: ({ row }) => <When at={row.at} now={now} /> },
            { title: "Why", cell: ({ row }) => row.reason },
          ]}
          rows={page.set_aside}
          empty=""
        />
      )}
      {page.dead.length === 0 ? null : (
        <Note>
          Where an endpoint was gone or paused,{" "}
          <a href={address(`${DELIVERIES}/endpoints`, whose)}>resume it</a> first.
        </Note>
      )}
    </Page>
  );
}

type Letter = Awaited<ReturnType<typeof deadLettersPage>>["dead"][number];
