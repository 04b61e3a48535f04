/** The cells of one line. */
export type Row = readonly string[];

/** As many rows decide how wide columns are; a longer cell of a later row moves the rest of its line. */
const MEASURED_ROWS = 200;
const GAP = 2;

/** Rows as lines whose cells are below each other. */
export function columns(rows: readonly Row[]): string[] {
  const widths = widthsOf(rows);
  return rows.map(row => aligned(row, widths));
}

/** The same for more rows than should be in memory. */
export async function* columnsOfMany(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  const first: Row[] = [];
  let widths: readonly number[] | undefined;
  for await (const row of rows) {
    if (widths !== undefined) yield aligned(row, widths);
    else if (first.push(row) === MEASURED_ROWS) {
      yield* columns(first);
      widths = widthsOf(first);
    }
  }
  if (widths === undefined) yield* columns(first);
}

function widthsOf(rows: readonly Row[]): readonly number[] {
  const most = Math.max(0, ...rows.map(row => row.length));
  return Array.from({ length: most }, (_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
}

function aligned(row: Row, widths: readonly number[]): string {
  return row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + GAP))).join('');
}
