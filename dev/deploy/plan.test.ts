import { describe, expect, it } from "vitest";
import {
  type Found,
  hostsOfRoutes,
  NO_DATABASE_ID,
  ownHostsIn,
  planOf,
  type Wanted,
  withDatabaseId,
  withOwnHosts,
  wordsOf,
} from "./plan.ts";

const wanted: Wanted = {
  worker: "gluey",
  database: { name: "gluey", id: NO_DATABASE_ID },
  queues: ["one", "two"],
  secrets: ["ADMIN_TOKEN", "SIGNING_KEY"],
  hosts: [],
};
const nothing: Found = { database_id: null, queues: [], secrets: [], docker: true };
const all: Found = {
  database_id: "d-1",
  queues: ["one", "two"],
  secrets: ["ADMIN_TOKEN", "SIGNING_KEY"],
  docker: true,
};
const words = (found: Found, change: Partial<Wanted> = {}, choices = {}) =>
  planOf({ ...wanted, ...change }, found, choices).map(wordsOf);

describe("the plan of a deployment", () => {
  it("creates everything in an empty account, migrates before it deploys", () => {
    expect(words(nothing)).toEqual([
      "npx wrangler d1 create gluey",
      "write database_id into wrangler.toml",
      "npx wrangler queues create one",
      "npx wrangler queues create two",
      "npx wrangler d1 migrations apply DB --remote",
      "draw ADMIN_TOKEN, SIGNING_KEY and keep them in .state/deployed-secrets.json",
      "npx wrangler deploy --secrets-file SECRETS_FILE",
      "see that OWN_HOSTS in wrangler.toml names every host of the Worker; deploy again if it did not",
      expect.stringContaining("read_replication"),
      "GET {address of the Worker}/healthz",
    ]);
  });

  it("creates nothing twice", () => {
    expect(words(all, { database: { name: "gluey", id: "d-1" } })).toEqual([
      "npx wrangler d1 migrations apply DB --remote",
      "npx wrangler deploy",
      "see that OWN_HOSTS in wrangler.toml names every host of the Worker; deploy again if it did not",
      expect.stringContaining("read_replication"),
      "GET {address of the Worker}/healthz",
    ]);
  });

  it("takes up what a broken run left: database there, wrangler.toml unwritten, one queue, one secret", () => {
    const left = words({ ...all, queues: ["one"], secrets: ["ADMIN_TOKEN"] });
    expect(left.slice(0, 2)).toEqual([
      "write database_id into wrangler.toml",
      "npx wrangler queues create two",
    ]);
    expect(left).toContain("draw SIGNING_KEY and keep them in .state/deployed-secrets.json");
  });

  it("leaves the container out without Docker, and says so", () => {
    const deploy = planOf(wanted, { ...nothing, docker: false }, {}).find(
      (step) => step.do === "wrangler" && step.args[0] === "deploy",
    );
    expect(deploy?.do === "wrangler" && deploy.args).toContain("--containers-rollout=none");
    expect(deploy?.why).toContain("Docker");
  });

  it("places a new database where it is told to", () => {
    expect(words(nothing, {}, { location: "weur" })[0]).toBe("npx wrangler d1 create gluey --location weur");
    expect(words(nothing, {}, { location: "weur", jurisdiction: "eu" })[0]).toBe(
      "npx wrangler d1 create gluey --jurisdiction eu",
    );
  });

  it("stops where wrangler.toml names another account's database", () => {
    const named = { database: { name: "gluey", id: "d-9" } };
    expect(() => words(all, named)).toThrow("right account");
    expect(() => words(nothing, named)).toThrow("right account");
  });

  it("writes the id into its line only", () => {
    const toml = `name = "gluey"\ndatabase_id = "${NO_DATABASE_ID}"\nx = 1\n`;
    expect(withDatabaseId(toml, NO_DATABASE_ID, "d-1")).toBe('name = "gluey"\ndatabase_id = "d-1"\nx = 1\n');
    expect(() => withDatabaseId("", NO_DATABASE_ID, "d-1")).toThrow("by hand");
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

  it("writes the Worker's own hosts into their line, beside those that stand there", () => {
    const toml = 'name = "gluey"\nOWN_HOSTS = "old.example.com"\nx = 1\n';
    expect(ownHostsIn(toml)).toEqual(["old.example.com"]);
    const written = withOwnHosts(toml, ["gluey.acme.workers.dev", "old.example.com"]);
    expect(written).toBe('name = "gluey"\nOWN_HOSTS = "old.example.com,gluey.acme.workers.dev"\nx = 1\n');
    expect(withOwnHosts(written, ["gluey.acme.workers.dev"])).toBe(written);
    expect(() => withOwnHosts("", ["gluey.acme.workers.dev"])).toThrow("by hand");
  });
});
