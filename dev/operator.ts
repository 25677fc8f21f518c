import { z } from "zod";

/** The operator's calls that the demo and the tests need: accounts, keys, connections. */
export interface Operator {
  createAccount(account_number: string, name: string): Promise<void>;
  createKey(account_number: string, mode: "live" | "test"): Promise<string>;
  createConnection(connection: NewConnection): Promise<CreatedConnection>;
  /** Any other call below `/admin`; its answer's JSON, null without a body. Throws with the answer's words when it is refused. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

export interface NewConnection {
  carrier_id: string;
  account_numbers: string[];
  ways: { webhook?: object; sftp?: object; poll?: object };
  credentials?: Record<string, string>;
  auto_register?: boolean;
}

const Connection = z.object({ id: z.string(), webhook_url: z.string().nullable() });
export type CreatedConnection = z.infer<typeof Connection>;
const Key = z.object({ key: z.string() });

const TIMEOUT_MS = 60_000;

export function operatorAt({ url, admin_token }: { url: string; admin_token: string }): Operator {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${admin_token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${method} /admin${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    call,
    createAccount: async (account_number, name) => {
      await call("POST", "/accounts", { account_number, name });
    },
    createKey: async (account_number, mode) =>
      Key.parse(await call("POST", `/accounts/${account_number}/keys`, { mode })).key,
    createConnection: async (connection) => Connection.parse(await call("POST", "/connections", connection)),
  };
}
