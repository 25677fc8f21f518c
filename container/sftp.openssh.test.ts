import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sftpSuite } from "./sftp-suite.ts";
import { loginOf, type Service, startService } from "./testing/service.ts";
import { hasOpenSsh, type SshPeer, startEmbedded, startOpenSsh } from "./testing/ssh-peer.ts";

if (hasOpenSsh) {
  sftpSuite("with OpenSSH's sshd", () => startOpenSsh());

  describe("a file whose name is not UTF-8", () => {
    it("is listed, and asking for it says what is wrong", async () => {
      const peer = await startOpenSsh();
      const service = await startService();
      const name = Buffer.concat([
        Buffer.from(`${peer.root}/Gr`),
        Buffer.from([0xfc, 0xdf]),
        Buffer.from("e"),
      ]);
      await writeFile(name, "x");
      const session = await service.session(peer);
      const { body } = await service.call("GET", `/sessions/${session}/files`);
      expect(body).toMatchObject({ files: [{ name: "Gr\uFFFD\uFFFDe" }] });
      const path = encodeURIComponent("Gr\uFFFD\uFFFDe");
      expect(await service.call("GET", `/sessions/${session}/file?path=${path}`)).toMatchObject({
        status: 404,
        body: { kind: "not_found", detail: expect.stringContaining("UTF-8") },
      });
      await service.close();
      await peer.close();
    });
  });

  describe("a server that refuses the plain rename but offers posix-rename", () => {
    it("gets files all the same, and never one over another", async () => {
      const peer = await startOpenSsh("-P rename");
      const service = await startService();
      const session = await service.session(peer);
      const put = (bytes: string) =>
        service.call("PUT", `/sessions/${session}/file?path=f`, Buffer.from(bytes));
      expect(await put("first")).toMatchObject({ status: 201 });
      expect(await put("first")).toMatchObject({ status: 200, body: { already: true } });
      expect(await put("other")).toMatchObject({ status: 409 });
      const move = { from: "f", to: "done/f" };
      expect(await service.call("POST", `/sessions/${session}/move`, move)).toMatchObject({ status: 200 });
      expect(await readdir(join(peer.root, "done"))).toEqual(["f"]);
      await service.close();
      await peer.close();
    });
  });

  describe("a server that permits only reading", () => {
    it("says so", async () => {
      const peer = await startOpenSsh("-R");
      const service = await startService();
      await writeFile(join(peer.root, "f"), "x");
      const session = await service.session(peer);
      const permission = { status: 502, body: { kind: "permission" } };
      expect(await service.call("GET", `/sessions/${session}/file?path=f`)).toMatchObject({ status: 200 });
      expect(await service.call("PUT", `/sessions/${session}/file?path=g`, Buffer.from("x"))).toMatchObject(
        permission,
      );
      expect(await service.call("DELETE", `/sessions/${session}/file?path=f`)).toMatchObject(permission);
      expect(await service.call("POST", `/sessions/${session}/move`, { from: "f", to: "d/f" })).toMatchObject(
        permission,
      );
      await service.close();
      await peer.close();
    });
  });

  describe("a server with host keys of two kinds", () => {
    let peer: SshPeer;
    let service: Service;
    beforeAll(async () => {
      peer = await startOpenSsh();
      service = await startService();
    });
    afterAll(async () => {
      await service.close();
      await peer.close();
    });

    it("is let in by either of them", async () => {
      expect(peer.hostKeys).toHaveLength(2);
      for (const host_key_sha256 of peer.hostKeys) {
        expect(await service.call("POST", "/sessions", loginOf(peer, { host_key_sha256 }))).toMatchObject({
          status: 201,
        });
      }
    });
    it("is refused by none of them, and all are named", async () => {
      const answer = await service.call(
        "POST",
        "/sessions",
        loginOf(peer, { host_key_sha256: "B".repeat(43) }),
      );
      expect(answer).toMatchObject({ status: 502, body: { kind: "host_key_mismatch" } });
      for (const key of peer.hostKeys) expect(answer.body?.detail).toContain(key);
    });
  });
} else {
  describe("OPENSSH'S SSHD IS NOT ON THIS MACHINE (apt-get install openssh-server)", () => {
    it("so the suite ran against the embedded server only, which is not what carriers run", () => {
      expect(hasOpenSsh).toBe(false);
    });
  });
  sftpSuite("instead of OpenSSH's sshd, the embedded server", () => startEmbedded());
}
