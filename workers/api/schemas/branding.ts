import { z } from "@hono/zod-openapi";
import type { Branding, NewBranding } from "../../storage/brandings.ts";
import { readLogo } from "../../tracking-page/logo.ts";
import { text } from "./common.ts";

/** How an account's tracking pages look: as it is set, and as it is told. */

/** The smallest PNG there is: one transparent point. */
const EXAMPLE_LOGO =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

const Logo = z.base64({ error: "logo must be base64." }).transform((base64, check) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const logo = readLogo(bytes);
  if (typeof logo !== "string") return { ...logo, bytes };
  check.addIssue({ code: "custom", message: logo });
  return z.NEVER;
});

export const BrandingInput = z
  .object({
    name: text(60)
      .trim()
      .min(1)
      .nullish()
      .describe("What recipients know you by; without it, the account's name.")
      .openapi({ example: "Nordic Shop" }),
    colour: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/u, "colour must be #rrggbb, like #0b5cad.")
      .transform((colour) => colour.toLowerCase())
      .nullish()
      .describe(
        "#rrggbb. Where words in it could not be read, on light or on dark, a darker or lighter shade of it is used.",
      )
      .openapi({ example: "#0b5cad" }),
    logo: Logo.nullish()
      .describe(
        "A PNG, JPEG or WebP picture in base64, at most 64 KiB and 2,000 pixels a side; shown up to 44 pixels high.",
      )
      .openapi({ type: "string", example: EXAMPLE_LOGO }),
  })
  .openapi("NewBranding");

export const BrandingAnswer = z
  .object({
    name: z.string().describe("What the page calls you.").openapi({ example: "Nordic Shop" }),
    colour: z
      .string()
      .nullable()
      .describe("#rrggbb; null where it is Gluey's own.")
      .openapi({ example: "#0b5cad" }),
    logo: z
      .object({
        digest: z
          .string()
          .describe("The first 32 hexadecimal digits of the picture's SHA-256.")
          .openapi({ example: "9f86d081884c7d659a2feaa0c55ad015" }),
        width: z.number().int().describe("Pixels.").openapi({ example: 220 }),
        height: z.number().int().describe("Pixels.").openapi({ example: 60 }),
      })
      .nullable()
      .describe("The logo that is kept; null where the page shows the name."),
  })
  .openapi("Branding");

export function brandingAnswer({ name, colour, logo }: Branding): z.infer<typeof BrandingAnswer> {
  return { name, colour, logo };
}

/** What is kept of it. `digest`: hex SHA-256 of some bytes. */
export async function newBranding(
  { name, colour, logo }: z.infer<typeof BrandingInput>,
  updated_at: number,
): Promise<NewBranding> {
  return {
    name: name ?? null,
    colour: colour ?? null,
    logo: logo ? { ...logo, digest: await digestOf(logo.bytes) } : null,
    updated_at,
  };
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
