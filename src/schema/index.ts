export type { ContextOption } from './annotations.ts';
export { encrypted, signed, unsigned } from './annotations.ts';
export type {
  AnyAttribute,
  Attribute,
  AttributeKind,
  AttributeSettings,
  Encrypted,
  Key,
  Shape,
  Signed,
  Unsigned,
} from './attribute.ts';
export { attributeActions } from './attribute-actions.ts';
export type { Codec, Coding } from './codec.ts';
export { codec } from './codec.ts';
export { compareSchemas } from './compare-schemas.ts';
export type { KeyBuilders, KeyValue } from './key.ts';
export { key } from './key.ts';
export type { Masks } from './masks/index.ts';
export { mask } from './masks/index.ts';
export type { Mask } from './masks/mask.ts';
export type { NativeItem } from './native-item.ts';
export type { SchemaChange, SchemaChangeKind, SchemaChangeSeverity } from './schema-change.ts';
export type { IndexDefinition, IndexOptions } from './secondary-index.ts';
export type { DirectlyUpdatable, Infer, Input, KeyOf, Queryable, Stored, Updatable } from './shapes.ts';
export type { Entities, EntityFields, KeyDiscriminator, SingleTable, SingleTableOptions } from './single-table.ts';
export { singleTable } from './single-table.ts';
export type { Storable, TypeError_ } from './storable.ts';
export type { CryptoAction, Structure, StructureConfig } from './structure.ts';
export type { BindOptions, BoundTable, Table, TableOptions } from './table.ts';
export { table } from './table.ts';
