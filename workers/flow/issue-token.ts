import { answerTokenRequest } from "../carriers/push-tokens.ts";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { readBounded } from "../outside/bounded.ts";
import { openConnection } from "../storage/open-connection.ts";
import { log } from "./log.ts";

/** Before step 1a, for carriers that want it so: a token for their pushes. Nothing is kept of it. */

const FORM_MAX_BYTES = 4000;

const problem = (status: number, error: string, error_description: string) =>
  Response.json({ error, error_description }, { status, headers: { "cache-control": "no-store" } });

/** Answers as RFC 6749, section 5, has it: 200 with a bearer token, 400 or 401 with what was wrong, 404 where the connection takes no tokens. */
export async function issueToken(
  ctx: Context,
  carrier_id: string,
  connection_id: string,
  request: Request,
): Promise<Response> {
  const way = findCarrier(carrier_id)?.webhook;
  const connection = way?.tokens ? await openConnection(ctx.control, ctx.vault, connection_id) : null;
  if (!way?.tokens || connection?.carrier_id !== carrier_id || connection.ways.webhook === undefined)
    return problem(404, "invalid_request", "There is no connection of this carrier here that takes tokens.");
  const body = await readBounded(request.body, FORM_MAX_BYTES);
  if (body === null)
    return problem(413, "invalid_request", `The form may hold at most ${FORM_MAX_BYTES} bytes.`);
  const {
    status,
    headers,
    body: told,
  } = answerTokenRequest(
    {
      connection_id,
      authorization: request.headers.get("authorization"),
      form: new TextDecoder().decode(body),
      now: ctx.now(),
    },
    way.tokens.secret(connection.credentials),
  );
  log(status === 200 ? "token.issued" : "token.refused", { carrier_id, connection_id, status });
  return new Response(told, { status, headers });
}
