import { types } from 'node:util';
import { FieldsealError } from '../../errors.ts';
import type { NativeItem } from '../../schema/native-item.ts';
import type { Table } from '../../schema/table.ts';
import type { Question } from './policy.ts';

/** In the place of an answer: the question threw, was asynchronous, or read what it may not. */
const NO_ANSWER: unique symbol = Symbol('no answer');

/** The attributes of an item that a question may read: declared as signed or key, and present. */
export function verifiedOf(entity: Table, item: NativeItem): ReadonlyMap<string, unknown> {
  return readableOf(entity, item, ['partition', 'sort', 'signed']);
}

/** The key attributes of an item or key. */
export function keyOf(table: Table, key: NativeItem): ReadonlyMap<string, unknown> {
  return readableOf(table, key, ['partition', 'sort']);
}

function readableOf(table: Table, item: NativeItem, kinds: readonly string[]): ReadonlyMap<string, unknown> {
  const names = Object.keys(table.fields).filter(name => kinds.includes(table.fields[name]?.kind ?? ''));
  return new Map(names.filter(name => Object.hasOwn(item, name) && item[name] !== undefined).map(name => [name, item[name]]));
}

/**
 * Asks a function of the policy's author about an actor and the attributes in `readable`. Whatever else it does with its second argument
 * throws, and leaves the question without an answer, even if the function catches what was thrown. Afterwards the argument is dead. Never
 * throws.
 */
export function ask(question: Question, actor: unknown, readable: ReadonlyMap<string, unknown>): unknown {
  const subject = onlyReadable(readable);
  try {
    const answer = question(actor, subject.proxy);
    if (!types.isPromise(answer)) return subject.wasMisused() ? NO_ANSWER : answer;
    Promise.resolve(answer).catch(() => undefined); // a rejection that nobody handles would end the process
    return NO_ANSWER;
  } catch {
    return NO_ANSWER;
  } finally {
    subject.revoke();
  }
}

interface Subject {
  readonly proxy: object;
  readonly wasMisused: () => boolean;
  readonly revoke: () => void;
}

/** An object of which named attributes can be read, and nothing else be done: no listing, copying, or asking whether something is there. */
function onlyReadable(readable: ReadonlyMap<string, unknown>): Subject {
  let misused = false;
  const refuse = (): never => {
    misused = true;
    throw new FieldsealError(
      'ACCESS_DENIED',
      'a policy reads single attributes that are signed and present, and does nothing else with an item; compare those',
    );
  };
  const get = (_: object, name: string | symbol): unknown =>
    typeof name === 'string' && readable.has(name) ? readable.get(name) : refuse();
  const { proxy, revoke } = Proxy.revocable(Object.create(null), {
    get,
    has: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
    getPrototypeOf: refuse,
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
    isExtensible: refuse,
    preventExtensions: refuse,
  });
  return { proxy, wasMisused: () => misused, revoke };
}
