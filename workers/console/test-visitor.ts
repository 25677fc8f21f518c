import { createApi } from "../api/app.ts";
import type { Context } from "../context.ts";
import { testEnv } from "../testing/seed.ts";

/** A browser as far as the console sees one: keeps cookies, follows nothing by itself, sends forms with what is hidden in them. */

const ORIGIN = "https://hub.example";

export interface Seen {
  status: number;
  headers: Headers;
  text: string;
}

export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Seen>;
  /** Sends a form with the token of the page at `from`. */
  post(path: string, fields: Record<string, string>, from?: string): Promise<Seen>;
  /** A POST as it is: nothing is added. */
  send(path: string, fields: Record<string, string>, headers: Record<string, string>): Promise<Seen>;
  token(from: string): Promise<string>;
  signIn(key: string): Promise<Seen>;
}

export function visitor(ctx: Context): Visitor {
  const api = createApi(() => ctx);
  const cookies = new Map<string, string>();
  const call = async (path: string, init: RequestInit): Promise<Seen> => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0)
      headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await api.request(`${ORIGIN}${path}`, { ...init, headers }, testEnv());
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...rest] = line.split("; ");
      const at = pair.indexOf("=");
      if (rest.some((one) => one.toLowerCase() === "max-age=0")) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const get: Visitor["get"] = (path, headers = {}) => call(path, { headers });
  const send: Visitor["send"] = (path, fields, headers) =>
    call(path, { method: "POST", headers, body: new URLSearchParams(fields).toString() });
  const token = async (from: string) =>
    /name="form_token" value="([^"]+)"/u.exec((await get(from)).text)?.[1] ?? "no token";
  const post: Visitor["post"] = async (path, fields, from = "/console") =>
    send(
      path,
      { ...fields, form_token: await token(from) },
      {
        "content-type": "application/x-www-form-urlencoded",
        origin: ORIGIN,
        "sec-fetch-site": "same-origin",
      },
    );
  return {
    cookies,
    get,
    post,
    send,
    token,
    signIn: (key) => post("/console/sign-in", { key }, "/console/sign-in"),
  };
}
