import { inspect } from 'node:util';
import { type } from 'arktype';
import { codec, encrypted, key, table } from 'fieldseal';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeAfterRead, validateForWrite } from '../../src/schema/validate.ts';

const MARKER = 'hunter2MARKER';

/** Everything of an error that could reach a log. */
function everythingOf(error: unknown): string {
  const { message, stack, cause } = error as Error;
  return [
    message,
    stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 9, showHidden: true }),
    inspect(cause, { depth: 9, showHidden: true }),
  ].join('\n');
}

async function failureOf(validator: object, value: unknown): Promise<Error> {
  const schema = table('t', { id: key.partition(), secret: encrypted(validator as never) }); // one place for the three libraries' types
  try {
    await validateForWrite(schema, { id: 'a', secret: value });
  } catch (error) {
    return error as Error;
  }
  throw new Error('the value was accepted');
}

const throwing = (error: () => unknown) => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: () => {
      throw error();
    },
  },
});

describe('no validator leaks a value', () => {
  test.each<[string, object, unknown]>([
    ['zod: a value', z.enum(['a']), MARKER],
    ['zod: a message of its owner', z.string().refine(() => false, { error: issue => `bad ${issue.input}` }), MARKER],
    ['zod: a record key', z.record(z.string(), z.number()), { [MARKER]: 'x' }],
    ['zod: an unrecognized key', z.strictObject({ a: z.string() }), { a: 'x', [MARKER]: 1 }],
    ['zod: a Map key', z.map(z.string(), z.number()), new Map([[MARKER, 'x']])],
    [
      'zod: a key of transformed data',
      z
        .string()
        .transform(text => JSON.parse(text))
        .pipe(z.record(z.string(), z.number())),
      `{"${MARKER}":"x"}`,
    ],
    ['zod: an asynchronous refusal', z.string().refine(async () => false, { error: issue => `bad ${issue.input}` }), MARKER],
    [
      'zod: an error thrown in a transform',
      z.string().transform(text => {
        throw new Error(text);
      }),
      MARKER,
    ],
    ['valibot: a value', v.picklist(['a']), MARKER],
    ['valibot: a record key', v.record(v.string(), v.number()), { [MARKER]: 'x' }],
    ['valibot: an unrecognized key', v.strictObject({ a: v.string() }), { a: 'x', [MARKER]: 1 }],
    [
      'valibot: an asynchronous refusal',
      v.pipeAsync(
        v.string(),
        v.checkAsync(
          async () => false,
          issue => `bad ${issue.input}`,
        ),
      ),
      MARKER,
    ],
    [
      'valibot: an error thrown in a check',
      v.pipe(
        v.string(),
        v.check(text => {
          throw new Error(text);
        }),
      ),
      MARKER,
    ],
    ['arktype: a value', type("'a'"), MARKER],
    ['arktype: a record key', type({ '[string]': 'number' }), { [MARKER]: 'x' }],
    ['arktype: an unrecognized key', type({ a: 'string', '+': 'reject' }), { a: 'x', [MARKER]: 1 }],
    [
      'arktype: an error thrown in a narrow',
      type('string').narrow(text => {
        throw new Error(text);
      }),
      MARKER,
    ],
    ['a thrown string', throwing(() => MARKER), 'x'],
    [
      'a thrown error named after the value',
      throwing(() => Object.assign(new Error('x'), { name: `${MARKER} was wrong`, code: `bad ${MARKER}` })),
      'x',
    ],
    ['a chain of causes', throwing(() => new Error(MARKER, { cause: new AggregateError([new Error(MARKER)], MARKER) })), 'x'],
  ])('%s', async (_, validator, value) => {
    const error = await failureOf(validator, value);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.stringContaining('"secret"') });
    expect(everythingOf(error)).not.toContain(MARKER);
  });

  test('the libraries themselves do leak, so the tests above can fail', () => {
    const issuesOf = (validator: { '~standard': { validate(value: unknown): unknown } }, value: unknown) =>
      inspect(validator['~standard'].validate(value), { depth: 9 });
    expect(issuesOf(v.picklist(['a']), MARKER)).toContain(MARKER);
    expect(issuesOf(type("'a'"), MARKER)).toContain(MARKER);
    expect(issuesOf(z.record(z.string(), z.number()), { [MARKER]: 'x' })).toContain(MARKER);
  });
});

describe('no codec leaks a value', () => {
  const leaky = codec<string, string>({
    encode: text => {
      throw new Error(text);
    },
    decode: text => {
      throw new Error(text);
    },
  });

  test('on write', async () => {
    expect(everythingOf(await failureOf(leaky, MARKER))).not.toContain(MARKER);
  });

  test('on read', () => {
    const schema = table('t', { id: key.partition(), secret: encrypted(leaky) });
    let caught: unknown;
    try {
      decodeAfterRead(schema, { secret: MARKER });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'ATTRIBUTE_INVALID' });
    expect(everythingOf(caught)).not.toContain(MARKER);
  });
});

describe('paths tell what the schema declares', () => {
  const value = { street: 1, tags: ['a', 2], rooms: { [MARKER]: 'x' } };

  test('with zod', async () => {
    const validator = z.object({
      street: z.string(),
      tags: z.array(z.string()),
      rooms: z.record(z.string(), z.number()),
      at: z.date().optional(),
    });
    expect((await failureOf(validator, value)).message).toContain('"secret" is not valid at .street, .tags[1], .rooms.* (');
  });

  test('with arktype', async () => {
    const { message } = await failureOf(type({ street: 'string', tags: 'string[]', rooms: { '[string]': 'number' } }), value);
    for (const path of ['.street', '.tags[1]', '.rooms.*']) expect(message).toContain(path);
  });

  test('with valibot, which does not tell names, positions only', async () => {
    const validator = v.object({ street: v.string(), tags: v.array(v.string()), rooms: v.record(v.string(), v.number()) });
    expect((await failureOf(validator, value)).message).toContain('"secret" is not valid at .*, .*[1], .*.* (');
  });

  test('numbers are shown as positions of a list only', async () => {
    const { message } = await failureOf(z.map(z.number(), z.string()), new Map([[4111, 1]]));
    expect(message).not.toContain('4111');
  });

  test('five of them at most', async () => {
    const { message } = await failureOf(z.array(z.string()), Array(20).fill(1));
    expect(message).toContain('at [0], [1], [2], [3], [4] (');
  });
});
