import type { Context } from "../context.ts";
import type { Mode } from "../domain/tenant.ts";
import type { Env } from "../env.ts";
import { testContext, testEnv } from "../testing/seed.ts";
import { createApi } from "./app.ts";

/** The real app on the real bindings, called by tests as its users call it. Single ports can be replaced. */

const ADMIN_TOKEN = "test-admin-token";

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface SendOptions {
  key?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a string or stream goes out as it is. */
  body?: unknown;
}

export interface TestClient {
  ctx: Context;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  operator(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export function testClient(overrides: Partial<Context> = {}, bindings: Env = testEnv()): TestClient {
  const ctx = testContext(overrides, bindings);
  const api = createApi(() => ctx);
  const send: TestClient["send"] = async (method, path, { key, headers = {}, body } = {}) => {
    const all = new Headers(headers);
    if (key !== undefined) all.set("x-key", key);
    if (body !== undefined && !all.has("content-type")) all.set("content-type", "application/json");
    const raw = typeof body === "string" || body instanceof ReadableStream ? body : JSON.stringify(body);
    const answer = await api.request(
      `https://api.example${path}`,
      { method, headers: all, body: raw },
      testEnv(),
    );
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  const operator: TestClient["operator"] = (method, path, body, headers = {}) =>
    send(method, path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers }, body });
  return { ctx, send, operator };
}

/** An account with a key of each mode. */
export async function anAccount(client: TestClient, account_number: string): Promise<Record<Mode, string>> {
  await client.operator("POST", "/admin/accounts", { account_number, name: `${account_number} Ltd` });
  const keyOf = async (mode: Mode): Promise<string> => {
    const { body } = await client.operator("POST", `/admin/accounts/${account_number}/keys`, { mode });
    return textOf(body, "key");
  };
  return { live: await keyOf("live"), test: await keyOf("test") };
}

/** A sandbox connection by poll for some accounts; its id. */
export async function aConnection(
  client: TestClient,
  account_numbers: string[],
  more: Record<string, unknown> = {},
): Promise<string> {
  const { body } = await client.operator("POST", "/admin/connections", {
    carrier_id: "sandbox",
    account_numbers,
    ways: { poll: { base_url: "http://127.0.0.1:8790" } },
    credentials: { api_key: "sandbox-api-key" },
    ...more,
  });
  return textOf(body, "id");
}

/** A field of an answer, whatever it is. */
export function fieldOf(body: unknown, field: string): unknown {
  return typeof body === "object" && body !== null
    ? Object.entries(body).find(([name]) => name === field)?.[1]
    : undefined;
}

/** A field of an answer that must be a text. */
export function textOf(body: unknown, field: string): string {
  const value = fieldOf(body, field);
  if (typeof value !== "string") throw new Error(`No text ${field} in ${JSON.stringify(body)}`);
  return value;
}

/** A list, or a field of an answer that must be one. */
export function listOf(body: unknown, field?: string): unknown[] {
  const value = field === undefined ? body : fieldOf(body, field);
  if (!Array.isArray(value)) throw new Error(`No list ${field ?? ""} in ${JSON.stringify(body)}`);
  return value;
}

/** A problem as every error has to be: RFC 9457, with the request's id; its detail. */
export function problemOf(answer: Answer, status: number): string {
  const { body, headers } = answer;
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(body)}`);
  if (headers.get("content-type") !== "application/problem+json") throw new Error("No problem+json.");
  if (fieldOf(body, "status") !== status) throw new Error("The body has another status.");
  if (textOf(body, "request_id") !== headers.get("x-request-id"))
    throw new Error("The request's id differs.");
  for (const field of ["type", "title"]) textOf(body, field);
  return textOf(body, "detail");
}

/** A database, with its sessions, that remembers what was asked of it and counts the round trips. */
export function counted(db: D1Database, seen: { statements: Set<string>; trips: number }): D1Database {
  return watch(db, seen);
}

function watch<T extends object>(target: T, seen: { statements: Set<string>; trips: number }): T {
  return new Proxy(target, {
    get(inner, name) {
      const value: unknown = Reflect.get(inner, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "prepare") seen.statements.add(String(args[0]));
        if (name === "batch") seen.trips += 1;
        const result: unknown = Reflect.apply(value, inner, args);
        if (name === "withSession" && typeof result === "object" && result !== null)
          return watch(result, seen);
        return name === "prepare" && typeof result === "object" && result !== null
          ? trips(result, seen)
          : result;
      };
    },
  });
}

// A statement that is run by itself is a trip of its own. D1's batch wants its own statements, so only the runners are watched.
function trips<T extends object>(statement: T, seen: { trips: number }): T {
  for (const name of ["first", "all", "run", "raw"]) {
    const run: unknown = Reflect.get(statement, name);
    if (typeof run !== "function") continue;
    Reflect.set(statement, name, (...args: unknown[]) => {
      seen.trips += 1;
      return Reflect.apply(run, statement, args);
    });
  }
  const bind: unknown = Reflect.get(statement, "bind");
  if (typeof bind === "function")
    Reflect.set(statement, "bind", (...args: unknown[]) => trips(Reflect.apply(bind, statement, args), seen));
  return statement;
}
