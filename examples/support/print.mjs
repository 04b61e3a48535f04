// Printing in columns, for a terminal of 100 characters. Bold and colours only where there is a terminal that wants them.
import { env, stdout } from 'node:process';

const WIDTH = 100;
const GAP = '  ';
const HAS_COLOURS = stdout.isTTY === true && env.NO_COLOR === undefined && env.TERM !== 'dumb';

const style = code => text => (HAS_COLOURS ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = style('1');
export const dim = style('2');
export const red = style('31');
export const green = style('32');
export const yellow = style('33');

export function line(text = '') {
  stdout.write(`${text}\n`);
}

export function heading(text) {
  line();
  line(bold(text));
  line(dim('─'.repeat(WIDTH)));
}

/** A paragraph, broken at spaces. `indent` is the width of the margin; a label stands in its first line. `paint` is for the label, or else the text. */
export function paragraph(text, { indent = 0, label = '', paint = plain => plain } = {}) {
  const rows = [''];
  for (const word of text.split(' ')) {
    const longer = rows.at(-1) === '' ? word : `${rows.at(-1)} ${word}`;
    if (longer.length <= WIDTH - indent) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  rows.forEach((row, i) => {
    const margin = (i === 0 ? label : '').padEnd(indent);
    line(label === '' ? margin + paint(row) : paint(margin) + row);
  });
}

/** @param {{ title: string, width: number, right?: boolean }[]} columns @param {(string | { text: string, paint: (text: string) => string })[][]} rows */
export function columns(columns, rows) {
  line(
    dim(
      columns
        .map(column => padded(column.title, column))
        .join(GAP)
        .trimEnd(),
    ),
  );
  for (const row of rows) {
    const cells = row.map((cell, i) => (typeof cell === 'string' ? padded(cell, columns[i]) : cell.paint(padded(cell.text, columns[i]))));
    line(cells.join(GAP).trimEnd());
  }
}

function padded(text, { width, right }) {
  const short = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return right ? short.padStart(width) : short.padEnd(width);
}
