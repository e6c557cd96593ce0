// Columns for a terminal. Plain text: it is read, grepped and pasted into tickets.

export interface Column<Row> {
  readonly title: string;
  /** Numbers stand right. */
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

/** Control characters would let a name of the file write on the terminal. */
// oxlint-disable-next-line no-control-regex -- these are just what must not get through
const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');

/** Lines end in a line feed and carry no trailing spaces. */
export const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string => {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => printable(cell(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const width = widths[index] ?? 0;
          return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
};
