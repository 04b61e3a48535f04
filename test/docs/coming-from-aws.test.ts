import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/coming-from-aws.md', root), 'utf8');

/** The tests that the page names: a file, and the name of a test in it as its source has it. */
const named = [...page.matchAll(/^- `(test\/[^`]+)`: `([^`]+)`$/gm)].map(([, file = '', name = '']) => ({ file, name }));
/** Its sections that claim something, each from its heading to the next. */
const claims = page
  .split(/^(?=### )/m)
  .slice(1)
  .map(section => section.split(/^## /m)[0] ?? '');

describe('docs/coming-from-aws.md', () => {
  it.each(named)('$file has the test "$name"', ({ file, name }) => {
    expect(existsSync(new URL(file, root)), `${file} is there`).toBe(true);
    const source = readFileSync(new URL(file, root), 'utf8');
    expect(
      ["'", '"', '`'].some(quote => source.includes(`${quote}${name}${quote}`)),
      `${file} has a test of that name`,
    ).toBe(true);
  });

  it.each(claims.map(section => ({ title: section.split('\n')[0], section })))('$title names a test', ({ section }) => {
    expect(section).toMatch(/^- `test\/[^`]+`: `/m);
  });

  it('lists nothing that this test does not read', () => {
    expect(page.match(/^- /gm)?.length).toBe(named.length);
    expect(named.length).toBeGreaterThan(30);
  });
});
