/**
 * Which of the sFTP container's instances speaks with a host. Always the same one, so that what an instance knows of a
 * host (its sessions, and whether it is in quarantine) is all there is to know; another number of instances moves hosts,
 * and their new instance learns it anew.
 */
export function sftpInstance(host: string, instances: number): string {
  const name = host.toLowerCase().replace(/\.$/, "");
  // FNV-1a of the UTF-16 units, with MurmurHash3's last steps: the remainder needs good low bits.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return `sftp-${((hash ^ (hash >>> 16)) >>> 0) % instances}`;
}
