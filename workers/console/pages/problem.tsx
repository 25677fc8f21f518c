import type { Problem } from "../../api/problem.ts";
import type { Look } from "../console-env.ts";
import { send } from "../send.ts";
import { Document, Mark } from "../shell.tsx";

const TITLES: Partial<Record<Problem["status"], string>> = {
  401: "Signed out",
  403: "Not for you",
  404: "Not here",
  409: "It changed meanwhile",
  422: "That does not fit",
  429: "Too often",
  503: "Busy",
};

/** What went wrong and what to do about it; nothing of its inside. */
export function problemPage(c: Look, problem: Problem, request_id: string) {
  const title = TITLES[problem.status] ?? "Something went wrong";
  c.status(problem.status);
  if (problem.retryAfter !== null) c.header("retry-after", String(problem.retryAfter));
  return send(
    c,
    <Document title={title}>
      <main class="sign" id="main">
        <p class="mark">
          <Mark size={30} /> Gluey Tracking
        </p>
        <div class="card">
          <h1>{title}</h1>
          <p>{problem.message}</p>
          <p class="soft small">
            Request <code>{request_id}</code>
          </p>
          <a class="button" href="/console">
            To the console
          </a>
        </div>
      </main>
    </Document>,
  );
}
