import type { FC } from "hono/jsx";
import type { Tenant } from "../../domain/tenant.ts";

/** The operator says whose rows a page is about. */
export const Whose: FC<{
  action: string;
  tenant: Tenant | null;
  keep?: Readonly<Record<string, string | undefined>>;
}> = ({ action, tenant, keep = {} }) => (
  <div class="card">
    <form class="row" action={action} method="get">
      {Object.entries(keep).map(([name, value]) =>
        value === undefined ? null : <input type="hidden" name={name} value={value} />,
      )}
      <div class="field">
        <label for="account">Account</label>
        <input
          id="account"
          name="account"
          required
          maxlength={40}
          pattern="[A-Za-z0-9_\-]+"
          value={tenant?.account_number ?? ""}
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <div class="field">
        <label for="mode">Data</label>
        <select id="mode" name="mode">
          <option value="live" selected={tenant?.mode !== "test"}>
            Live
          </option>
          <option value="test" selected={tenant?.mode === "test"}>
            Test
          </option>
        </select>
      </div>
      <button type="submit">Show</button>
    </form>
  </div>
);
