import { createApi } from "./api/app.ts";
import { createContext } from "./context.ts";
import type { Env } from "./env.ts";
import { consume } from "./flow/consume.ts";
import { tick } from "./flow/tick.ts";

// The Container class asks for it whenever its object starts anew beside a container that runs.
export { ContainerProxy } from "@cloudflare/containers";
export { CarrierInbox } from "./durable/carrier-inbox.ts";
export { ConnectionPace } from "./durable/connection-pace.ts";
export { CustomerDelivery } from "./durable/customer-delivery.ts";
export { SandboxCarrier } from "./durable/sandbox-carrier.ts";
export { SftpContainer } from "./durable/sftp-container.ts";

const api = createApi(createContext);

export default {
  fetch: (request, env, ctx) => api.fetch(request, env, ctx),
  queue: (batch, env) => consume(createContext(env), batch),
  scheduled: (_event, env) => tick(createContext(env)),
} satisfies ExportedHandler<Env>;
