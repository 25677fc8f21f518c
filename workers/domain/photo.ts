import type { OtherFacts } from "./tracking-event.ts";

/** A photo is at most 256 KiB (contract, section 2): base64 makes that 349,528 characters. */
const PHOTO_MAX_BASE64 = Math.ceil((256 * 1024) / 3) * 4;

/** The facts with a photo that is too large left out; the rest of the confirmation stays. */
export function checkedPhoto(other: OtherFacts): OtherFacts {
  const confirmation = other.delivery_confirmation;
  if (confirmation === null || (confirmation.base64_photo?.length ?? 0) <= PHOTO_MAX_BASE64) return other;
  return { ...other, delivery_confirmation: { ...confirmation, base64_photo: null, photo_format: null } };
}
