/**
 * What went wrong with a call to a database or an object: whose fault it is. Only what is known to be a fault of the call
 * itself counts as one; anything else is trouble of the infrastructure, which passes and is waited out.
 */

/** It queues what it can't answer at once, and gives up on the rest. */
export function isBusy(error: unknown): boolean {
  return /overloaded|too many requests queued|queued for too long/iu.test(textOf(error));
}

/** It was not there for a moment: moved, restarted, or cut off. */
export function isUnreached(error: unknown): boolean {
  return /network connection lost|storage caused object to be reset|reset because its code was updated/iu.test(
    textOf(error),
  );
}

/**
 * The data of this call is at fault, and it fails the same way each time: a value that SQLite refuses, a stored row that
 * can't be read, data that our own code did not expect. A missing table is none of these: a deployment brings it.
 */
export function isOwnFault(error: unknown): boolean {
  if (isBusy(error) || isUnreached(error)) return false;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return true;
  if (error instanceof Error && error.name === "ZodError") return true;
  return /SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)|constraint failed|malformed JSON|string or blob too big/iu.test(
    textOf(error),
  );
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
