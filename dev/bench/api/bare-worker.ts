/**
 * The bare platform: what a Worker can do at best that does one thing and nothing else. No key, no framework, no checks.
 * Runs in workerd, with its types taken out and nothing else; it shares no code with the Worker it is compared with.
 */

interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<{ results: unknown[] }>;
}

interface Env {
  DB: {
    prepare(sql: string): Statement;
    batch(statements: Statement[]): Promise<{ results: unknown[] }[]>;
  };
  DOCUMENTS: { send(body: unknown): Promise<void> };
}

// The rows that a timeline consists of, each table by the index that it is clustered by.
const READ = [
  `SELECT j.key AS asked_at, s.id, s.registration, s.status, s.eta, s.facts
   FROM json_each(?1) j CROSS JOIN shipments s ON s.id = j.value`,
  `SELECT j.key AS asked_at, p.id, p.carrier_tracking_id, p.registration, p.status, p.condition, p.carrier_weight_dims
   FROM json_each(?1) j CROSS JOIN parcels p ON p.shipment_id = j.value`,
  `SELECT j.key AS asked_at, e.event_id, e.parcel_number, e.occurred_at, e.precision, e.carrier_order, e.status,
          e.created_at, e.body
   FROM json_each(?1) j CROSS JOIN events e ON e.shipment_id = j.value WHERE e.sequence IS NOT NULL`,
];
const INSERT = "INSERT INTO bare_pushes (id, body) VALUES (?1, ?2)";

export default {
  async fetch(request: Request, { DB, DOCUMENTS }: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/read") {
      const body: unknown = await request.json();
      const asked = JSON.stringify(
        body !== null && typeof body === "object" && "ids" in body ? body.ids : [],
      );
      const tables = await DB.batch(READ.map((sql) => DB.prepare(sql).bind(asked)));
      return Response.json(tables.map(({ results }) => results));
    }
    const body = await request.text();
    if (pathname !== "/send") await DB.prepare(INSERT).bind(crypto.randomUUID(), body).run();
    if (pathname !== "/insert") await DOCUMENTS.send(body);
    return Response.json({ accepted: true }, { status: 202 });
  },
};
