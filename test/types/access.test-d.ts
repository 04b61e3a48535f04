import {
  type ActorOf,
  type AnyPolicy,
  type AnyView,
  attributeActions,
  codec,
  definePolicy,
  encrypted,
  type Infer,
  type Input,
  key,
  type Masked,
  mask,
  type Policy,
  type Pseudonym,
  type PurposeOf,
  pick,
  present,
  pseudonymizer,
  type RoleOf,
  role,
  type Sensitive,
  sensitive,
  signed,
  singleTable,
  table,
  unsigned,
  type Verified,
  type View,
} from 'fieldseal';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { CheckedActor, CheckedRoles } from '../../src/access/policy/roles.ts';
import type { TypeError_ } from '../../src/schema/storable.ts';

const users = table('users', {
  id: key.partition(z.string()),
  kind: key.sort(z.string()),
  tenantId: signed(z.string(), { context: true }),
  manager: signed(z.string()).optional(),
  email: encrypted(z.email()).mask(mask.email()).optional(),
  ssn: encrypted(z.string()).mask(mask.last4()),
  age: encrypted(z.number()).optional(),
  born: encrypted(codec(z.date(), { encode: date => date.toISOString(), decode: text => new Date(text) })),
  tags: encrypted(z.set(z.string())).optional(),
  displayName: signed(z.string().default('anon')),
  seenAt: unsigned(z.number()),
});
type Users = typeof users;
type Fields = Users['fields'];

interface Actor {
  readonly sub: string;
  readonly team: string;
}

const policy = definePolicy(
  users,
  {
    owner: { read: { email: 'reveal', ssn: 'mask', age: 'reveal', born: 'pseudonym' }, write: ['email', 'displayName'] },
    support: { read: { email: 'mask', ssn: { as: 'reveal', when: (actor: Actor, item) => actor.team === item.tenantId } } },
  },
  {
    preCheck: (actor: Actor, { id, kind }) => actor.sub === id || kind === 'open',
    classify: (actor, item) => (actor.sub === item.id ? 'owner' : actor.team === 'support' ? 'support' : null),
    pseudonyms: pseudonymizer({ key: new Uint8Array(32).fill(1), keyVersion: '1' }),
    purposes: ['care', 'billing'],
  },
);
type Mine = typeof policy;

