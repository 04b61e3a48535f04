import { encrypted, entity, hydrate, itemOf, partitionKey, signed, tableOf } from 'fieldseal/decorators';
import { describe, expect, it, vi } from 'vitest';
import { EXPECTED, unexpected } from './expected-mistakes.ts';
import { outcomes } from './fixtures/mistakes.ts';

const coded = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('a mistake', () => {
  const told = outcomes();
  it.each(Object.keys(EXPECTED))('%s is refused when the class is defined', name => {
    expect(told[name]).toMatch(EXPECTED[name] ?? /^$/);
  });

  it('has its expectation', () => {
    expect(unexpected(told)).toEqual({});
  });

  it('a private member', () => {
    expect(() => {
      class T {
        // @ts-expect-error refused by types too
        @signed() #a = 1;
        a = () => this.#a;
      }
      return T;
    }).toThrow(coded('SCHEMA_INVALID', /^@signed\(\) on "#a": a private member is hidden from items/));
  });

  it('a getter and its setter, one by one', () => {
    expect(() => {
      class T {
        @signed() get a() {
          return 1;
        }
        @signed() set a(_: number) {}
      }
      return T;
    }).toThrow(coded('SCHEMA_INVALID', /^@signed\(\) on "a": the attribute is declared already/));
  });

  it('a parameter, of a method or of the constructor', () => {
    class T {}
    const decorate = (...call: unknown[]) => Reflect.apply(signed(), undefined, call);
    expect(() => decorate(T.prototype, 'say', 0)).toThrow(coded('SCHEMA_INVALID', /^@signed\(\): it is on a parameter/));
    expect(() => decorate(T, undefined, 0)).toThrow(coded('SCHEMA_INVALID', /^@signed\(\): it is on a parameter/));
  });

  it('a schema that is refused leaves no entity', () => {
    class T {}
    expect(() => entity('t')(T)).toThrow(coded('SCHEMA_INVALID', /no partition key/));
    expect(() => tableOf(T)).toThrow(coded('SCHEMA_INVALID', /class "T": it has no @entity\(\)/));
  });

  it('messages hold no value', () => {
    const secret = '123-45-6789';
    for (const given of [secret, { [secret.length]: secret }, { mask: secret }, { optional: secret }]) {
      expect(() => Reflect.apply(encrypted, undefined, [given])).toThrow(
        expect.objectContaining({ code: 'SCHEMA_INVALID', message: expect.not.stringContaining(secret) }),
      );
    }
  });
});

describe('decorators of another copy of the package', async () => {
  vi.resetModules();
  const other = await import('fieldseal/decorators');
  const message = /class "T" has decorators of another copy of fieldseal; install one copy/;

  it('are refused on one class', () => {
    class T {}
    other.signed()(T.prototype, 'a' as never);
    expect(() => signed()(T.prototype, 'b' as never)).toThrow(coded('CONFIG_INVALID', message));
    expect(() => entity('t')(T)).toThrow(coded('CONFIG_INVALID', message));
  });

  it('are refused on a base class', () => {
    class Base {
      @other.signed() a!: string;
    }
    expect(() => {
      @entity('t')
      class T extends Base {
        @partitionKey() id!: string;
      }
      return T;
    }).toThrow(coded('CONFIG_INVALID', /another copy of fieldseal/));
  });

  it('make no class of ours', () => {
    @other.entity('t')
    class T {
      @other.partitionKey() id!: string;
    }
    expect(() => tableOf(T)).toThrow(coded('CONFIG_INVALID', /another copy/));
    expect(() => hydrate(T, { id: 'a' })).toThrow(coded('CONFIG_INVALID', /another copy/));
    expect(() => itemOf(new T())).toThrow(coded('CONFIG_INVALID', /another copy/));
    expect(other.tableOf(T).logicalName).toBe('t');
  });
});
