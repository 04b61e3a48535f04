import { isRecord } from '../bytes/objects.ts';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { METADATA } from './metadata.ts';
import { classInWords, refuse } from './refuse.ts';

/** The field or accessor that a decorator stands on. */
export interface Member {
  /** What the declarations of its class hang on: its metadata, or in legacy mode the class. */
  readonly carrier: object;
  readonly name: string;
}

/** The class that a decorator stands on, and its metadata, which only standard decorators have. */
export interface ClassPlace {
  readonly type: object;
  readonly metadata: object | undefined;
}

/** What is read of the second argument of a standard decorator. */
interface Context {
  readonly kind: string;
  readonly name?: unknown;
  readonly private?: unknown;
  readonly static?: unknown;
  readonly metadata?: unknown;
}

const MEMBER_KINDS: ReadonlySet<string> = new Set(['field', 'accessor', 'getter', 'setter']);

/** Reads how a compiler calls the decorator of a member. Throws SCHEMA_INVALID where it cannot stand, CONFIG_INVALID for a compiler that it cannot work with. */
export function memberOf(decorator: string, call: readonly unknown[]): Member {
  const [target, place, detail] = call;
  if (isContext(place)) return standardMember(decorator, place);
  if (typeof place === 'symbol') refuseSymbol(decorator);
  if (typeof detail === 'number') refuse(decorator, 'it is on a parameter; put it on a field');
  if (typeof place === 'string') return legacyMember(decorator, target, place, detail);
  if (typeof target === 'function') refuse(decorator, `it is on ${classInWords(target)}; put it on a field`);
  throw unknownCall(decorator);
}

/** As {@link memberOf}, for the decorator of a class. */
export function classOf(decorator: string, call: readonly unknown[]): ClassPlace {
  const [target, place] = call;
  if (isContext(place)) {
    if (place.kind !== 'class' || typeof target !== 'function') refuse(decorator, `it is on a ${place.kind}; put it on the class`);
    return { type: target, metadata: metadataOf(decorator, place) };
  }
  if (place !== undefined) refuse(decorator, 'it is on a member; put it on the class');
  if (typeof target !== 'function') throw unknownCall(decorator);
  return { type: target, metadata: undefined };
}

/** Throws SCHEMA_INVALID when a factory was given what a compiler gives to a decorator: its parentheses are missing. */
export function refuseBare(decorator: string, given: readonly unknown[]): void {
  const [, place] = given;
  if (given.length < 2 || !(isContext(place) || typeof place === 'string' || typeof place === 'symbol')) return;
  refuse(decorator, 'write it with parentheses, also when there is nothing to say in them');
}

function standardMember(decorator: string, context: Context): Member {
  const { kind, name } = context;
  if (!MEMBER_KINDS.has(kind)) refuse(decorator, `it is on a ${kind}; put it on a field or an accessor`);
  if (typeof name !== 'string') refuseSymbol(decorator);
  const on = `${decorator} on ${quoted(name)}`;
  if (context.private === true) refuse(on, 'a private member is hidden from items; make it public');
  if (context.static === true) refuseStatic(on);
  return { carrier: metadataOf(on, context), name };
}

function legacyMember(decorator: string, target: unknown, name: string, descriptor: unknown): Member {
  const on = `${decorator} on ${quoted(name)}`;
  if (typeof target === 'function') refuseStatic(on);
  const type: unknown = isRecord(target) ? target.constructor : undefined;
  if (typeof type !== 'function') throw unknownCall(on);
  if (isRecord(descriptor) && typeof descriptor.value === 'function') refuse(on, 'it is on a method; put it on a field or an accessor');
  return { carrier: type, name };
}

function metadataOf(on: string, { metadata }: Context): object {
  if (isRecord(metadata)) return metadata;
  const reason = `the compiler gives decorators no metadata under ${METADATA.toString()}`;
  throw new FieldsealError('CONFIG_INVALID', `${on}: ${reason}; use TypeScript 5.2 or newer, and import fieldseal/decorators first`);
}

function refuseSymbol(decorator: string): never {
  refuse(decorator, 'it is on a member whose name is a symbol; attributes have names of text');
}

function refuseStatic(on: string): never {
  refuse(on, 'a static member is not part of an item; put it on a field of the instance');
}

function unknownCall(on: string): FieldsealError {
  const wanted = 'compile decorators as the standard has them, or with experimentalDecorators';
  return new FieldsealError('CONFIG_INVALID', `${on}: it was called in a way that no supported compiler has; ${wanted}`);
}

function isContext(place: unknown): place is Context {
  return isRecord(place) && typeof place.kind === 'string';
}
