import { html } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Look } from "./console-env.ts";

/** A page as an answer: without its first line, browsers would lay it out as they did in 1998. */
export function send(c: Look, page: JSX.Element | Promise<JSX.Element>) {
  return c.html(html`<!doctype html>${page}`);
}
