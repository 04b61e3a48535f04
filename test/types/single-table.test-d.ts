import {
  attributeActions,
  type BoundTable,
  type DirectlyUpdatable,
  encrypted,
  type Infer,
  type Input,
  type KeyOf,
  key,
  type Queryable,
  type Stored,
  signed,
  singleTable,
  type Table,
  table,
  type Updatable,
  unsigned,
} from 'fieldseal';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { CheckedEntities } from '../../src/schema/single-table.ts';
import type { TypeError_ } from '../../src/schema/storable.ts';

const users = table('app', {
  pk: key.partition(),
  sk: key.sort(),
  type: signed(z.literal('user')),
  email: encrypted(z.string()).optional(),
  name: signed(z.string().default('anon')),
  seenAt: unsigned(z.number()),
});
const orders = table('app', {
  pk: key.partition(),
  sk: key.sort(),
  type: signed<string>(),
  total: encrypted<number>(),
  name: signed<string>(),
});
const app = singleTable({ discriminator: 'type', entities: { user: users, order: orders } });
type App = typeof app;

describe('the types of a single table', () => {
  test('are unions that the discriminator tells apart', () => {
    expectTypeOf<Infer<App>>().toEqualTypeOf<
      | { pk: string; sk: string; type: 'user'; email?: string; name: string; seenAt: number }
      | { pk: string; sk: string; type: 'order'; total: number; name: string }
    >();
    const read = (item: Infer<App>): number => {
      // @ts-expect-error not in every entity
      void item.total;
      return item.type === 'order' ? item.total : item.seenAt;
    };
    expectTypeOf(read).returns.toBeNumber();
  });

  test('Input takes an item of one entity', () => {
    const write = (_: Input<App>): void => {};
    write({ pk: 'a', sk: 'b', type: 'user', seenAt: 1 });
    write({ pk: 'a', sk: 'b', type: 'order', total: 1, name: 'n' });
    // @ts-expect-error an order has a total
    write({ pk: 'a', sk: 'b', type: 'order', seenAt: 1, name: 'n' });
    // @ts-expect-error an order has no email
    write({ pk: 'a', sk: 'b', type: 'order', total: 1, name: 'n', email: 'e' });
    // @ts-expect-error no such entity
    write({ pk: 'a', sk: 'b', type: 'invoice', total: 1, name: 'n' });
    // @ts-expect-error the discriminator is required
    write({ pk: 'a', sk: 'b', total: 1, name: 'n' });
  });

  test('Stored, and names by what can be done with them', () => {
    expectTypeOf<Extract<Stored<App>, { type: 'order' }>>().toEqualTypeOf<{
      pk: string;
      sk: string;
      type: 'order';
      total: Uint8Array;
      name: string;
      aws_dbe_head: Uint8Array;
      aws_dbe_foot: Uint8Array;
    }>();
    expectTypeOf<Queryable<App>>().toEqualTypeOf<'pk' | 'sk' | 'type' | 'name' | 'seenAt'>();
    expectTypeOf<Updatable<App>>().toEqualTypeOf<'type' | 'email' | 'name' | 'seenAt' | 'total'>();
    expectTypeOf<DirectlyUpdatable<App>>().toEqualTypeOf<'seenAt'>();
    expectTypeOf<KeyOf<App>>().toExtend<{ pk: string; sk: string }>();
    expectTypeOf<{ pk: string; sk: string }>().toExtend<KeyOf<App>>();
  });

  test('it is a table, with its entities', () => {
    expectTypeOf<App>().toExtend<Table>();
    expectTypeOf(app.entities.user).toEqualTypeOf(users);
    const bound = app.at('app-prod', { indexes: { byName: { partition: 'name', sort: 'type', project: ['email', 'total'] } } });
    expectTypeOf(bound).toExtend<BoundTable>();
    expectTypeOf<Infer<typeof bound>>().toEqualTypeOf<Infer<App>>();
    app.at('app-prod', {
      indexes: {
        // @ts-expect-error encrypted in the entity that has it
        byTotal: { partition: 'total', project: 'ALL' },
      },
    });
  });

  test('a key may tell the entity', () => {
    const kinds = {
      user: table('app', { pk: key.partition(), kind: key.sort(z.literal('user')) }),
      order: table('app', { pk: key.partition(), kind: key.sort(z.literal('order')), total: encrypted<number>() }),
    };
    const byKind = singleTable({ discriminator: 'kind', entities: kinds });
    expectTypeOf<Infer<typeof byKind>>().toEqualTypeOf<{ pk: string; kind: 'user' } | { pk: string; kind: 'order'; total: number }>();
    expectTypeOf<KeyOf<typeof byKind>>().toEqualTypeOf<{ pk: string; kind: 'user' } | { pk: string; kind: 'order' }>();
  });

  test('so may a function of the key', () => {
    const byPrefix = singleTable({
      discriminator: { key: ({ pk }) => (pk.startsWith('USER#') ? 'user' : pk.startsWith('ORDER#') ? 'order' : undefined) },
      entities: { user: users, order: orders },
    });
    expectTypeOf<Infer<typeof byPrefix>>().toEqualTypeOf<Infer<typeof users> | Infer<typeof orders>>();
    singleTable({
      // @ts-expect-error no such entity
      discriminator: { key: ({ pk }) => (pk === 'x' ? 'user' : 'invoice') },
      entities: { user: users, order: orders },
    });
    singleTable({
      // @ts-expect-error not an attribute of the key
      discriminator: { key: ({ type }) => type },
      entities: { user: users, order: orders },
    });
  });
});

