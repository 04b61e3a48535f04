import {
  codec,
  type DirectlyUpdatable,
  type Infer,
  type Input,
  type KeyOf,
  key,
  mask,
  type Queryable,
  type Stored,
  signed as signedOf,
  type Table,
  table,
} from 'fieldseal';
import { type ClassItem, encrypted, entity, hydrate, itemOf, partitionKey, signed, sortKey, tableOf, unsigned } from 'fieldseal/decorators';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

const day = codec(z.date(), { encode: (date: Date) => date.toISOString(), decode: (text: string) => new Date(text) });

abstract class Keyed {
  @partitionKey() id!: string;
  @sortKey(z.number()) at!: number;
}

@entity('users', { unsignedPrefix: '_' })
class User extends Keyed {
  @signed(z.string(), { context: true }) tenantId!: string;
  @signed({ context: true }) region!: 'eu' | 'us';
  @encrypted({ mask: mask.last4() }) ssn!: string;
  @encrypted({ mask: mask.last4(), optional: true }) nick?: string;
  @encrypted(z.email(), { mask: mask.email() }) accessor email = '';
  @encrypted(z.number().optional()) age?: number;
  @encrypted(z.number(), { optional: true }) height: number | undefined;
  @encrypted(day, { mask: mask.year() }) born!: Date;
  @signed(z.string().default('anon')) name?: string;
  @signed() tags!: Set<string>;
  @unsigned() seenAt = 0;
  @unsigned({ optional: true }) _hint?: string;
  @encrypted() anything: unknown;

  @encrypted({ optional: true })
  get note(): string | undefined {
    return undefined;
  }
  set note(_: string | undefined) {}

  greet(): string {
    return this.ssn;
  }
}

describe('the type of a decorated class', () => {
  const users = tableOf(User);
  type Users = typeof users;
  interface Data {
    id: string;
    at: number;
    tenantId: string;
    region: 'eu' | 'us';
    ssn: string;
    nick?: string;
    email: string;
    age?: number;
    height?: number;
    born: Date;
    name?: string;
    tags: Set<string>;
    seenAt: number;
    _hint?: string;
    anything: unknown;
    note?: string;
  }

  test('Infer is its data, without methods', () => {
    expectTypeOf<Infer<Users>>().toExtend<Data>();
    expectTypeOf<Data>().toExtend<Infer<Users>>();
    expectTypeOf<Infer<Users>>().not.toHaveProperty('greet');
    expectTypeOf<ClassItem<User>>().toEqualTypeOf<Infer<Users>>();
    expectTypeOf<Infer<Users>>().toExtend<Input<Users>>();
  });

  test('what is stored cannot be told', () => {
    expectTypeOf<Stored<Users>['born']>().toBeUnknown();
    expectTypeOf<Stored<Users>['aws_dbe_head']>().toEqualTypeOf<Uint8Array>();
  });

  test('is a Table', () => {
    expectTypeOf<Users>().toExtend<Table>();
    users.at('users-prod', { indexes: { byTenant: { partition: 'tenantId', project: 'ALL' } } });
    // @ts-expect-error not declared
    users.at('users-prod', { indexes: { byTenant: { partition: 'tenant', project: 'ALL' } } });
  });

  test('annotations cannot be told', () => {
    expectTypeOf<Queryable<Users>>().toEqualTypeOf<keyof Data>();
    expectTypeOf<keyof KeyOf<Users>>().toBeNever();
    expectTypeOf<DirectlyUpdatable<Users>>().toBeNever();
  });

  test('instances and items', () => {
    expectTypeOf(hydrate(User, {} as Infer<Users>)).toEqualTypeOf<User>();
    hydrate(User, {} as Record<string, unknown> as Record<string, string>);
    expectTypeOf(itemOf(new User())).toEqualTypeOf<Infer<Users>>();
    // @ts-expect-error of another type
    hydrate(User, { ssn: 1 });
    // @ts-expect-error an abstract class has no instances
    hydrate(Keyed, {});
  });

  test('schemas of the builder stay what they are', () => {
    expectTypeOf<Infer<typeof plain>>().toEqualTypeOf<{ id: string; a: string }>();
  });
});

const plain = table('t', { id: key.partition(), a: signedOf<string>() });

/** Each field is one mistake. */
class Mistakes {
  // @ts-expect-error last4 is for text
  @encrypted({ mask: mask.last4() }) age!: number;
  // @ts-expect-error last4 is for text, of the validator
  @encrypted(z.number(), { mask: mask.last4() }) years!: number;
  // @ts-expect-error the validator gives out a number
  @encrypted(z.number()) text!: string;
  // @ts-expect-error the validator gives out any text
  @signed(z.string()) region!: 'eu' | 'us';
  // @ts-expect-error the validator gives out a number, after a transformation
  @unsigned(z.string().transform(Number)) count!: string;
  // @ts-expect-error what was read could not be written
  @unsigned(z.string().transform(Number)) counted!: number;
  // @ts-expect-error the validator, of an accessor
  @encrypted(z.number()) accessor email = '';
  // @ts-expect-error a Date needs a codec
  @encrypted() born!: Date;
  // @ts-expect-error a Date needs a codec, not a validator
  @encrypted(z.date()) joined!: Date;
  // @ts-expect-error the field may be undefined
  @encrypted() nick?: string;
  // @ts-expect-error the field may be undefined, the validator refuses it
  @encrypted(z.string()) alias?: string;
  // @ts-expect-error the attribute may be absent
  @encrypted({ optional: true }) present!: string;
  // @ts-expect-error the attribute may be absent, by its validator
  @encrypted(z.string().optional()) there!: string;
  // @ts-expect-error context attributes are never absent
  @signed({ context: true }) tenantId?: string;
  // @ts-expect-error context attributes are never optional
  @signed({ context: true, optional: true }) owner?: string;
  // @ts-expect-error encrypted attributes are not in the context
  @encrypted({ context: true }) hidden!: string;
  // @ts-expect-error signed attributes are stored in clear
  @signed({ mask: mask.last4() }) clear!: string;
  // @ts-expect-error the maker of a mask
  @encrypted({ mask: mask.last4 }) masked!: string;
  // @ts-expect-error a key is a string, a number or bytes
  @partitionKey() flag!: boolean;
  // @ts-expect-error a key is a string, a number or bytes, by its validator
  @sortKey(z.boolean()) other!: boolean;
  // @ts-expect-error a key is never undefined
  @sortKey() sort?: string;
  // @ts-expect-error keys take no codec
  @sortKey(day) on!: Date;
  // @ts-expect-error without parentheses
  @signed bare!: string;
  // @ts-expect-error static
  @signed() static count = 1;
  // @ts-expect-error a method
  @signed() say(): void {}
  // @ts-expect-error a class decorator
  @entity('t') id!: string;
}

// @ts-expect-error an attribute
@signed()
class Attribute extends Mistakes {}

// @ts-expect-error no name
@entity()
class Nameless extends Attribute {}

// @ts-expect-error a misspelt option
@entity('t', { prefix: '_' })
class Misspelt extends Nameless {}
Misspelt satisfies object;