describe('a policy', () => {
  test('knows its roles, its actor and its purposes', () => {
    expectTypeOf<RoleOf<Mine>>().toEqualTypeOf<'owner' | 'support'>();
    expectTypeOf<ActorOf<Mine>>().toEqualTypeOf<Actor>();
    expectTypeOf<PurposeOf<Mine>>().toEqualTypeOf<'care' | 'billing'>();
    expectTypeOf<Mine>().toExtend<AnyPolicy>();
    expectTypeOf<Mine['table']>().toEqualTypeOf<Users>();
  });

  test('reads what is signed and in clear, and it is there', () => {
    expectTypeOf<Verified<Users>>().toEqualTypeOf<{
      readonly id: string;
      readonly kind: string;
      readonly tenantId: string;
      readonly manager: string;
      readonly displayName: string;
    }>();
    definePolicy(
      users,
      { a: { read: {} } },
      {
        classify: (_: Actor, item) => {
          // @ts-expect-error encrypted
          void item.email;
          // @ts-expect-error unsigned
          void item.seenAt;
          return item.manager === '' ? 'a' : null;
        },
      },
    );
  });

  test('names attributes, roles and treatments that there are', () => {
    const classify = (_: Actor) => null;
    // @ts-expect-error a name with a slip
    definePolicy(users, { a: { read: { emial: 'reveal' } } }, { classify });
    // @ts-expect-error in clear
    definePolicy(users, { a: { read: { displayName: 'reveal' } } }, { classify });
    // @ts-expect-error a treatment with a slip
    definePolicy(users, { a: { read: { ssn: 'revael' } } }, { classify });
    // @ts-expect-error the same, with a condition
    definePolicy(users, { a: { read: { ssn: { as: 'revael', when: (_: Actor) => true } } } }, { classify });
    // @ts-expect-error a condition is synchronous
    definePolicy(users, { a: { read: { ssn: { as: 'reveal', when: async (_: Actor) => true } } } }, { classify });
    // @ts-expect-error no such part
    definePolicy(users, { a: { read: {}, reads: {} } }, { classify });
    // @ts-expect-error no such role
    definePolicy(users, { a: { read: {} } }, { classify: (_: Actor) => 'b' });
    // @ts-expect-error asynchronous
    definePolicy(users, { a: { read: {} } }, { classify: async (_: Actor) => 'a' as const });
    // @ts-expect-error a key is not written
    definePolicy(users, { a: { read: {}, write: ['id'] } }, { classify });
    // @ts-expect-error no such attribute
    definePolicy(users, { a: { read: {}, write: ['nmae'] } }, { classify });
    // @ts-expect-error there is no role without classify
    definePolicy(users, { a: { read: {} } }, {});
  });

  test('says what is wrong in a sentence', () => {
    type Slip = CheckedRoles<Fields, { a: { read: { emial: 'reveal' } } }>;
    expectTypeOf<Slip['a']['read']['emial']>().toEqualTypeOf<TypeError_<"'emial' is not an encrypted attribute">>();
    type Structured = CheckedRoles<Fields, { a: { read: { tags: 'pseudonym' } } }>;
    expectTypeOf<Structured['a']['read']['tags']>().toEqualTypeOf<
      TypeError_<'a pseudonym is made of a text, number, boolean, bytes or Date'>
    >();
    type Extra = CheckedRoles<Fields, { a: { reads: object } }>;
    expectTypeOf<Extra['a']['reads']>().toEqualTypeOf<TypeError_<"a role has read and write, and no 'reads'">>();
    type Other = { a: { read: { ssn: { as: 'mask'; when: (actor: { other: 1 }) => boolean } } } };
    expectTypeOf<CheckedActor<AnyPolicy, Other, Actor>>().toEqualTypeOf<
      TypeError_<'a condition of a role takes another actor than classify'>
    >();
    expectTypeOf<CheckedActor<AnyPolicy, Other, { other: 1; more: 2 }>>().toEqualTypeOf<AnyPolicy>();
  });

  test('refuses pseudonyms of structured values, and conditions about other actors', () => {
    const classify = (_: Actor) => null;
    // @ts-expect-error a set
    definePolicy(users, { a: { read: { tags: 'pseudonym' } } }, { classify });
    const roles = { a: { read: { ssn: { as: 'mask', when: (actor: { other: number }) => actor.other === 1 } } } } as const;
    // @ts-expect-error not the actor of classify
    expectTypeOf<AnyPolicy>(definePolicy(users, roles, { classify }));
    expectTypeOf<AnyPolicy>(definePolicy(users, roles, { classify: (_: { other: number }) => null }));
  });
});

describe('a view', () => {
  test('has what its role sees', () => {
    expectTypeOf<View<Mine, 'owner'>>().toEqualTypeOf<{
      readonly id: string;
      readonly kind: string;
      readonly tenantId: string;
      readonly manager?: string;
      readonly displayName: string;
      readonly seenAt: number;
      readonly email?: string;
      readonly ssn: Masked<string>;
      readonly age?: number;
      readonly born: Pseudonym;
      readonly [role]: 'owner';
    }>();
    expectTypeOf<keyof View<Mine, 'support'>>().toEqualTypeOf<
      'id' | 'kind' | 'tenantId' | 'manager' | 'displayName' | 'seenAt' | 'email' | 'ssn' | typeof role
    >();
  });

  test('may lack what is seen under a condition', () => {
    expectTypeOf<Pick<View<Mine, 'support'>, 'ssn' | 'email'>>().toEqualTypeOf<{
      readonly ssn?: string;
      readonly email?: Masked<string>;
    }>();
  });

  test('is told apart by its role', () => {
    const read = (view: AnyView<Mine>): void => {
      expectTypeOf(view[role]).toEqualTypeOf<'owner' | 'support'>();
      expectTypeOf(view.email).toEqualTypeOf<string | Masked<string> | undefined>();
      // @ts-expect-error the owner's alone
      void view.age;
      if (view[role] === 'owner') {
        expectTypeOf(view.ssn).toEqualTypeOf<Masked<string>>();
        expectTypeOf(view.age).toEqualTypeOf<number | undefined>();
      } else {
        expectTypeOf(view.ssn).toEqualTypeOf<string | undefined>();
      }
      // @ts-expect-error frozen
      view.id = 'x';
    };
    expectTypeOf(read).toBeFunction();
    // @ts-expect-error no such role
    expectTypeOf<View<Mine, 'admin'>>().toBeObject();
  });

  test('cannot be written back where it is masked', () => {
    const write = (_: Input<Users>): void => {};
    const rewrite = (user: Input<Users>, owner: View<Mine, 'owner'>, born: Date): void => {
      // @ts-expect-error ssn is masked, born a pseudonym
      write({ ...user, ...owner });
      // @ts-expect-error the set of masked text is no text
      write({ ...user, ssn: owner.ssn });
      write({ ...user, ...owner, ssn: '078-05-1120', born });
    };
    expectTypeOf(rewrite).toBeFunction();
  });

  test('as a plain object has texts for holders, and no role', () => {
    const shown = (view: View<Mine, 'owner'>) => present(view);
    expectTypeOf<Pick<ReturnType<typeof shown>, 'ssn' | 'born' | 'email'>>().toEqualTypeOf<{
      readonly ssn: string;
      readonly born: string;
      readonly email?: string;
    }>();
    expectTypeOf<keyof ReturnType<typeof shown> & symbol>().toBeNever();
    // @ts-expect-error no view
    const other = () => present({ id: 'x' });
    expectTypeOf(other).toBeFunction();
    const either = (view: AnyView<Mine>) => present(view);
    expectTypeOf<ReturnType<typeof either>['email']>().toEqualTypeOf<string | undefined>();
  });
});

