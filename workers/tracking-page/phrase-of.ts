import type { Phrases } from "./phrases/phrases.ts";

/** What an event's code says in a language, from the finest level that has words. `path`: `delivery/delivered/post_office`. */
export function phraseOf(phrases: Phrases, path: string): string {
  const [milestone = "", code = ""] = path.split("/");
  return (
    phrases.sub_codes[path] ??
    phrases.codes[`${milestone}/${code}`] ??
    phrases.milestones[milestone] ??
    phrases.milestones.other ??
    phrases.statuses.notice.title
  );
}
