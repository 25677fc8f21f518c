import { DurableObject } from "cloudflare:workers";

/**
 * The bare pipeline: the least that is as durable as Gluey's. A push's signature is verified and its bytes are a row in
 * a Durable Object before it is answered; an alarm takes many rows at once, writes their events to D1 in one batch, posts
 * them to each tenant, and only then forgets the rows. It looks nothing up and checks nothing, keeps no attempts and signs
 * nothing. Its elements are what the carrier sent, padded to the length of Gluey's, because a customer needs
 * as much from anybody. Runs in workerd with its types taken out; shares no code with Gluey.
 */

interface Env {
  DB: D1Database;
  INBOX: DurableObjectNamespace<Inbox>;
  /** The carrier's. */
  SECRET: string;
  /** Where endpoints begin. */
  RECEIVER: string;
  TENANTS: string;
}
type Row = Record<"id", number> & Record<"body", string>;
interface News {
  tracking: { tracking_number: string; events: object[] }[];
}
interface Told {
  id: number;
  tenant: number;
  element: string;
}

const DOCUMENTS_A_RUN = 200;
/** A run ends its reading where it has so many: D1 takes some megabytes a batch. */
const EVENTS_A_RUN = 1000;
/** Below D1's 2 MB a bind. */
const EVENTS_A_STATEMENT = 500;
const EVENTS_A_POST = 20;
/** Of an element of Gluey's that tells the same. */
const ELEMENT_BYTES = 1400;
/** More than any document has. */
const EVENTS_A_DOCUMENT = 10_000;
const TOLERANCE_S = 300;
/**
 * After a run that was neither lonely nor full the next one waits, so that it and its POSTs are fuller. Tried with 0, 10,
 * 20 and 60 ms: this is the fastest at one event a push, and leaves alone what comes in fifties.
 */
const LINGER_MS = 20;
const LINGERS = { least: 20, most: 200 };

let key: Promise<CryptoKey> | null = null;
const encoder = new TextEncoder();

async function isSigned(env: Env, header: string, body: string): Promise<boolean> {
  const [, at = "", hex = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/u.exec(header) ?? [];
  if (Math.abs(Date.now() / 1000 - Number(at)) > TOLERANCE_S) return false;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  key ??= crypto.subtle.importKey("raw", encoder.encode(env.SECRET), algorithm, false, ["verify"]);
  const mac = Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify("HMAC", await key, mac, encoder.encode(`${at}.${body}`));
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const body = await request.text();
    if (!(await isSigned(env, request.headers.get("x-sandbox-signature") ?? "", body)))
      return Response.json({ accepted: false }, { status: 401 });
    await env.INBOX.getByName("inbox").accept(body);
    return Response.json({ accepted: true }, { status: 202 });
  },
};

export class Inbox extends DurableObject<Env> {
  private isAwake = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)",
    );
    ctx.blockConcurrencyWhile(async () => {
      const sql = "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, tenant INTEGER, element TEXT)";
      await env.DB.batch([env.DB.prepare(sql)]);
    });
  }

  async accept(body: string): Promise<void> {
    // Answered when the row is committed: the object's output gate sees to it.
    this.ctx.storage.sql.exec("INSERT INTO documents (body) VALUES (?)", body);
    if (this.isAwake) return;
    this.isAwake = true;
    this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    this.isAwake = true;
    for (;;) {
      const { events, last } = this.read();
      if (last === null) break;
      await this.insert(events);
      const lines = [...Map.groupBy(events, ({ tenant }) => tenant)];
      await Promise.all(lines.map(([tenant, told]) => this.tell(tenant, told)));
      this.ctx.storage.sql.exec("DELETE FROM documents WHERE id <= ?", last);
      if (events.length >= LINGERS.least && events.length < LINGERS.most)
        await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
    }
    this.isAwake = false;
  }

  /** The events of the oldest documents, and the id of the last of these. */
  private read(): { events: Told[]; last: number | null } {
    const events: Told[] = [];
    let last: number | null = null;
    const sql = "SELECT id, body FROM documents ORDER BY id LIMIT ?";
    for (const row of this.ctx.storage.sql.exec<Row>(sql, DOCUMENTS_A_RUN)) {
      events.push(...eventsOf(row, Number(this.env.TENANTS)));
      last = row.id;
      if (events.length >= EVENTS_A_RUN) break;
    }
    return { events, last };
  }

  private async insert(events: readonly Told[]): Promise<void> {
    const insert = this.env.DB.prepare(
      `INSERT OR IGNORE INTO events (id, tenant, element)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)`,
    );
    const statements: D1PreparedStatement[] = [];
    for (let at = 0; at < events.length; at += EVENTS_A_STATEMENT) {
      const rows = events.slice(at, at + EVENTS_A_STATEMENT);
      statements.push(
        insert.bind(JSON.stringify(rows.map(({ id, tenant, element }) => [id, tenant, element]))),
      );
    }
    await this.env.DB.batch(statements);
  }

  /** One POST after the other, so that a shipment's order stays. A failure leaves the rows to the alarm's next try. */
  private async tell(tenant: number, told: readonly Told[]): Promise<void> {
    for (let at = 0; at < told.length; at += EVENTS_A_POST) {
      const elements = told.slice(at, at + EVENTS_A_POST).map(({ element }) => element);
      const answer = await fetch(`${this.env.RECEIVER}/hooks/c${String(tenant).padStart(2, "0")}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `[${elements.join(",")}]`,
      });
      if (!answer.ok) throw new Error(`The receiver answered ${answer.status}.`);
    }
  }
}

/** The events of a document; an event's id grows with the order of acceptance, and is its sequence. */
function eventsOf({ id, body }: Row, tenants: number): Told[] {
  const { tracking }: News = JSON.parse(body);
  let next = id * EVENTS_A_DOCUMENT;
  return tracking.flatMap(({ tracking_number, events }) => {
    // The number's running count, without its letters and its check digit: the bench deals the shipments out so.
    const tenant = Number(tracking_number.slice(3, -1)) % tenants;
    return events.map((event) => {
      const sequence = next++;
      const told = `"shipment_id":"${tracking_number}","sequence":${sequence},"event":${JSON.stringify(event)}`;
      return {
        id: sequence,
        tenant,
        element: `{${told},"rest":"${"-".repeat(ELEMENT_BYTES - told.length)}"}`,
      };
    });
  });
}