describe('entities that do not fit together do not compile', () => {
  const keys = { pk: key.partition(), sk: key.sort() };
  const plain = table('app', { ...keys, total: encrypted<number>() });
  const hidden = table('app', { ...keys, type: encrypted<string>() });
  const open = table('app', { ...keys, type: unsigned<string>() });
  const absent = table('app', { ...keys, type: signed<string>().optional() });
  const clash = table('app', { ...keys, type: signed<string>(), email: signed<string>() });
  const actions = attributeActions({ logicalTableName: 'app', partitionKeyName: 'pk', attributeActionsOnEncrypt: { pk: 'SIGN_ONLY' } });

  test('in the place of the entity', () => {
    // @ts-expect-error without the discriminator
    singleTable({ discriminator: 'type', entities: { user: users, order: plain } });
    // @ts-expect-error encrypted
    singleTable({ discriminator: 'type', entities: { user: hidden } });
    // @ts-expect-error unsigned
    singleTable({ discriminator: 'type', entities: { user: open } });
    // @ts-expect-error optional
    singleTable({ discriminator: 'type', entities: { user: absent } });
    // @ts-expect-error the validator takes 'user' only
    singleTable({ discriminator: 'type', entities: { User: users } });
    // @ts-expect-error email is encrypted in one and signed in the other
    singleTable({ discriminator: 'type', entities: { user: users, clash } });
    // @ts-expect-error names are not known
    singleTable({ discriminator: 'type', entities: { actions } });
    // @ts-expect-error no discriminator
    singleTable({ entities: { user: users } });
  });

  test('and say why', () => {
    type Mistake<E extends Record<string, Table>> = CheckedEntities<E, 'type'>[keyof E];
    expectTypeOf<Mistake<{ a: typeof plain }>>().toEqualTypeOf<TypeError_<"the entity 'a' does not declare the discriminator 'type'">>();
    expectTypeOf<Mistake<{ a: typeof hidden }>>().toEqualTypeOf<TypeError_<"the discriminator 'type' must be signed">>();
    expectTypeOf<Mistake<{ a: typeof open }>>().toEqualTypeOf<TypeError_<"the discriminator 'type' must be signed">>();
    expectTypeOf<Mistake<{ a: typeof absent }>>().toEqualTypeOf<TypeError_<"the discriminator 'type' must be present in every item">>();
    expectTypeOf<Mistake<{ a: typeof users }>>().toEqualTypeOf<TypeError_<"'type' cannot be 'a', the name of the entity">>();
    expectTypeOf<Mistake<{ a: typeof actions }>>().toEqualTypeOf<TypeError_<'an entity is declared with table()'>>();
    expectTypeOf<Mistake<{ user: typeof users; clash: typeof clash }>>().toEqualTypeOf<
      TypeError_<"'email' is declared in another way by another entity">
    >();
  });
});
