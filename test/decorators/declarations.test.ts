import {
  codec,
  compareSchemas,
  encrypted as encryptedOf,
  key,
  mask,
  signed as signedOf,
  singleTable,
  table,
  unsigned as unsignedOf,
} from 'fieldseal';
import { encrypted, entity, hydrate, itemOf, partitionKey, signed, sortKey, tableOf, unsigned } from 'fieldseal/decorators';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aesKeyring } from '../security/support.ts';

const day = codec(z.date(), { encode: (date: Date) => date.toISOString(), decode: (text: string) => new Date(text) });
const [text, last4] = [z.string(), mask.last4()];

abstract class Keyed {
  @partitionKey(text) id!: string;
  @sortKey() kind!: string;
}

@entity('users', { unsignedPrefix: '_' })
class User extends Keyed {
  @signed(text, { context: true }) tenantId!: string;
  @encrypted(text, { mask: last4 }) ssn!: string;
  @encrypted(day, { optional: true }) born?: Date;
  @encrypted() accessor email!: string;
  @signed({ optional: true }) displayName?: string;
  @unsigned() seenAt!: number;
  @unsigned({ optional: true }) _hint?: string;
}

const users = table(
  'users',
  {
    id: key.partition(text),
    kind: key.sort(),
    tenantId: signedOf(text, { context: true }),
    ssn: encryptedOf(text).mask(last4),
    born: encryptedOf(day).optional(),
    email: encryptedOf<string>(),
    displayName: signedOf<string>().optional(),
    seenAt: unsignedOf<number>(),
    _hint: unsignedOf<string>().optional(),
  },
  { unsignedPrefix: '_' },
);

const data = { id: 'u-1', kind: 'profile', tenantId: 't-1', ssn: '123-45-6789', email: 'ann@example.org', seenAt: 1 };
const born = new Date('1990-04-01T00:00:00Z');

