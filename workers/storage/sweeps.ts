/** How far each sweep has come. A row a sweep. */

/** The mark of a sweep; empty before its first. */
export async function watermarkOf(control: D1Database, name: string): Promise<string> {
  const row = await control
    .prepare("SELECT watermark FROM sweeps WHERE name = ?1")
    .bind(name)
    .first<{ watermark: string }>();
  return row?.watermark ?? "";
}

/** Moves a mark on, unless somebody moved it from where it was seen. */
export async function passWatermark(
  control: D1Database,
  name: string,
  from: string,
  to: string,
): Promise<void> {
  if (to === from) return;
  await control
    .prepare(
      "INSERT INTO sweeps (name, watermark) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark WHERE watermark = ?3",
    )
    .bind(name, to, from)
    .run();
}
