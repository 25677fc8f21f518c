/** Names of files in partners' folders. */

/** Names by which senders mark a file that is still being written: a fetcher leaves them alone. */
export function isTemporaryName(name: string): boolean {
  return (
    name.startsWith(".") ||
    name.startsWith("~") ||
    /\.(tmp|temp|part|partial|filepart|writing|crdownload)$/i.test(name)
  );
}

/** A path below a folder; `.` is the folder one logs into. */
export function joinPath(folder: string, name: string): string {
  if (name.startsWith("/")) return name;
  const base = folder.replace(/\/+$/, "");
  if (base === "" && folder.startsWith("/")) return `/${name}`;
  return base === "" || base === "." ? name : `${base}/${name}`;
}

/** The usual limit of a file system for one name. */
const NAME_MAX_BYTES = 255;

/**
 * A name made from another: `before` and `after` around it. One that gets too long is cut, with `mark` (the file's time)
 * behind what is left, so that two long names that begin alike stay two.
 */
export function nameAround(before: string, name: string, after: string, mark: number): string {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const whole = `${before}${name}${after}`;
  if (bytes(whole) <= NAME_MAX_BYTES) return whole;
  const behind = `~${mark}${after}`;
  let left = NAME_MAX_BYTES - bytes(before) - bytes(behind);
  let cut = "";
  for (const character of name) {
    left -= bytes(character);
    if (left < 0) break;
    cut += character;
  }
  return `${before}${cut}${behind}`;
}
