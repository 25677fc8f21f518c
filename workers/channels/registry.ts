import type { Channel, OpenedSubscription } from "./channel.ts";
import { sftpChannel } from "./sftp/index.ts";
import { webhookChannel } from "./webhook/index.ts";

const channels: readonly Channel[] = [
  webhookChannel,
  sftpChannel, // a line each
];

/** The channel of a subscription's way; an unknown way is an error, never a default. */
export function channelOf(way: OpenedSubscription["way"]): Channel {
  const channel = channels.find((one) => one.way === way);
  if (channel === undefined) throw new Error(`There is no channel "${way}".`);
  return channel;
}
