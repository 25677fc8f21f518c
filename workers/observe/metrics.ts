/**
 * Numbers for Analytics Engine: what is plotted and alerted on. The order of the columns is fixed, because a data point
 * has only numbered ones: docs/observability.md lists them, with the queries. A column is added at the end, never moved.
 */

export const METRIC_KINDS = ["in", "out", "check", "fault", "waiting"] as const;

/** A batch of one kind of thing, by one way. What is left out is 0 or empty. */
export interface MetricPoint {
  /** in, out, check: as in `flow_counts`. fault: something of ours or below us failed. waiting: what waits, each minute. */
  kind: (typeof METRIC_KINDS)[number];
  /** in, out, check: the way. fault: what failed (d1, queue, tick, request). waiting: documents, checks, customers, dead_letters. */
  way: string;
  carrier_id?: string;
  /** Whose: a connection's or a tenant's id. */
  subject?: string;
  total?: number;
  events?: number;
  duplicates?: number;
  unmapped?: number;
  failed?: number;
  dead?: number;
  /** check: how late, half and 95 of 100. out: how long the receiver took, likewise. Milliseconds. */
  p50_ms?: number;
  p95_ms?: number;
  /** waiting: since how long the oldest waits, milliseconds. */
  age_ms?: number;
}

export interface Metrics {
  write(points: readonly MetricPoint[]): void;
}

/** The platform takes so many from one invocation and ignores the rest. */
const POINTS_MAX = 25;
/** Bytes of an index; longer ones are refused. */
const INDEX_MAX = 96;

/** Where the binding is absent (local work, a small installation), points go nowhere, and nothing else changes. */
export function metricsOver(engine: Pick<AnalyticsEngineDataset, "writeDataPoint"> | undefined): Metrics {
  return {
    write: (points) => {
      if (engine === undefined) return;
      for (const point of points.slice(0, POINTS_MAX)) engine.writeDataPoint(columnsOf(point));
    },
  };
}

/** index1; blob1 to blob4; double1 to double9. */
export function columnsOf(point: MetricPoint): Required<AnalyticsEngineDataPoint> {
  const { kind, way, carrier_id = "", subject = "" } = point;
  const { total = 0, events = 0, duplicates = 0, unmapped = 0, failed = 0, dead = 0 } = point;
  const { p50_ms = 0, p95_ms = 0, age_ms = 0 } = point;
  return {
    indexes: [kind.slice(0, INDEX_MAX)],
    blobs: [kind, way, carrier_id, subject],
    doubles: [total, events, duplicates, unmapped, failed, dead, p50_ms, p95_ms, age_ms],
  };
}
