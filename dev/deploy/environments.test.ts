import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS, NO_DATABASE_ID, ownOf, withEnvironments } from "./environments.ts";

const toml = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");

const SMALL = `name = "gluey"
main = "x.ts"

[vars]
TIME_SCALE = "1"
OWN_HOSTS = ""

[[d1_databases]]
binding = "DB"
database_name = "gluey"
database_id = "${NO_DATABASE_ID}"

[[queues.producers]]
binding = "CHECKS"
queue = "checks"

[[ratelimits]]
name = "KEY_RATE"
namespace_id = "1001"
simple = { limit = 600, period = 60 }
`;

describe("the environments of wrangler.toml", () => {
  it("are what the top of the file makes them: every binding in each", () => {
    expect(withEnvironments(toml), "run npm run environments, and commit wrangler.toml").toBe(toml);
  });

  it("stand on resources of their own", () => {
    const read: unknown = parse(withEnvironments(SMALL));
    expect(read).toMatchObject({
      env: {
        staging: {
          vars: { TIME_SCALE: "1", ENVIRONMENT: "staging" },
          d1_databases: [{ binding: "DB", database_name: "gluey-staging" }],
          queues: { producers: [{ binding: "CHECKS", queue: "checks-staging" }] },
          ratelimits: [{ namespace_id: "2001" }],
        },
        production: {
          d1_databases: [{ database_name: "gluey-production" }],
          ratelimits: [{ namespace_id: "3001" }],
        },
      },
    });
  });

  it("keep what only they know, and change nothing the second time", () => {
    const own = {
      database_ids: { DB: "d-1" },
      hosts: "track.example.com",
      jurisdiction: "eu",
      location: "weur",
      routes: [{ pattern: "track.example.com", custom_domain: true }],
    };
    const written = withEnvironments(SMALL, { production: own });
    expect(ownOf(parse(written), "production")).toEqual(own);
    expect(ownOf(parse(written), "staging").database_ids).toEqual({ DB: NO_DATABASE_ID });
    expect(withEnvironments(written)).toBe(written);
    const grown = written.replace(
      "[vars]",
      '[[r2_buckets]]\nbinding = "ARCHIVE"\nbucket_name = "a"\n\n[vars]',
    );
    expect(parse(withEnvironments(grown))).toMatchObject({
      env: { production: { r2_buckets: [{ bucket_name: "a-production", jurisdiction: "eu" }] } },
    });
    expect(ownOf(parse(withEnvironments(grown)), "production")).toEqual(own);
  });

  it("refuse a key that nobody has said of whether it is inherited", () => {
    expect(() => withEnvironments(`${SMALL}\n[[services]]\nbinding = "X"\n`)).toThrow("services");
  });

  it("are the two that there are", () => {
    expect(ENVIRONMENTS).toEqual(["staging", "production"]);
  });
});
