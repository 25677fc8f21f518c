import type { Look } from "../console-env.ts";
import { Note } from "../pieces/form.tsx";

/** What a form did, said on the page that it leads back to. Only these sentences: an address can't put words into our mouth. */
const DONE: Readonly<Record<string, string>> = {
  again: "It is sent again.",
  dropped: "The dead letter is dropped.",
  "endpoint-paused": "The endpoint is paused: its news wait.",
  "endpoint-resumed": "The endpoint goes on.",
  paused: "The connection is paused: its carrier is asked nothing.",
  resumed: "The connection goes on.",
  mapped: "The code is mapped. Its documents are read again; what changes is told as further events.",
  withdrawn: "The mapping is taken back.",
  "read-again": "The document waits to be read again.",
};

export function doneNote(c: Look) {
  const said = DONE[c.req.query("done") ?? ""];
  return said === undefined ? null : <Note tone="ok">{said}</Note>;
}

/** Back to where a form came from, with what was done. Only addresses of the console, also once their dots are followed. */
export function backTo(given: string | undefined, fallback: string, done: string): string {
  const read = (address: string) => new URL(address, NOWHERE);
  const asked = given === undefined || !URL.canParse(given, NOWHERE) ? read(fallback) : read(given);
  const ours = asked.origin === NOWHERE && /^\/console(?:\/|$)/u.test(asked.pathname);
  const url = ours ? asked : read(fallback);
  url.searchParams.set("done", done);
  return `${url.pathname}${url.search}`;
}

const NOWHERE = "https://console.invalid";