describe('a decorated class', () => {
  const decorated = tableOf(User);

  it('is the schema that the builder makes', () => {
    const { isSigned: _s, actionOf: _a, ...structure } = users.structure;
    expect(decorated.structure).toMatchObject(structure);
    expect(decorated.structure.actions).toEqual(users.structure.actions);
    expect(decorated.structure.unsignedNames).toEqual(users.structure.unsignedNames);
    expect({ ...decorated.fields }).toEqual({ ...users.fields });
    expect(compareSchemas(users, decorated)).toEqual([]);
    expect(Object.getPrototypeOf(decorated)).toBe(Object.getPrototypeOf(users));
  });

  it('is one frozen object', () => {
    expect(tableOf(User)).toBe(decorated);
    expect([decorated, decorated.fields, decorated.structure].every(Object.isFrozen)).toBe(true);
    expect(decorated.at('users-prod').table).toBe(decorated);
  });

  it('writes what the schema of the builder opens, and the reverse', async () => {
    const keyring = aesKeyring();
    using ofClass = itemEncryptor({ table: decorated, keyring });
    using ofBuilder = itemEncryptor({ table: users, keyring });
    const written = await ofClass.encryptItem(itemOf(hydrate(User, { ...data, born })));
    expect(written).toMatchObject({ id: 'u-1', tenantId: 't-1', ssn: expect.any(Uint8Array), born: expect.any(Uint8Array) });
    expect(await ofBuilder.decryptItem(written)).toEqual({ ...data, born });
    const read = hydrate(User, await ofClass.decryptItem(await ofBuilder.encryptItem({ ...data, born })));
    expect(read).toBeInstanceOf(User);
    expect(read.email).toBe(data.email);
    expect(itemOf(read)).toEqual({ ...data, born });
  });

  it('is validated on a write', async () => {
    using encryptor = itemEncryptor({ table: decorated, keyring: aesKeyring() });
    await expect(encryptor.encryptItem({ ...data, ssn: 1 as never })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(encryptor.encryptItem({ ...data, role: 'admin' } as never)).rejects.toMatchObject({ code: 'ATTRIBUTE_UNKNOWN' });
  });
});

describe('base classes', () => {
  it('share their attributes between entities', () => {
    @entity('orders')
    class Order extends Keyed {
      @encrypted() amount!: number;
    }
    expect(Object.keys(tableOf(Order).fields).sort()).toEqual(['amount', 'id', 'kind']);
    expect(Object.keys(tableOf(User).fields)).not.toContain('amount');
  });

  it('can be entities of the same table', () => {
    @entity('users')
    class Admin extends User {
      @signed() rights!: Set<string>;
    }
    expect(tableOf(Admin).structure.unsignedPrefix).toBe('_');
    expect(compareSchemas(tableOf(User), tableOf(Admin)).map(({ change, attribute }) => [change, attribute])).toEqual([
      ['added-required', 'rights'],
      ['added', 'rights'],
    ]);
    expect(Object.keys(tableOf(User).fields)).not.toContain('rights');
  });

  it('give way to an override with the same annotation', () => {
    const narrow = z.string().min(3);
    @entity('narrow')
    class Narrow extends Keyed {
      @partitionKey(narrow) override id = '';
    }
    expect(tableOf(Narrow).fields.id.settings.validator).toBe(narrow);
  });

  it('may be of the other kind of decorators', () => {
    class Legacy {
      id!: string;
      note!: string;
    }
    partitionKey()(Legacy.prototype, 'id');
    encrypted()(Legacy.prototype, 'note');
    @entity('mixed')
    class Standard extends Legacy {
      @signed() more!: string;
    }
    class LegacyAgain extends Standard {}
    entity('mixed')(LegacyAgain);
    const expected = { id: 'SIGN_ONLY', note: 'ENCRYPT_AND_SIGN', more: 'SIGN_ONLY' };
    expect(Object.fromEntries(tableOf(Standard).structure.actions)).toEqual(expected);
    expect(Object.fromEntries(tableOf(LegacyAgain).structure.actions)).toEqual(expected);
  });
});

describe('beside other decorators', () => {
  it('a class may be replaced by a later one', () => {
    const tagged = <C extends new (...args: never[]) => object>(type: C, _: ClassDecoratorContext) =>
      class extends (type as new () => object) {} as C;
    @tagged
    @entity('tagged')
    class T {
      @partitionKey() id!: string;
    }
    expect(tableOf(T).logicalName).toBe('tagged');
    expect(itemOf(hydrate(T, { id: 'a' }))).toEqual({ id: 'a' });
  });
});

describe('decorators called by hand', () => {
  it('see through a class that was replaced before @entity, in the legacy mode', () => {
    class Inner {
      id!: string;
      note?: string;
    }
    partitionKey()(Inner.prototype, 'id', undefined);
    encrypted(z.string(), { optional: true })(Inner.prototype, 'note');
    class Outer extends Inner {}
    entity('outer')(Outer);
    expect(Object.keys(tableOf(Outer).fields)).toEqual(['id', 'note']);
    expect(() => tableOf(Inner)).toThrow(/class "Inner": it has no @entity\(\)/);
  });

  it('take undefined for options that are not given, as functions do', () => {
    class T {
      id!: string;
      a!: string;
    }
    partitionKey()(T.prototype, 'id');
    signed(z.string(), undefined)(T.prototype, 'a');
    entity('t', undefined)(T);
    expect(tableOf(T).structure.actionOf('a')).toBe('SIGN_ONLY');
  });
});

describe('a single table', () => {
  it('is made of classes too', () => {
    @entity('app')
    class Person {
      @partitionKey() pk!: string;
      @signed() type = 'person' as const;
      @encrypted() email!: string;
    }
    @entity('app')
    class Order {
      @partitionKey() pk!: string;
      @signed() type = 'order' as const;
      @encrypted() amount!: number;
    }
    const app = singleTable({ discriminator: { key: () => 'order' }, entities: { person: tableOf(Person), order: tableOf(Order) } });
    expect(app.entityOf({ pk: 'o-1' })).toBe(tableOf(Order));
  });
});
