/** A tenant is an account's live or test side. Its id begins every row and names its Durable Object, so the two never meet. */

export type Mode = "live" | "test";

export interface Tenant {
  id: string;
  account_number: string;
  mode: Mode;
}

/** The account's numbers may hold letters, digits, `_` and `-`; the dot parts them from the mode. */
export const ACCOUNT_NUMBER = /^[A-Za-z0-9_-]{1,40}$/;

export function tenantOf(account_number: string, mode: Mode): Tenant {
  return { id: `${account_number}.${mode}`, account_number, mode };
}

/** Reads a tenant's id back; throws where it is none, since ids come only from us. */
export function parseTenant(id: string): Tenant {
  const dot = id.lastIndexOf(".");
  const mode = id.slice(dot + 1);
  if (dot < 1 || (mode !== "live" && mode !== "test")) throw new Error(`"${id}" is no tenant id.`);
  return tenantOf(id.slice(0, dot), mode);
}
