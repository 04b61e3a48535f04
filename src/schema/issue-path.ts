import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { isObject } from '../bytes/objects.ts';

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$-]{0,31}$/;
const LONGEST_PATH = 16;
/** Stands for a part of a path that may be data, such as the key of a record or a Map. */
const HIDDEN = '*';

/**
 * Where in a value an issue lies, with nothing in it that came from the value: names are shown only when the schema itself declares them, numbers
 * only as positions of a list. Schemas that cannot tell what they declare show no names.
 */
export function issuePath(issue: StandardSchemaV1.Issue, value: unknown, declared: ReadonlySet<string>): string {
  let path = '';
  let parent = value;
  for (const segment of (issue.path ?? []).slice(0, LONGEST_PATH)) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (isPosition(parent, key)) path += `[${key}]`;
    else path += `.${isDeclaredName(key, declared) ? key : HIDDEN}`;
    parent = childOf(parent, key);
  }
  return path;
}

const declaredBySchema = new WeakMap<StandardSchemaV1, ReadonlySet<string>>();

/** Every property name that the schema declares, at any depth, as its JSON Schema tells; none when it has no JSON Schema. */
export function declaredNames(schema: StandardSchemaV1): ReadonlySet<string> {
  const known = declaredBySchema.get(schema);
  if (known !== undefined) return known;
  const names = new Set<string>();
  try {
    collectNames(jsonSchemaOf(schema), names);
  } catch {
    // A schema that JSON Schema cannot express: its names stay hidden.
  }
  declaredBySchema.set(schema, names);
  return names;
}

function jsonSchemaOf(schema: StandardSchemaV1): unknown {
  // The Standard JSON Schema is an optional part of the same property.
  const { jsonSchema }: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> = schema['~standard'];
  // The option is zod's: without it, one Date or Set anywhere in the schema is an error.
  return jsonSchema?.input({ target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } });
}

/** Keywords of JSON Schema that hold values of the application's, and below which there is no schema. */
const HOLD_VALUES: ReadonlySet<string> = new Set(['examples', 'default', 'const', 'enum']);

function collectNames(schema: unknown, names: Set<string>): void {
  if (!isObject(schema)) return;
  for (const [keyword, part] of Object.entries(schema)) {
    if (keyword === 'properties' && isObject(part)) {
      for (const name of Object.keys(part)) names.add(name);
      collectFrom(Object.values(part), names); // a property may have a keyword's name
    } else if (!HOLD_VALUES.has(keyword)) collectFrom([part], names);
  }
}

/** Of schemas, and of what has schemas as its members. */
function collectFrom(parts: readonly unknown[], names: Set<string>): void {
  for (const part of parts) collectNames(part, names);
}

function isPosition(parent: unknown, key: PropertyKey): key is number {
  return Array.isArray(parent) && typeof key === 'number' && Number.isInteger(key) && key >= 0 && key < parent.length;
}

function isDeclaredName(key: PropertyKey, declared: ReadonlySet<string>): key is string {
  return typeof key === 'string' && declared.has(key) && IDENTIFIER.test(key);
}

function childOf(parent: unknown, key: PropertyKey): unknown {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key) ? Reflect.get(parent, key) : undefined;
}
