import { env } from "cloudflare:workers";
import { type Context, createContext } from "../context.ts";
import type { Mode } from "../domain/tenant.ts";
import type { Env as WorkerEnv } from "../env.ts";
import { createApi } from "./app.ts";

/** The real app on the real bindings, called by tests as its users call it. Single ports can be replaced. */

declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {}
  }
}

export const ADMIN_TOKEN = "test-admin-token";

export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface TestClient {
  ctx: Context;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  operator(method: string, path: string, body?: unknown): Promise<Answer>;
}

interface SendOptions {
  key?: string | undefined;
  headers?: Record<string, string>;
  /** Sent as JSON; a string goes out as it is. */
  body?: unknown;
}

export function testClient(overrides: Partial<Context> = {}): TestClient {
  const ctx = createContext(env, overrides);
  const api = createApi(() => ctx);
  const send: TestClient["send"] = async (method, path, { key, headers = {}, body } = {}) => {
    const init: RequestInit = {
      method,
      headers: { ...(key === undefined ? {} : { "x-key": key }), ...headers },
    };
    if (body !== undefined) {
      init.headers = { "content-type": "application/json", ...init.headers };
      init.body = typeof body === "string" ? body : JSON.stringify(body);
    }
    const answer = await api.request(`https://api.example${path}`, init, env);
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  const operator: TestClient["operator"] = (method, path, body) =>
    send(method, path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` }, body });
  return { ctx, send, operator };
}

/** An account with a key of each mode and, where asked for, a sandbox connection. */
export async function anAccount(client: TestClient, account_number: string): Promise<Record<Mode, string>> {
  await client.operator("POST", "/admin/accounts", { account_number, name: `${account_number} Ltd` });
  const keyOf = async (mode: Mode): Promise<string> => {
    const { body } = await client.operator("POST", `/admin/accounts/${account_number}/keys`, { mode });
    return textOf(body, "key");
  };
  return { live: await keyOf("live"), test: await keyOf("test") };
}

/** A sandbox connection for some accounts, by poll and webhook; its id. */
export async function aConnection(
  client: TestClient,
  account_numbers: string[],
  more: object = {},
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

/** A field of an answer that must be a text. */
export function textOf(body: unknown, field: string): string {
  const value = fieldOf(body, field);
  if (typeof value !== "string") throw new Error(`No ${field} in ${JSON.stringify(body)}`);
  return value;
}

/** A field of an answer, whatever it is. */
export function fieldOf(body: unknown, field: string): unknown {
  return typeof body === "object" && body !== null
    ? Object.entries(body).find(([name]) => name === field)?.[1]
    : undefined;
}
