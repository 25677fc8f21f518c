/** Paths on a server: bytes between slashes. They are passed on as given, `..` included: the server is the judge. */

/** A path as the caller means it: absolute, or relative to the session's directory, or to where the server logs in. */
export function resolvePath(path: string, directory: string | undefined): string {
  if (path.startsWith("/") || directory === undefined || directory === "") return path;
  return `${directory.replace(/\/+$/, "")}/${path}`;
}

/** The directory of a path, and its last name. */
export function splitPath(path: string): { directory: string; name: string } {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return { directory: ".", name: path };
  return { directory: path.slice(0, slash) || "/", name: path.slice(slash + 1) };
}

/** Whether the last name of a path can be that of a file. */
export function namesAFile(path: string): boolean {
  const { name } = splitPath(path);
  return name !== "" && name !== "." && name !== "..";
}
