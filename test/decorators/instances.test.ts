import { encrypted, entity, hydrate, itemOf, partitionKey, signed, tableOf } from 'fieldseal/decorators';
import { describe, expect, it } from 'vitest';

@entity('notes')
class Note {
  @partitionKey() readonly id: string = 'unset';
  @encrypted() text = 'initial';
  @encrypted({ optional: true }) title?: string = 'untitled';
  @encrypted({ optional: true }) accessor author: string | undefined = 'nobody';
  @signed({ optional: true }) toString: undefined;
  draft = true;
  #reads = 0;

  @signed({ optional: true })
  get tag(): string | undefined {
    return this.#tag;
  }
  set tag(tag: string | undefined) {
    this.#tag = tag?.toLowerCase();
  }
  #tag: string | undefined;

  read(): number {
    this.#reads += 1;
    return this.#reads;
  }
}

describe('hydrate', () => {
  it('gives instances whose values no initialiser overwrites', () => {
    const note = hydrate(Note, { id: 'n-1', text: 'stored', author: 'Ann', tag: 'RED' });
    expect(note).toBeInstanceOf(Note);
    expect([note.id, note.text, note.author, note.tag, note.draft, note.read()]).toEqual(['n-1', 'stored', 'Ann', 'red', true, 1]);
    expect(Object.keys(note)).toEqual(expect.arrayContaining(['id', 'text']));
  });

  it('leaves nothing of an initialiser where the item has no value', () => {
    const note = hydrate(Note, { id: 'n-1', text: '' });
    expect([note.text, note.title, note.author, note.tag]).toEqual(['', undefined, undefined, undefined]);
  });

  it('leaves out what the class does not declare', () => {
    const note = hydrate(Note, JSON.parse('{"id":"n-1","text":"a","draft":false,"role":"admin","__proto__":{"polluted":true}}'));
    expect([note.draft, Object.hasOwn(note, 'role'), 'polluted' in note]).toEqual([true, false, false]);
    expect(Object.getPrototypeOf(note)).toBe(Note.prototype);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'n-1'],
    ['a list', []],
    ['a stored item', { id: 'n-1', aws_dbe_head: new Uint8Array(), aws_dbe_foot: new Uint8Array() }],
  ])('refuses %s', (_, item) => {
    expect(() => Reflect.apply(hydrate, undefined, [Note, item])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('sets an attribute named __proto__ as what it is', () => {
    @entity('odd')
    class Odd {
      @partitionKey() id!: string;
      @signed() ['__proto__']: string = '';
    }
    expect(tableOf(Odd).structure.actionOf('__proto__')).toBe('SIGN_ONLY');
    const odd = hydrate(Odd, JSON.parse('{"id":"a","__proto__":"b"}'));
    expect(Object.getPrototypeOf(odd)).toBe(Odd.prototype);
    expect(JSON.stringify(itemOf(odd))).toBe('{"id":"a","__proto__":"b"}');
  });
});

describe('itemOf', () => {
  it('is the declared attributes, accessors among them', () => {
    const note = new Note();
    note.tag = 'RED';
    Object.assign(note, { role: 'admin' });
    expect(itemOf(note)).toEqual({ id: 'unset', text: 'initial', title: 'untitled', author: 'nobody', tag: 'red' });
  });

  it('leaves out what is undefined', () => {
    const note = Object.assign(new Note(), { title: undefined, author: undefined });
    expect(Object.keys(itemOf(note)).sort()).toEqual(['id', 'text']);
  });

  it.each([undefined, null, 'text', []])('refuses %j', given => {
    expect(() => Reflect.apply(itemOf, undefined, [given])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it.each([{}, Object.create(null), new (class Other {})()])('refuses objects of other classes', given => {
    expect(() => itemOf(given)).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
  });
});
