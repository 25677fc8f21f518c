import type { Context } from "../context.ts";
import { shardOf } from "../storage/account-shard.ts";
import { countingCalls } from "../storage/counting-calls.ts";

/** What an invocation has asked of others so far: Cloudflare bounds it, and ends the invocation where it is too much. */
export interface Calls {
  /** To databases; a batch is one. */
  database: number;
  /** To databases, objects, R2 and by HTTP together. */
  all: number;
}

/** The context with its calls counted. */
export function metered(ctx: Context): { ctx: Context; calls: Calls } {
  const calls: Calls = { database: 0, all: 0 };
  const asked = () => {
    calls.all += 1;
  };
  const queried = () => {
    calls.database += 1;
    asked();
  };
  const counted = <A extends unknown[], T>(of: (...args: A) => T) => {
    // Whoever takes an object asks it one thing.
    return (...args: A): T => {
      asked();
      return of(...args);
    };
  };
  const control = countingCalls(ctx.control, queried);
  const placements = ctx.placements.counting(queried);
  const { archive, http } = ctx;
  return {
    calls,
    ctx: {
      ...ctx,
      control,
      placements,
      shardFor: (account_number) => shardOf(placements, account_number),
      shards: () => [...placements.databases.values()],
      inboxOf: counted(ctx.inboxOf),
      deliveryOf: counted(ctx.deliveryOf),
      http: { send: counted(http.send), check: counted(http.check) },
      archive: archive === null ? null : countingBucket(archive, asked),
    },
  };
}

function countingBucket(bucket: R2Bucket, asked: () => void): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        asked();
        return Reflect.apply(value, target, given);
      };
    },
  });
}
