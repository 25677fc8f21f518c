import { z } from "zod";
import type { Gluey } from "./stage.ts";

/** What the bench asks of a connection's lanes, by the operator's calls. */

/** The numbers of lanes that are measured beside each other. */
export const LANES = [1, 4, 8];

const Lanes = z.object({
  lanes: z.array(z.object({ lane: z.number(), appends: z.number(), conflicts: z.number() })),
});

/** Gives a connection so many lanes; resolves once pushes are spread over them. They are never fewer again. */
export async function setLanes(stage: Gluey, connection_id: string, lanes: number): Promise<void> {
  await call(stage, connection_id, { method: "PUT", body: JSON.stringify({ lanes }) });
}

/** What appends there were, and how many lost a compare-and-set, since the Worker started. */
export async function appendsOf(stage: Gluey): Promise<{ appends: number; conflicts: number }> {
  const { lanes } = await call(stage, stage.connection_id, {});
  return {
    appends: lanes.reduce((sum, lane) => sum + lane.appends, 0),
    conflicts: lanes.reduce((sum, lane) => sum + lane.conflicts, 0),
  };
}

async function call(stage: Gluey, connection_id: string, init: RequestInit): Promise<z.infer<typeof Lanes>> {
  const url = `http://127.0.0.1:${stage.door.port}/admin/connections/${connection_id}/lanes`;
  const headers = { authorization: `Bearer ${stage.admin_token}`, "content-type": "application/json" };
  const answer = await fetch(url, { ...init, headers });
  if (!answer.ok) throw new Error(`The lanes were answered ${answer.status}: ${await answer.text()}`);
  return Lanes.parse(await answer.json());
}
