import type { Child, FC } from "hono/jsx";

/** A form that changes something: sent by POST, with the token of the session. */
export const Form: FC<{
  action: string;
  token: string;
  /** Hidden fields; those without a value are left out. */
  values?: Readonly<Record<string, string | null | undefined>>;
  inline?: boolean;
  children?: Child;
}> = ({ action, token, values = {}, inline, children }) => (
  <form method="post" action={action} class={inline ? "inline" : undefined}>
    <input type="hidden" name="form_token" value={token} />
    {Object.entries(values).map(([name, value]) =>
      value === null || value === undefined ? null : <input type="hidden" name={name} value={value} />,
    )}
    {children}
  </form>
);

export const Field: FC<{ id: string; label: string; hint?: Child; children?: Child }> = ({
  id,
  label,
  hint,
  children,
}) => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    {hint === undefined ? null : (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
  </div>
);

export const Note: FC<{ tone?: "ok" | "warn" | "bad"; children?: Child }> = ({ tone, children }) => (
  <div class={tone === undefined ? "note" : `note is-${tone}`} role={tone === "bad" ? "alert" : "status"}>
    {children}
  </div>
);

/** An address with its query; what is missing is left out. */
export function address(
  path: string,
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== "") search.set(name, value);
  return search.size === 0 ? path : `${path}?${search}`;
}
