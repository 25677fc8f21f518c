import type { Child } from "hono/jsx";

/** A table: its first column names the row, and on a phone each row stands as a card of its own. */

export interface Column<Row> {
  title: string;
  cell(row: Row): Child;
  num?: boolean;
}

export interface RowsOf<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Said where there are none. */
  empty: string;
  /** The address of the next page. */
  next?: string | null;
}

export function Rows<Row>({ caption, columns, rows, empty, next = null }: RowsOf<Row>) {
  return (
    <div class="card flat">
      {/* What scrolls has to be reachable by keyboard. */}
      <section class="wide" tabindex={0} aria-label={caption}>
        <table class="stack">
          <caption>{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ title, num }) => (
                <th scope="col" class={num ? "num" : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>{columns.map((column, at) => cellOf(column, row, at === 0))}</tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length === 0 ? <p class="empty">{empty}</p> : null}
      {next === null ? null : (
        <p class="pager">
          <a class="button slight" href={next}>
            Next page
          </a>
        </p>
      )}
    </div>
  );
}

function cellOf<Row>({ title, cell, num }: Column<Row>, row: Row, first: boolean) {
  const type = num ? "num" : undefined;
  return first ? (
    <th scope="row" class={type} data-label={title}>
      <span>{cell(row)}</span>
    </th>
  ) : (
    <td class={type} data-label={title}>
      <span>{cell(row)}</span>
    </td>
  );
}
