/** What callers may send, and how it is read. */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { Problem } from "./errors.ts";
import { normalizedFingerprint } from "./host-key.ts";
import { namesAFile } from "./remote-path.ts";

const MAX_JSON_BYTES = 128 * 1024;
const MAX_LISTED = 100_000;

const Path = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => !path.includes("\0"), "must not contain NUL");
const FilePath = Path.refine(namesAFile, "must end with the name of a file");
const Secret = z.string().min(1).max(65_536).nullish();
const Count = z
  .string()
  .regex(/^\d{1,15}$/, "must be a whole number")
  .transform(Number);

export const SessionsCreate = z
  .object({
    host: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[^\s\p{Cc}\p{Cf}/\\@?#%]+$/u, "must be a host name or an address"),
    port: z.number().int().min(1).max(65_535),
    username: z.string().min(1).max(256),
    password: Secret,
    private_key: Secret,
    passphrase: Secret,
    host_key_sha256: z
      .string()
      .transform((given, context) => {
        const fingerprint = normalizedFingerprint(given);
        if (fingerprint !== null) return fingerprint;
        context.addIssue("must be SHA-256 in base64, as ssh-keygen -l prints it");
        return z.NEVER;
      })
      .nullish(),
    directory: Path.nullish(),
    /** A person asks: a host in quarantine is tried at once, by one session. */
    probe: z.boolean().nullish(),
  })
  .refine(
    (body) => body.password != null || body.private_key != null,
    "a password or a private_key is needed",
  );

export const FilesList = z.object({
  directory: Path.optional(),
  limit: Count.pipe(z.number().min(1).max(MAX_LISTED)).default(10_000),
  keep: z.enum(["oldest", "newest"]).default("oldest"),
  /** Only what comes behind this file, in the order of `keep`. */
  from_name: z.string().min(1).max(4_096).optional(),
  from_mtime_ms: Count.default(0),
});
export const FileRead = z.object({ path: FilePath, offset: Count.default(0), length: Count.optional() });
export const FileNamed = z.object({ path: FilePath });
export const FileMove = z
  .object({
    from: FilePath,
    to: FilePath,
    /** What the file was when it was listed: one that is another by now stays where it is. */
    listed: z.object({ size: z.int().min(0), mtime_ms: z.int().min(0) }).optional(),
  })
  .refine(({ from, to }) => from !== to, "from and to are the same file");

/** @throws {Problem} `bad_request`, naming the field and never its value. */
export function check<T>(schema: z.ZodType<T>, given: unknown): T {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  throw new Problem("bad_request", `${wrong.join("; ")}.`);
}

/** @throws {Problem} `bad_request`, `too_large`. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const bytes of bodyOf(request)) {
    size += bytes.length;
    if (size > MAX_JSON_BYTES)
      throw new Problem("too_large", `The body has more than ${MAX_JSON_BYTES} bytes.`);
    parts.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new Problem("bad_request", "The body is not JSON.");
  }
}

/** The body, leaving the connection open when reading stops early: the answer must still get through. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}
