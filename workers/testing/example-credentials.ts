import { z } from "zod";

/** Credentials that any carrier's schema takes, made from the schema itself, so that a new carrier needs no list of them. */

/** Values of letters, digits and hyphens, long enough for a secret; each names its field. */
export function exampleCredentials(schema: z.ZodType<Record<string, string>>): Record<string, string> {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const drawn = Object.keys(properties).map((name) => [
    name,
    `${name.replace(/_/gu, "-")}-0`.padEnd(40, "x"),
  ]);
  return schema.parse(Object.fromEntries(drawn));
}

/** Answers of token services as the carriers' own look, with this token in them. */
export function tokenAnswers(token: string): string[] {
  const json = {
    access_token: token,
    expires_in: 3600,
    token_type: "Bearer",
    id_token: `id-${token}`,
    role_tokens: [{ type: "anonymous", token }],
  };
  return [
    JSON.stringify(json),
    `<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><return><authToken>${token}</authToken></return></S:Body></S:Envelope>`,
  ];
}
