import { isPlain, isRecord } from '../bytes/objects.ts';
import { quotedList } from '../bytes/quoted.ts';
import { encrypted, signed, unsigned } from '../schema/annotations.ts';
import { type AttributeKind, AttributeNode } from '../schema/attribute.ts';
import { isCodec } from '../schema/codec.ts';
import { key } from '../schema/key.ts';
import type { Mask } from '../schema/masks/mask.ts';
import { isStandardSchema } from '../schema/standard-schema.ts';
import { declare } from './declarations.ts';
import { memberOf, refuseBare } from './placement.ts';
import { refuse } from './refuse.ts';

interface Row {
  readonly decorator: string;
  readonly builder: (...given: readonly unknown[]) => unknown;
  readonly options: readonly string[];
}

/** Each decorator, the function of the builder that it stands for, and its options. */
const ROWS: Readonly<Record<AttributeKind, Row>> = {
  encrypted: { decorator: '@encrypted()', builder: encrypted, options: ['mask', 'optional'] },
  signed: { decorator: '@signed()', builder: signed, options: ['context', 'optional'] },
  unsigned: { decorator: '@unsigned()', builder: unsigned, options: ['optional'] },
  partition: { decorator: '@partitionKey()', builder: key.partition, options: [] },
  sort: { decorator: '@sortKey()', builder: key.sort, options: [] },
};

/** The decorator of an attribute. Throws SCHEMA_INVALID for arguments that it does not take; the decorator throws as {@link memberOf} and declare do. */
export function annotate(kind: AttributeKind, given: readonly unknown[]): (...call: readonly unknown[]) => void {
  const { decorator } = ROWS[kind];
  refuseBare(decorator, given);
  const attribute = build(ROWS[kind], given);
  return (...call) => declare(decorator, memberOf(decorator, call), attribute);
}

function build(row: Row, given: readonly unknown[]): AttributeNode {
  const [first] = given;
  const hasSource = isCodec(first) || isStandardSchema(first);
  const source = hasSource ? [first] : [];
  const rest = given.slice(source.length);
  const options = rest.length === 0 || (hasSource && rest[0] === undefined) ? {} : rest[0];
  if (rest.length > 1 || !isOptions(options)) refuse(row.decorator, `it takes ${argumentsOf(row)}`);
  const strangers = Object.keys(options).filter(name => !row.options.includes(name));
  if (strangers.length > 0) refuse(row.decorator, `there is no option ${quotedList(strangers)}; it takes ${argumentsOf(row)}`);
  const { mask, optional, context } = options;
  return modify(row, row.builder(...source, ...(context === undefined ? [] : [{ context }])), mask, optional);
}

function modify({ decorator }: Row, built: unknown, mask: unknown, optional: unknown): AttributeNode {
  if (!(built instanceof AttributeNode)) refuse(decorator, 'the builder gave no attribute');
  if (mask !== undefined && !isMask(mask)) refuse(decorator, 'mask takes a mask, such as mask.last4()');
  if (optional !== undefined && typeof optional !== 'boolean') refuse(decorator, 'optional takes true or false');
  const masked = mask === undefined ? built : built.mask(mask);
  return optional === true ? masked.optional() : masked;
}

function argumentsOf({ options }: Row): string {
  const sources = 'a Standard Schema validator (zod, valibot, arktype)';
  return options.length === 0 ? `${sources} or nothing` : `${sources}, a codec() or nothing, and then options { ${options.join(', ')} }`;
}

function isOptions(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && isPlain(value) && !isCodec(value) && !isStandardSchema(value);
}

function isMask(value: unknown): value is Mask<unknown, unknown> {
  return isRecord(value) && typeof value.show === 'function';
}
