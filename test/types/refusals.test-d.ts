import type { NumberValue } from '@aws-sdk/lib-dynamodb';
import { type } from 'arktype';
import { codec, encrypted, key, mask, signed, table, unsigned } from 'fieldseal';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { Encrypted } from '../../src/schema/attribute.ts';
import type { StorableType } from '../../src/schema/source.ts';
import type { TypeError_ } from '../../src/schema/storable.ts';

describe('what DynamoDB cannot hold needs a codec', () => {
  test('validators', () => {
    // @ts-expect-error a Date
    encrypted(z.date());
    // @ts-expect-error a Date inside
    encrypted(z.object({ at: z.date() }));
    // @ts-expect-error a Date in a list
    signed(z.array(z.date()));
    // @ts-expect-error a Map
    unsigned(z.map(z.string(), z.string()));
    // @ts-expect-error a Date, of valibot
    encrypted(v.date());
    // @ts-expect-error a Date, of arktype
    encrypted(type('Date'));
    // @ts-expect-error a set of objects
    encrypted(z.set(z.object({})));
  });

  test('type arguments', () => {
    // @ts-expect-error a Map
    encrypted<{ m: Map<string, string> }>();
    // @ts-expect-error a Date
    signed<Date>();
    // @ts-expect-error a Date, with options
    signed<Date>({ context: true });
    // @ts-expect-error a class instance
    encrypted<URL>();
    // @ts-expect-error a function
    unsigned<() => void>();
    // @ts-expect-error a promise
    encrypted<Promise<string>>();
    // @ts-expect-error undefined is said with .optional()
    encrypted<string | undefined>();
  });

  test('a codec must not encode to it either', () => {
    // @ts-expect-error encodes to a Date
    codec(z.date(), { encode: date => date, decode: date => date });
    // @ts-expect-error encodes to a promise
    codec({ encode: async (text: string) => text, decode: () => '' });
  });

  test('the compiler says so in a sentence', () => {
    expectTypeOf<StorableType<Map<string, string>>>().toEqualTypeOf<TypeError_<'not a DynamoDB value: use a codec'>>();
    expectTypeOf<StorableType<URL>>().toEqualTypeOf<TypeError_<'not a DynamoDB value: use a codec'>>();
    expectTypeOf<StorableType<string | undefined>>().toEqualTypeOf<TypeError_<'leave undefined out of the type and add .optional()'>>();
    expectTypeOf<StorableType<string>>().toBeUnknown();
    expectTypeOf(encrypted()).toEqualTypeOf<Encrypted<unknown, unknown>>();
  });

  test('all else passes', () => {
    encrypted(z.object({ a: z.array(z.union([z.string(), z.null(), z.bigint()])), b: z.set(z.number()).optional() }));
    encrypted<Uint8Array | Set<Uint8Array> | { deep: { list: readonly string[] } }>();
    encrypted<NumberValue>();
    encrypted(z.any());
    encrypted(z.unknown());
    encrypted();
  });
});

describe('masks', () => {
  test('take the type of the attribute', () => {
    // @ts-expect-error last4 is for text
    encrypted(z.number()).mask(mask.last4());
    // @ts-expect-error last4 is for text, the codec gives out a Date
    encrypted(codec(z.date(), { encode: Number, decode: (at: number) => new Date(at) })).mask(mask.last4());
    encrypted(z.number()).mask(mask.full());
    encrypted(z.string().optional()).mask(mask.last4());
    encrypted<number>().mask({ name: 'sign', show: value => Math.sign(value) });
  });

  test('are objects, called for', () => {
    // @ts-expect-error mask.last4 is the maker of the mask
    encrypted(z.string()).mask(mask.last4);
    // @ts-expect-error a function is not a mask
    encrypted(z.string()).mask((text: string) => text);
  });

  test('are for encrypted attributes', () => {
    // @ts-expect-error stored in clear
    signed(z.string()).mask(mask.full());
    // @ts-expect-error stored in clear
    unsigned(z.string()).mask(mask.full());
  });
});

describe('keys', () => {
  test('are text, numbers or bytes', () => {
    // @ts-expect-error a boolean
    key.partition(z.boolean());
    // @ts-expect-error an object
    key.sort<{ a: string }>();
    // @ts-expect-error may be absent
    key.partition(z.string().optional());
    // @ts-expect-error codecs are for other attributes
    key.partition(codec({ encode: String, decode: Number }));
    // @ts-expect-error anything
    key.partition(z.unknown());
    key.partition(z.bigint());
    key.partition(z.string().brand<'Id'>());
    key.partition(z.any());
    key.sort<Uint8Array>();
  });

  test('are never optional', () => {
    // @ts-expect-error there is no such modifier
    key.partition().optional();
  });

  test('are one of each at most', () => {
    // @ts-expect-error two partition keys
    table('t', { a: key.partition(z.string()), b: key.partition(z.string()) });
    // @ts-expect-error two sort keys
    table('t', { id: key.partition(), a: key.sort(), b: key.sort() });
  });

  test('include a partition key', () => {
    // @ts-expect-error no key
    table('t', { a: signed(z.string()) });
    // @ts-expect-error a sort key alone
    table('t', { a: key.sort() });
    // @ts-expect-error nothing at all
    table('t', {});
    table('t', Object.fromEntries([['id', key.partition()]])); // names that nobody knows are checked when the program runs
  });
});

describe('context attributes', () => {
  test('are present in every item', () => {
    expectTypeOf(signed(z.string(), { context: true }).optional()).toEqualTypeOf<
      TypeError_<'a context attribute must be present in every item'>
    >();
    // @ts-expect-error may be absent
    signed(z.string().optional(), { context: true });
    // @ts-expect-error may be absent, inside a table too
    table('t', { id: key.partition(), a: signed(z.string().optional(), { context: true }) });
    // @ts-expect-error cannot be declared
    table('t', { id: key.partition(), a: signed(z.string(), { context: true }).optional() });
    signed(z.string().optional(), { context: false }).optional();
  });

  test('are signed attributes', () => {
    // @ts-expect-error encrypted ones take no options
    encrypted(z.string(), { context: true });
    // @ts-expect-error misspelt
    signed(z.string(), { contxt: true });
  });
});

describe('names', () => {
  test('of the format are reserved', () => {
    // @ts-expect-error aws_dbe_
    table('t', { id: key.partition(), aws_dbe_x: signed(z.string()) });
    // @ts-expect-error aws-crypto-
    table('t', { id: key.partition(), 'aws-crypto-x': signed(z.string()) });
  });

  test('have annotations', () => {
    // @ts-expect-error a bare validator
    table('t', { id: key.partition(), a: z.string() });
  });
});
