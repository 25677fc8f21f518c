/** A lane of a connection. */
export interface InboxName {
  connection_id: string;
  lane: number;
}

/** The object's name: `CONNECTION/LANE`. */
export function inboxName({ connection_id, lane }: InboxName): string {
  return `${connection_id}/${lane}`;
}

/** Reads a name back; throws where it is none, since names come only from us. */
export function readInboxName(name: string): InboxName {
  const [, connection_id, lane] = /^(.+)\/(\d+)$/u.exec(name) ?? [];
  if (connection_id === undefined || lane === undefined) throw new Error(`"${name}" is no inbox's name.`);
  return { connection_id, lane: Number(lane) };
}
