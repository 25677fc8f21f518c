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
