import { sftpSuite } from "./sftp-suite.ts";
import { startEmbedded } from "./testing/ssh-peer.ts";

sftpSuite("with the embedded server", () => startEmbedded());
