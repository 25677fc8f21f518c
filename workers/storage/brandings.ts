import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/** How accounts' tracking pages look. */

const LogoType = z.enum(["image/png", "image/jpeg", "image/webp"]);
const LogoSize = z.object({ width: z.number(), height: z.number() });

/** A logo as it is told: without its bytes. */
export interface KeptLogo {
  digest: string;
  width: number;
  height: number;
}

export interface Branding {
  /** The account's own name where the customer gave none for the page. */
  name: string;
  /** #rrggbb. */
  colour: string | null;
  logo: KeptLogo | null;
}

const Row = z.object({
  name: z.string(),
  colour: z.string().nullable(),
  logo_digest: z.string().nullable(),
  logo_size: z.string().nullable(),
});

/** Null where there is no such account. */
export async function readBranding(control: Queryable, account_number: string): Promise<Branding | null> {
  const raw = await control
    .prepare(
      `SELECT coalesce(b.name, a.name) AS name, b.colour, b.logo_digest, b.logo_size
       FROM accounts a LEFT JOIN brandings b ON b.account_number = a.account_number WHERE a.account_number = ?1`,
    )
    .bind(account_number)
    .first();
  if (raw === null) return null;
  const { name, colour, logo_digest, logo_size } = Row.parse(raw);
  const logo =
    logo_digest === null || logo_size === null
      ? null
      : { digest: logo_digest, ...LogoSize.parse(JSON.parse(logo_size)) };
  return { name, colour, logo };
}

export interface NewBranding {
  /** Null: the account's own. */
  name: string | null;
  colour: string | null;
  logo: (KeptLogo & { type: z.infer<typeof LogoType>; bytes: Uint8Array }) | null;
  updated_at: number;
}

/** All of it at once: what is null is gone. */
export async function putBranding(
  control: Queryable,
  account_number: string,
  { name, colour, logo, updated_at }: NewBranding,
): Promise<void> {
  const size = logo === null ? null : JSON.stringify({ width: logo.width, height: logo.height });
  await control
    .prepare(
      `INSERT INTO brandings (account_number, name, colour, logo, logo_type, logo_digest, logo_size, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (account_number) DO UPDATE SET name = excluded.name, colour = excluded.colour, logo = excluded.logo,
         logo_type = excluded.logo_type, logo_digest = excluded.logo_digest, logo_size = excluded.logo_size, updated_at = excluded.updated_at`,
    )
    .bind(
      account_number,
      name,
      colour,
      logo?.bytes ?? null,
      logo?.type ?? null,
      logo?.digest ?? null,
      size,
      updated_at,
    )
    .run();
}

export async function removeBranding(control: Queryable, account_number: string): Promise<void> {
  await control.prepare("DELETE FROM brandings WHERE account_number = ?1").bind(account_number).run();
}

const LogoRow = z.object({ logo: z.array(z.number()), logo_type: LogoType });

/** The picture itself; null where the account has none of this digest. */
export async function readLogoBytes(
  control: Queryable,
  account_number: string,
  digest: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string } | null> {
  const raw = await control
    .prepare("SELECT logo, logo_type FROM brandings WHERE account_number = ?1 AND logo_digest = ?2")
    .bind(account_number, digest)
    .first();
  if (raw === null) return null;
  const { logo, logo_type } = LogoRow.parse(raw);
  return { bytes: Uint8Array.from(logo), type: logo_type };
}