describe('of a single table', () => {
  const people = table('app', { pk: key.partition(), type: signed(z.literal('user')), email: encrypted<string>().mask(mask.email()) });
  const orders = table('app', {
    pk: key.partition(),
    type: signed(z.literal('order')),
    total: encrypted<number>(),
    email: encrypted<string>(),
  });
  const app = singleTable({ discriminator: 'type', entities: { user: people, order: orders } });
  const seller = definePolicy(
    app,
    { seller: { read: { total: 'reveal', email: 'reveal' } } },
    { classify: (_: Actor, item) => (item.type === 'order' ? 'seller' : null) },
  );

  test('a view is of one entity', () => {
    expectTypeOf<View<typeof seller, 'seller'>>().toEqualTypeOf<
      | { readonly pk: string; readonly type: 'user'; readonly email: string; readonly [role]: 'seller' }
      | { readonly pk: string; readonly type: 'order'; readonly total: number; readonly email: string; readonly [role]: 'seller' }
    >();
  });

  test('names are those of every entity', () => {
    pick(app, {}, ['total', 'email']);
    // @ts-expect-error no entity has it
    pick(app, {}, ['amount']);
    // @ts-expect-error no entity has it
    definePolicy(app, { a: { read: { amount: 'reveal' } } }, { classify: (_: Actor) => null });
  });
});

test('a table without a schema has views of any names', () => {
  const config = {
    logicalTableName: 't',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN' },
  } as const;
  const any = definePolicy(
    attributeActions(config),
    { a: { read: { ssn: 'reveal' } } },
    { classify: (_: Actor, item) => (item.id ? 'a' : null) },
  );
  const read = (view: View<typeof any, 'a'>): void => {
    expectTypeOf(view.ssn).toBeUnknown();
    expectTypeOf(view[role]).toEqualTypeOf<'a'>();
  };
  expectTypeOf(read).toBeFunction();
});

describe('pick and holders', () => {
  test('pick gives the named attributes alone', () => {
    expectTypeOf(pick(users, {}, ['displayName', 'ssn'])).toEqualTypeOf<{ displayName?: string | undefined; ssn?: string }>();
    // @ts-expect-error not declared
    pick(users, {}, ['isAdmin']);
  });

  test('a holder is not the value', () => {
    expectTypeOf<Masked<string>>().not.toExtend<string>();
    expectTypeOf<Masked<string>>().not.toEqualTypeOf<Masked<number>>();
    expectTypeOf<URL>().not.toExtend<Masked<unknown>>();
    expectTypeOf(sensitive(7)).toEqualTypeOf<Sensitive<number>>();
    expectTypeOf(sensitive('x').unwrap()).toEqualTypeOf<string>();
    expectTypeOf<Infer<Users>['ssn']>().toEqualTypeOf<string>();
  });

  test('policies fit where any policy does', () => {
    const take = (_: AnyPolicy): void => {};
    take(policy);
    expectTypeOf<Policy>().toExtend<AnyPolicy>();
  });
});
