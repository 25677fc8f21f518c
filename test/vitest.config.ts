import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A test that is over in a second may take many where others share the cores; what hangs is still ended. */
const BUSY_MACHINE_MS = 30_000;

/** `pure`: plain Node, milliseconds. `workerd`: the Workers runtime with real D1, Queues and Durable Objects. `container`: the sFTP arm against real SSH servers. `e2e`: the whole stack. `browser`: its pages, in Chromium. */
export default defineConfig({
  test: {
    root,
    projects: [
      {
        test: {
          name: "pure",
          root,
          include: ["workers/**/*.test.ts", "dev/**/*.test.ts", "client/**/*.test.ts"],
          exclude: ["**/*.workerd.test.ts", "**/node_modules/**"],
          testTimeout: BUSY_MACHINE_MS,
          hookTimeout: BUSY_MACHINE_MS,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: `${root}wrangler.toml` },
            miniflare: {
              // Accounts live in databases of their own, so that whatever mixes control and shard fails here.
              d1Databases: { SHARD_1: "test-shard-1", SHARD_2: "test-shard-2" },
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations(`${root}migrations`),
                ADMIN_TOKEN: "test-admin-token",
                CREDENTIALS_KEYS: JSON.stringify({ k1: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" }),
                ALLOW_PRIVATE_DESTINATIONS: "true",
                NEW_ACCOUNTS_ON: "SHARD_1",
                SFTP_CONTAINER_URL: "http://127.0.0.1:9",
                SFTP_CONTAINER_TOKEN: "test-container-token",
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          root,
          include: ["workers/**/*.workerd.test.ts"],
          setupFiles: ["workers/testing/apply-migrations.ts"],
          // One runtime for all files, each of which begins with nothing stored: to load the Worker anew takes longer than most.
          isolate: false,
          testTimeout: BUSY_MACHINE_MS,
          // Before a file everything that is stored goes, and what the file before left under way is waited for.
          hookTimeout: 4 * BUSY_MACHINE_MS,
        },
      },
      {
        test: {
          name: "container",
          root,
          include: ["container/**/*.test.ts"],
          testTimeout: BUSY_MACHINE_MS,
          hookTimeout: BUSY_MACHINE_MS,
        },
      },
      {
        test: {
          name: "e2e",
          root,
          include: ["test/e2e/**/*.test.ts"],
          // Each file starts whole stacks: one at a time, and with the patience that a busy machine needs.
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "browser",
          root,
          include: ["test/browser/**/*.test.ts"],
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
