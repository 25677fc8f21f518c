/** What Cloudflare bills of a thing, and its list prices. Pure. */

export interface Cost {
  d1_rows_read: number;
  d1_rows_written: number;
  /** Round trips to D1: a batch is one. Not billed, but an invocation has a thousand. */
  d1_queries: number;
  object_requests: number;
  object_rows_read: number;
  object_rows_written: number;
  /** Written, read and deleted: three for each message of up to 64 KB. */
  queue_operations: number;
  worker_requests: number;
}

export const NO_COST: Readonly<Cost> = {
  d1_rows_read: 0,
  d1_rows_written: 0,
  d1_queries: 0,
  object_requests: 0,
  object_rows_read: 0,
  object_rows_written: 0,
  queue_operations: 0,
  worker_requests: 0,
};

/** List prices in dollars for each single unit, above what is included: Cloudflare's pricing pages for Workers Paid. */
export const PRICES: Readonly<Record<keyof Cost, number>> = {
  d1_rows_read: 0.001e-6,
  d1_rows_written: 1e-6,
  d1_queries: 0,
  object_requests: 0.15e-6,
  object_rows_read: 0.001e-6,
  object_rows_written: 1e-6,
  queue_operations: 0.4e-6,
  worker_requests: 0.3e-6,
};

/** Dollars for a million of what `cost` is for one of. */
export function dollarsPerMillion(cost: Cost): number {
  let dollars = 0;
  for (const [what, price] of Object.entries(PRICES)) dollars += amount(cost, what) * price * 1e6;
  return dollars;
}

function amount(cost: Cost, what: string): number {
  const found = Object.entries(cost).find(([name]) => name === what);
  return found?.[1] ?? 0;
}
