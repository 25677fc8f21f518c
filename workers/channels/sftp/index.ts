import type { Channel } from "../channel.ts";
import { deliverFile } from "./deliver.ts";

/** A file into a directory of the customer's sFTP server (public contract, step 4b). */
export const sftpChannel: Channel = {
  way: "sftp",
  deliver(ports, subscription, consignment) {
    if (subscription.way !== "sftp") throw new Error("Only an sFTP subscription is delivered by sFTP.");
    return deliverFile(ports, subscription, consignment);
  },
};
