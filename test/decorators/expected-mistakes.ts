/** What the mistakes of fixtures/mistakes.ts are answered with. A bundler may rename a class. */
export const EXPECTED: Readonly<Record<string, RegExp>> = {
  method: /^SCHEMA_INVALID @signed\(\).*: it is on a method; put it on a field/,
  'static field': /^SCHEMA_INVALID @signed\(\) on "count": a static member/,
  'static accessor': /^SCHEMA_INVALID @signed\(\) on "count": a static member/,
  'symbol key': /^SCHEMA_INVALID @signed\(\): .* symbol/,
  'attribute on a class': /^SCHEMA_INVALID @signed\(\): it is on (a )?class.*; put it on a field/,
  'entity on a field': /^SCHEMA_INVALID @entity\(\): it is on a (field|member); put it on the class/,
  'entity on a method': /^SCHEMA_INVALID @entity\(\): it is on a (method|member); put it on the class/,
  'two partition keys': /^SCHEMA_INVALID table "t": a table has one partition key; keep one of "a", "b"/,
  'two sort keys': /^SCHEMA_INVALID table "t": a table has one sort key at most; keep one of "a", "b"/,
  'no partition key': /^SCHEMA_INVALID class "T2?": there is no partition key; put @partitionKey\(\)/,
  'reserved name': /^SCHEMA_INVALID table "t": .*rename "aws_dbe_x"/,
  'twice declared': /^SCHEMA_INVALID @signed\(\) on "a": the attribute is declared already/,
  'getter alone': /^SCHEMA_INVALID class "T2?": attribute "a" has no setter/,
  'setter alone': /^SCHEMA_INVALID class "T2?": attribute "a" has no getter/,
  'two entities': /^SCHEMA_INVALID class "T2?": it is an entity already/,
  'no name': /^SCHEMA_INVALID @entity\(\): give the logical table name/,
  'entity without parentheses': /^SCHEMA_INVALID @entity\(\): (write it with parentheses|give the logical table name)/,
  'attribute without parentheses': /^SCHEMA_INVALID @signed\(\): write it with parentheses/,
  'no entity': /^SCHEMA_INVALID class "Named": it has no @entity\(\); add @entity\('name'\)/,
  'no class': /^SCHEMA_INVALID tableOf\(\): it takes a class/,
  'undecorated subclass of an entity': /^SCHEMA_INVALID class "T2?": it has no @entity\(\); its base is entity "people"/,
  'subclass of an entity without its own entity': /^SCHEMA_INVALID class "T2?": it has no @entity\(\); its base is entity "people"/,
  'base is another entity': /^SCHEMA_INVALID class "T2?": its base class is entity "people", which another name cannot extend/,
  'base has another prefix': /^SCHEMA_INVALID class "T2?": its base class is entity "prefixed" with another unsignedPrefix/,
  'override with another annotation': /^SCHEMA_INVALID class "T2?": attribute "name" is signed in the base class and encrypted here/,
  'override into the context':
    /^SCHEMA_INVALID class "T2?": attribute "name" is signed in the base class and signed with \{ context: true \} here/,
  'late decorator': /^SCHEMA_INVALID @signed\(\) on "more": the class is declared already/,
  'undefined validator': /^SCHEMA_INVALID @encrypted\(\): it takes a Standard Schema validator/,
  'no validator': /^SCHEMA_INVALID @encrypted\(\): it takes a Standard Schema validator/,
  'unknown option': /^SCHEMA_INVALID @encrypted\(\): there is no option "masks"/,
  'mask of a signed attribute': /^SCHEMA_INVALID @signed\(\): there is no option "mask"/,
  'no mask': /^SCHEMA_INVALID @encrypted\(\): mask takes a mask/,
  'context of an unsigned attribute': /^SCHEMA_INVALID @unsigned\(\): there is no option "context"/,
  'optional context': /^SCHEMA_INVALID .*a context attribute must be present in every item/,
  'context of text': /^SCHEMA_INVALID .*the options of signed\(\) are \{ context: true \}/,
  'optional of text': /^SCHEMA_INVALID @unsigned\(\): optional takes true or false/,
  'options of a key': /^SCHEMA_INVALID @partitionKey\(\): there is no option "optional"/,
  'three arguments': /^SCHEMA_INVALID @encrypted\(\): it takes a Standard Schema validator/,
  'compiler without metadata': /^CONFIG_INVALID @signed\(\) on "a": the compiler gives decorators no metadata/,
  'unknown compiler': /^CONFIG_INVALID @signed\(\): it was called in a way that no supported compiler has/,
  'class of an unknown compiler': /^CONFIG_INVALID @entity\(\): it was called in a way that no supported compiler has/,
};

/** The names of mistakes that were not answered as they should have been, with the answer. */
export function unexpected(outcomes: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const names = [...new Set([...Object.keys(EXPECTED), ...Object.keys(outcomes)])];
  return Object.fromEntries(names.filter(name => !EXPECTED[name]?.test(outcomes[name] ?? '')).map(name => [name, outcomes[name]]));
}
