/** What carriers that drop EDI files share. */

/**
 * Which names may be news: carriers use any extension or none, so only what surely is something else is left out
 * (trigger and checksum files, archives, encrypted files).
 */
export const ediFiles = /^(?!\.)(?!.*\.(?:sem|ok|done|trg|ctl|md5|sha256|zip|gz|pgp|gpg|pdf)$).+$/iu;

/** Whether a document begins as an EDIFACT interchange does. */
export function looksLikeEdifact(body: Uint8Array): boolean {
  const head = new TextDecoder("windows-1252").decode(body.subarray(0, 200));
  return /^[\uFEFF\u00EF\u00BB\u00BF\s]*(UNA.{6}|UN[BH].)/su.test(head);
}
