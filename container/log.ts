/** One thing that happened, named `noun.past`. Never with a credential or a file's content in it. */
export type Log = (event: string, fields?: Record<string, string | number | boolean | undefined>) => void;

/** One JSON line on stderr each: stdout has only the line that says the server is ready. */
export const logLine: Log = (event, fields) => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
};
