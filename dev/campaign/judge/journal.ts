import type { Line, RequestLine } from "../records.ts";

/** The files of a campaign, each request with how it ended. */
export interface Request {
  line: RequestLine;
  ack: "clean" | "broken" | "no";
  answered_at: number | null;
  closed_at: number | null;
}

export interface JournalRead {
  requests: Request[];
  accepted: Map<string, number>;
  cuts: { spawned_at: number }[];
  forgeries: Extract<Line, { kind: "forgery" }>[];
  strayed: number;
}

export function readJournal(lines: readonly Line[]): JournalRead {
  const byNumber = new Map<number, Request>();
  const read: JournalRead = { requests: [], accepted: new Map(), cuts: [], forgeries: [], strayed: 0 };
  for (const line of lines) {
    if (line.kind === "request") {
      const request: Request = { line, ack: "no", answered_at: null, closed_at: null };
      byNumber.set(line.n, request);
      read.requests.push(request);
      if (line.signature !== "ok") continue;
    } else if (line.kind === "answered") {
      const request = byNumber.get(line.n);
      if (request !== undefined) Object.assign(request, { ack: line.ack, answered_at: line.at });
    } else if (line.kind === "closed") {
      const request = byNumber.get(line.n);
      if (request !== undefined) request.closed_at = line.at;
    } else if (line.kind === "accepted") for (const fact of line.facts) read.accepted.set(fact, line.at);
    else if (line.kind === "cut") read.cuts.push(line);
    else if (line.kind === "forgery") read.forgeries.push(line);
    else if (line.kind === "strayed") read.strayed++;
  }
  read.requests.sort((a, b) => a.line.at - b.line.at);
  return read;
}
