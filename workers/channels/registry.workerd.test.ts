import { expect, it } from "vitest";
import { channelOf } from "./registry.ts";
import { sftpChannel } from "./sftp/index.ts";
import { webhookChannel } from "./webhook/index.ts";

it("every channel is registered under its way, and an unknown way is an error", () => {
  expect(channelOf("webhook")).toBe(webhookChannel);
  expect(channelOf("sftp")).toBe(sftpChannel);
  // What a stored row may say, whatever the types allow.
  expect(() => Reflect.apply(channelOf, undefined, ["pigeon"])).toThrow(/pigeon/);
});
