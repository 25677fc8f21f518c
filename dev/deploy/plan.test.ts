import { describe, expect, it } from "vitest";
import { NO_DATABASE_ID } from "./environments.ts";
import { type Choices, type Found, hostsIn, hostsOfRoutes, planOf, type Wanted, wordsOf } from "./plan.ts";

const wanted: Wanted = {
  environment: "staging",
  worker: "gluey-staging",
  databases: [{ binding: "DB", name: "gluey", id: NO_DATABASE_ID }],
  buckets: ["archive"],
  queues: ["one", "two"],
  secrets: ["ADMIN_TOKEN", "SIGNING_KEY"],
  hosts: [],
  jurisdiction: "",
  location: "",
};
const nothing: Found = { database_ids: {}, buckets: [], queues: [], secrets: [], docker: true };
const all: Found = {
  database_ids: { gluey: "d-1" },
  buckets: ["archive"],
  queues: ["one", "two"],
  secrets: ["ADMIN_TOKEN", "SIGNING_KEY"],
  docker: true,
};
const anywhere: Choices = { jurisdiction: "none" };
const unsaid: Choices = { jurisdiction: null };
const words = (found: Found, change: Partial<Wanted> = {}, choices: Choices = anywhere) =>
  planOf({ ...wanted, ...change }, found, choices).map(wordsOf);
const there = { databases: [{ binding: "DB", name: "gluey", id: "d-1" }] };

describe("the plan of a deployment", () => {
  it("creates everything in an empty account, migrates before it deploys", () => {
    expect(words(nothing)).toEqual([
      "npx wrangler d1 create gluey",
      "write the id of gluey into wrangler.toml",
      "npx wrangler r2 bucket create archive",
      "npx wrangler queues create one",
      "npx wrangler queues create two",
      "npx wrangler d1 migrations apply DB --remote --env staging",
      "draw ADMIN_TOKEN, SIGNING_KEY and keep them in .state",
      "npx wrangler deploy --env staging --secrets-file SECRETS_FILE",
      "see that OWN_HOSTS in wrangler.toml names every host of the Worker; deploy again if it did not",
      expect.stringContaining("read_replication"),
      "GET {address of the Worker}/healthz",
    ]);
  });

  it("creates nothing twice, and notes what to go back to before it migrates", () => {
    expect(words(all, there, unsaid)).toEqual([
      "npx wrangler d1 time-travel info gluey",
      "npx wrangler d1 migrations apply DB --remote --env staging",
      "npx wrangler deploy --env staging",
      "see that OWN_HOSTS in wrangler.toml names every host of the Worker; deploy again if it did not",
      expect.stringContaining("read_replication"),
      "GET {address of the Worker}/healthz",
    ]);
  });

  it("takes up what a broken run left: database there, wrangler.toml unwritten, one queue, one secret", () => {
    const left = words({ ...all, queues: ["one"], secrets: ["ADMIN_TOKEN"] });
    expect(left.slice(0, 2)).toEqual([
      "write the id of gluey into wrangler.toml",
      "npx wrangler queues create two",
    ]);
    expect(left).toContain("draw SIGNING_KEY and keep them in .state");
  });

  it("creates and migrates every database that is named, each by its binding", () => {
    const two = [...wanted.databases, { binding: "SHARD_1", name: "gluey-1", id: NO_DATABASE_ID }];
    const steps = words(all, { databases: two });
    expect(steps).toContain("npx wrangler d1 create gluey-1");
    expect(steps).toContain("write the id of gluey-1 into wrangler.toml");
    expect(steps).toContain("npx wrangler d1 migrations apply SHARD_1 --remote --env staging");
    expect(steps.filter((step) => step.includes("read_replication")).length).toBe(2);
  });

  it("leaves the container out without Docker, and says so", () => {
    const deploy = planOf(wanted, { ...nothing, docker: false }, anywhere).find(
      (step) => step.do === "wrangler" && step.args[0] === "deploy",
    );
    expect(deploy?.do === "wrangler" && deploy.args).toContain("--containers-rollout=none");
    expect(deploy?.why).toContain("Docker");
  });

  it("creates databases, the bucket and objects at the given location, and later ones at the same", () => {
    expect(words(nothing, {}, { location: "weur", jurisdiction: "none" }).slice(0, 4)).toEqual([
      'write LOCATION_HINT = "weur" into wrangler.toml',
      "npx wrangler d1 create gluey --location weur",
      "write the id of gluey into wrangler.toml",
      "npx wrangler r2 bucket create archive --location weur",
    ]);
    const grown = {
      location: "weur",
      databases: [...there.databases, { binding: "SHARD_1", name: "gluey-1", id: NO_DATABASE_ID }],
    };
    expect(words(all, grown, unsaid)[0]).toBe("npx wrangler d1 create gluey-1 --location weur");
    expect(words(all, { ...there, location: "weur" }, { location: "weur", jurisdiction: null })[0]).toBe(
      "npx wrangler d1 time-travel info gluey",
    );
    expect(words(all, { ...there, location: "weur" }, { location: "enam", jurisdiction: null })[0]).toBe(
      'write LOCATION_HINT = "enam" into wrangler.toml',
    );
  });

  it("writes no place beside a jurisdiction, which decides by itself", () => {
    expect(words(all, { ...there, jurisdiction: "eu" }, { location: "weur", jurisdiction: null })[0]).toBe(
      "npx wrangler d1 time-travel info gluey",
    );
  });

  it("asks where data must stay before it creates any, writes it down, and keeps to it ever after", () => {
    expect(() => words(nothing, {}, unsaid)).toThrow("--jurisdiction eu");
    expect(words(nothing, {}, { location: "weur", jurisdiction: "eu" }).slice(0, 4)).toEqual([
      'write JURISDICTION = "eu" into wrangler.toml',
      "npx wrangler d1 create gluey --jurisdiction eu",
      "write the id of gluey into wrangler.toml",
      "npx wrangler r2 bucket create archive --jurisdiction eu",
    ]);
    const bound = {
      jurisdiction: "eu",
      databases: [...there.databases, { binding: "SHARD_1", name: "gluey-1", id: NO_DATABASE_ID }],
    };
    expect(words(all, bound, unsaid)[0]).toBe("npx wrangler d1 create gluey-1 --jurisdiction eu");
    expect(() => words(all, bound, { jurisdiction: "us" })).toThrow("can't be moved");
  });

  it("stops where wrangler.toml names another account's database", () => {
    const named = { databases: [{ binding: "DB", name: "gluey", id: "d-9" }] };
    expect(() => words(all, named)).toThrow("right account");
    expect(() => words(nothing, named)).toThrow("right account");
  });

  it("reads the hosts of routes of every kind", () => {
    const routes = [
      { pattern: "track.example.com", custom_domain: true },
      { pattern: "https://api.example.com/v1/*", zone_name: "example.com" },
      "*.parcels.example/*",
      "*shop.example:443/*",
      "track.example.com/*",
    ];
    expect(hostsOfRoutes(routes)).toEqual([
      "track.example.com",
      "api.example.com",
      "parcels.example",
      "shop.example",
    ]);
  });

  it("reads OWN_HOSTS", () => {
    expect(hostsIn("")).toEqual([]);
    expect(hostsIn("a.example, b.example")).toEqual(["a.example", "b.example"]);
  });
});
