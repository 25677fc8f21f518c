/** What D1 says where it could not do what was asked; nothing of such a statement was done. */

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

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
