import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/cli/lines/in-order.ts';
import { splitLines } from '../../src/cli/lines/split-lines.ts';
import { printable } from '../../src/cli/problem.ts';

async function* from<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

describe('splitLines', () => {
  it('gives the same lines however the bytes are cut into chunks', async () => {
    const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '') }).map(text => Buffer.from(text)));
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 8 }), async (parts, most) => {
        const expected = Buffer.concat(parts).toString('latin1').split('\n');
        if (expected.at(-1) === '') expected.pop();
        const lines = await all(splitLines(from(parts), most));
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
        expect(lines.map(({ bytes }) => bytes?.toString('latin1'))).toEqual(expected.map(line => (line.length > most ? undefined : line)));
      }),
    );
  });
});

describe('inOrder', () => {
  it('gives results in the order of the inputs, with no more than so many at work', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 })), fc.integer({ min: 1, max: 5 }), async (delays, most) => {
        let [atWork, mostAtWork] = [0, 0];
        const work = async (delay: number): Promise<number> => {
          mostAtWork = Math.max(mostAtWork, ++atWork);
          await pause(delay);
          atWork--;
          return delay;
        };
        expect(await all(inOrder(from(delays), most, work))).toEqual(delays);
        expect(mostAtWork).toBeLessThanOrEqual(most);
      }),
      { numRuns: 30 },
    );
  });

  it('gives a result while the next input is still awaited', async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    }
    for await (const result of inOrder(slow(), 4, async value => value)) {
      expect(result).toBe(1);
      break; // leaves although the source never ends
    }
  });

  it('reads no more than it may have at work while nobody takes results', async () => {
    let read = 0;
    async function* counting(): AsyncGenerator<number> {
      for (;;) yield read++;
    }
    const results = inOrder(counting(), 4, async value => value);
    await results.next();
    await pause(20);
    expect(read).toBeLessThanOrEqual(6);
    await results.return(undefined);
  });
});

describe('printable', () => {
  it('leaves no character that acts on a terminal, and JSON its meaning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const json = printable(JSON.stringify(text));
        expect(JSON.parse(json)).toBe(text);
        expect(json).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
