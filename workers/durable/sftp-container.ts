import { Container } from "@cloudflare/containers";
import type { Env } from "../env.ts";

/** The sFTP arm on Cloudflare: one small Node container, asleep while nobody needs it. Its server is `container/server.ts`. */
export class SftpContainer extends Container<Env> {
  override defaultPort = 8080;
  override sleepAfter = "10m";
  // SSH is no HTTP: without internet access no port but 80 and 443 gets out. The container checks every address it dials.
  override enableInternet = true;
  override envVars = { SFTP_CONTAINER_TOKEN: this.env.SFTP_CONTAINER_TOKEN };
}
