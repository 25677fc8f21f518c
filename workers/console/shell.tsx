import type { Child, FC } from "hono/jsx";
import { assetAddress } from "./assets/index.ts";
import type { Look, Viewer } from "./console-env.ts";
import { Form } from "./pieces/form.tsx";

/** What every page has around it. */

export type PageName = "Flow" | "Shipments" | "Carriers" | "Unmapped codes" | "Deliveries";

const PAGES: readonly { name: PageName; path: string; operator: boolean }[] = [
  { name: "Flow", path: "/console", operator: false },
  { name: "Shipments", path: "/console/shipments", operator: false },
  { name: "Carriers", path: "/console/carriers", operator: true },
  { name: "Unmapped codes", path: "/console/unmapped", operator: true },
  { name: "Deliveries", path: "/console/deliveries", operator: false },
];

export const Mark: FC<{ size?: number }> = ({ size = 24 }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <rect width="24" height="24" rx="6" fill="#1d56b8" />
    <path
      d="M6 8.5 12 5l6 3.5v7L12 19l-6-3.5zM6 8.5 12 12l6-3.5M12 12v7"
      fill="none"
      stroke="#fff"
      stroke-width="1.8"
      stroke-linejoin="round"
    />
  </svg>
);

export const Document: FC<{ title: string; children?: Child }> = ({ title, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · Gluey Tracking`}</title>
      <link rel="icon" href={assetAddress("icon.svg")} type="image/svg+xml" />
      <link rel="stylesheet" href={assetAddress("console.css")} />
      <script src={assetAddress("console.js")} defer />
    </head>
    <body>{children}</body>
  </html>
);

export interface PageOf {
  title: string;
  /** Which of the pages this belongs to. */
  under: PageName;
  lead?: Child;
  crumb?: Child;
  acts?: Child;
  children?: Child;
}

function whoLooks(viewer: Viewer): { name: string; live: boolean } {
  return viewer.kind === "operator"
    ? { name: "Operator", live: true }
    : { name: viewer.tenant.account_number, live: viewer.tenant.mode === "live" };
}

/** A page for who is signed in. */
export const Page: FC<PageOf & { c: Look }> = ({ c, title, under, lead, crumb, acts, children }) => {
  const { viewer, form_token } = c.var;
  const { name, live } = whoLooks(viewer);
  const pages = PAGES.filter((page) => viewer.kind === "operator" || !page.operator);
  return (
    <Document title={title}>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="bar">
        <div class="bar-in">
          <a class="mark" href="/console">
            <Mark />
            Gluey Tracking
          </a>
          <nav class="pages" aria-label="Pages">
            {pages.map((page) => (
              <a href={page.path} aria-current={page.name === under ? "page" : undefined}>
                {page.name}
              </a>
            ))}
          </nav>
          <search class="find">
            <form class="find" action="/console/shipments" method="get">
              <label class="unseen" for="find">
                Find a shipment
              </label>
              <input
                id="find"
                name="q"
                type="search"
                placeholder="Number, id or reference"
                maxlength={200}
                autocomplete="off"
              />
              <button type="submit">Find</button>
            </form>
          </search>
          <div class="bar-end">
            <span class="who small">
              {name} {live ? null : <span class="badge hold">test data</span>}
            </span>
            <Form action="/console/sign-out" token={form_token}>
              <button class="slight" type="submit">
                Sign out
              </button>
            </Form>
          </div>
        </div>
      </header>
      <main id="main" tabindex={-1}>
        <div class="head">
          <div>
            {crumb === undefined ? null : <p class="crumb">{crumb}</p>}
            <h1>{title}</h1>
            {lead === undefined ? null : <p>{lead}</p>}
          </div>
          {acts === undefined ? null : <div class="acts">{acts}</div>}
        </div>
        {children}
      </main>
    </Document>
  );
};
