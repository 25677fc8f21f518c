import { Problem } from "../../api/problem.ts";
import type { Tenant } from "../../domain/tenant.ts";
import { findAccount } from "../../storage/accounts.ts";
import { tenantAskedFor } from "../access.ts";
import type { Look } from "../console-env.ts";
import { address } from "../pieces/form.tsx";

/** Whose deliveries a page shows, or a form changes. */

export const DELIVERIES = "/console/deliveries";

/** The tenant whose rows are asked for; an account that does not exist gets no Durable Object made for it. */
export async function known(
  c: Look,
  account: string | undefined,
  mode: string | undefined,
): Promise<Tenant | null> {
  const tenant = tenantAskedFor(c.var.viewer, account, mode);
  if (tenant === null || c.var.viewer.kind === "account") return tenant;
  if ((await findAccount(c.var.ctx.control, tenant.account_number)) === null)
    throw new Problem(404, `There is no account ${tenant.account_number}.`);
  return tenant;
}

/** Whose rows a form changes: an account's own; the operator's form names them. */
export async function fromForm(c: Look): Promise<Tenant> {
  const { form } = c.var;
  const tenant = await known(c, form.get("account"), form.get("mode"));
  if (tenant === null) throw new Problem(422, "The form does not say whose delivery it is.");
  return tenant;
}

/** Names whose rows a page is about, in its addresses: an account's own need no naming. */
export function whoseQuery(c: Look, tenant: Tenant | null): Record<string, string> {
  if (tenant === null || c.var.viewer.kind === "account") return {};
  return { account: tenant.account_number, mode: tenant.mode };
}

export function DeliveryTabs({ c, tenant, here }: { c: Look; tenant: Tenant | null; here: string }) {
  const tabs = [
    ["Attempts", DELIVERIES],
    ["Dead letters", `${DELIVERIES}/dead-letters`],
    ["Endpoints", `${DELIVERIES}/endpoints`],
  ] as const;
  return (
    <nav class="tabs" aria-label="Deliveries">
      {tabs.map(([name, path]) => (
        <a href={address(path, whoseQuery(c, tenant))} aria-current={name === here ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
