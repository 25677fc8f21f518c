import { inFollowedForm } from "../carriers/detection.ts";
import { findCarrier } from "../carriers/registry.ts";
import { withRules } from "../carriers/rules.ts";
import type { Context } from "../context.ts";
import type { Tenant } from "../domain/tenant.ts";
import { numbersOf } from "../flow/harmonize.ts";
import type { StoredDocument } from "../inbox/views.ts";
import { findConnection } from "../storage/connections.ts";
import { addedRules, followersOf } from "../storage/directory.ts";

/** A larger one is not read through for an account: its operator can send it. */
const READ_MAX_BYTES = 1024 * 1024;
const NUMBERS_MAX = 2000;

/**
 * Whether an account may see a raw document as it came. A carrier may put several customers' parcels into one, so only
 * what is about the account's own shipments alone is shown: every number in it, and every number that was asked for, has
 * to be followed by this tenant. A number that nobody follows, or a part that could not be read, is another's until it
 * is known to be the account's: it does no harm in a document of a connection that feeds this account only, to its live key.
 */
export async function maySee(ctx: Context, tenant: Tenant, document: StoredDocument): Promise<boolean> {
  if (document.body.byteLength > READ_MAX_BYTES) return false;
  const [carrier, connection] = [
    findCarrier(document.carrier_id),
    await findConnection(ctx.control, document.connection_id),
  ];
  if (carrier === null || connection === null) return false;
  const { account_number, mode } = tenant;
  if (!connection.account_numbers.includes(account_number)) return false;
  const alone = connection.account_numbers.length === 1 && mode === "live";
  const rules = withRules(carrier.rules, (await addedRules(ctx.control, carrier.id)).rules);
  const read = carrier.harmonize(document, { rules });
  const understood = read.complete && read.remarks.every(({ kind }) => HARMLESS.has(kind));
  if (!understood && !alone) return false;
  const parts = read.shipments.map((shipment) => numbersOf(inFollowedForm(carrier, shipment)));
  const numbers = [...new Set([...parts.flat(), ...document.asked])];
  if (numbers.length > NUMBERS_MAX) return false;
  const followers = await followersOf(ctx.control, document.connection_id, numbers);
  const own = new Set(
    followers.filter((one) => one.tenant_id === tenant.id).map((one) => one.carrier_number),
  );
  const followed = new Set(followers.map((one) => one.carrier_number));
  // A parcel is named by several numbers: one of them that is followed tells whose it is.
  return [...parts, ...document.asked.map((number) => [number])].every((names) => {
    if (names.some((number) => own.has(number))) return true;
    return alone && !names.some((number) => followed.has(number));
  });
}

/** What a reader may remark without having left something unread. */
const HARMLESS: ReadonlySet<string> = new Set(["unknown_code", "tolerated", "time_unknown"]);
