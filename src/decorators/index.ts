export { type AttributeOptions, type EncryptedOptions, encrypted, type SignedOptions, signed, unsigned } from './attributes.ts';
export { type EntityDecorator, entity } from './entity.ts';
export type { AttributeDecorator, Presence } from './field-types.ts';
export { hydrate, itemOf } from './instances.ts';
export { partitionKey, sortKey } from './keys.ts';
export { type ClassFields, type ClassItem, type ClassTable, tableOf } from './table-of.ts';
