import { type } from 'arktype';
import {
  attributeActions,
  type BoundTable,
  codec,
  type DirectlyUpdatable,
  encrypted,
  type Infer,
  type Input,
  type KeyOf,
  key,
  mask,
  type Queryable,
  type Stored,
  signed,
  type Table,
  table,
  type Updatable,
  unsigned,
} from 'fieldseal';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { KeyValue } from '../../src/schema/key.ts';

const instant = codec(z.coerce.date<string>(), { encode: date => date.toISOString(), decode: text => new Date(text) });
interface Address {
  street: string;
  tags: Set<string>;
  geo?: { lat: number };
}
const users = table(
  'users',
  {
    id: key.partition(z.string()),
    kind: key.sort(z.string()),
    tenantId: signed(z.string(), { context: true }),
    region: signed<string>({ context: true }),
    email: encrypted(z.email()).mask(mask.email()).optional(),
    ssn: encrypted(v.string()).mask(mask.last4()),
    age: encrypted(type('number')).optional(),
    nick: encrypted(z.string().optional()),
    born: encrypted(instant).mask(mask.year()),
    joined: signed(instant),
    note: encrypted<string>(),
    address: encrypted<Address>(),
    tags: encrypted(z.set(z.string())).optional().mask(mask.full()),
    anything: encrypted(z.any()).optional(),
    displayName: signed(z.string().default('anon')),
    seenAt: unsigned(z.number()),
    ':hint': unsigned<string>().optional(),
  },
  { unsignedPrefix: ':' },
);
type Users = typeof users;

describe('the types of a table', () => {
  test('Infer is the plaintext', () => {
    expectTypeOf<Infer<Users>>().toEqualTypeOf<{
      id: string;
      kind: string;
      tenantId: string;
      region: string;
      email?: string;
      ssn: string;
      age?: number;
      nick?: string;
      born: Date;
      joined: Date;
      note: string;
      address: Address;
      tags?: Set<string>;
      // biome-ignore lint/suspicious/noExplicitAny: what z.any() infers
      anything?: any;
      displayName: string;
      seenAt: number;
      ':hint'?: string;
    }>();
  });

  test('Input is what validators take', () => {
    expectTypeOf<Input<Users>['born']>().toEqualTypeOf<string>();
    expectTypeOf<Pick<Input<Users>, 'displayName' | 'nick' | 'email' | 'ssn'>>().toEqualTypeOf<{
      displayName?: string | undefined;
      nick?: string | undefined;
      email?: string | undefined;
      ssn: string;
    }>();
  });

  test('what was read can be written again, where validators do not transform', () => {
    const plain = table('t', { id: key.partition(), note: encrypted(z.string()).optional(), name: signed(z.string().default('x')) });
    expectTypeOf<Infer<typeof plain>>().toExtend<Input<typeof plain>>();
  });

  test('Stored is what the table holds', () => {
    expectTypeOf<Pick<Stored<Users>, 'ssn' | 'email' | 'joined' | 'seenAt' | 'aws_dbe_head' | 'aws_dbe_foot'>>().toEqualTypeOf<{
      ssn: Uint8Array;
      email?: Uint8Array;
      joined: string;
      seenAt: number;
      aws_dbe_head: Uint8Array;
      aws_dbe_foot: Uint8Array;
    }>();
  });

  test('names by what can be done with them', () => {
    expectTypeOf<Queryable<Users>>().toEqualTypeOf<'id' | 'kind' | 'tenantId' | 'region' | 'joined' | 'displayName' | 'seenAt' | ':hint'>();
    expectTypeOf<Updatable<Users>>().toEqualTypeOf<Exclude<keyof Infer<Users>, 'id' | 'kind'>>();
    expectTypeOf<DirectlyUpdatable<Users>>().toEqualTypeOf<'seenAt' | ':hint'>();
    expectTypeOf<KeyOf<Users>>().toEqualTypeOf<{ id: string; kind: string }>();
  });

  test('of a bound table are those of the table', () => {
    const bound = users.at('users-prod');
    expectTypeOf<Infer<typeof bound>>().toEqualTypeOf<Infer<Users>>();
  });

  test('tables of every shape are Table and BoundTable', () => {
    expectTypeOf<Users>().toExtend<Table>();
    expectTypeOf(users.at('users-prod')).toExtend<BoundTable>();
  });

  test('keys default to text', () => {
    const plain = table('t', { id: key.partition(), at: key.sort<number>() });
    expectTypeOf<KeyOf<typeof plain>>().toEqualTypeOf<{ id: string; at: number }>();
  });

  test('a codec without a validator', () => {
    const plain = table('t', {
      id: key.partition(),
      n: signed(codec({ encode: (value: URL) => value.href, decode: text => new URL(text) })),
    });
    expectTypeOf<Infer<typeof plain>['n']>().toEqualTypeOf<URL>();
    expectTypeOf<Stored<typeof plain>['n']>().toEqualTypeOf<string>();
  });
});

describe('attributeActions', () => {
  const actions = attributeActions({ logicalTableName: 't', partitionKeyName: 'id', attributeActionsOnEncrypt: { id: 'SIGN_ONLY' } });

  test('knows no names and no types of attributes', () => {
    expectTypeOf(actions).toEqualTypeOf<Table>();
    expectTypeOf<Infer<typeof actions>>().toEqualTypeOf<{ [name: string]: unknown }>();
    expectTypeOf<Input<typeof actions>>().toEqualTypeOf<{ [name: string]: unknown }>();
    expectTypeOf<Queryable<typeof actions>>().toEqualTypeOf<string>();
    expectTypeOf<Updatable<typeof actions>>().toEqualTypeOf<string>();
    expectTypeOf<KeyOf<typeof actions>>().toEqualTypeOf<Record<string, KeyValue>>();
  });

  test('takes DB-ESDK action names only', () => {
    // @ts-expect-error no such action
    attributeActions({ logicalTableName: 't', partitionKeyName: 'id', attributeActionsOnEncrypt: { id: 'SIGN' } });
  });
});
