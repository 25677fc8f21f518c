/** Carriers' tokens, kept in memory until shortly before they end and fetched once, however many pollers of this isolate want one. */

/** A token is not used in its last minute: a call under way must not outlive it. */
const SPARE_MS = 60_000;

interface Kept {
  token: string;
  until: number;
}

const kept = new Map<string, Kept>();
const underWay = new Map<string, Promise<Kept | null>>();

/** The connection's token; `fresh` throws the kept one away first. Null when the carrier gives none. */
export async function tokenFor(
  connection_id: string,
  now: number,
  fresh: boolean,
  fetchToken: () => Promise<{ token: string; expires_in_s: number } | null>,
): Promise<string | null> {
  const known = kept.get(connection_id);
  if (!fresh && known !== undefined && known.until > now) return known.token;
  const waiting = underWay.get(connection_id);
  if (waiting !== undefined) return (await waiting)?.token ?? null;
  const fetched = fetchToken()
    .then((token) =>
      token === null ? null : { token: token.token, until: now + token.expires_in_s * 1000 - SPARE_MS },
    )
    .finally(() => underWay.delete(connection_id));
  underWay.set(connection_id, fetched);
  const got = await fetched;
  if (got === null) kept.delete(connection_id);
  else kept.set(connection_id, got);
  return got?.token ?? null;
}
