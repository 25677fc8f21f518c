import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: ["./workers/storage/control-schema.ts", "./workers/storage/shard-schema.ts"],
  out: "./migrations",
});
