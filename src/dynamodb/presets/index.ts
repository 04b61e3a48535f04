export {
  type ElectroEntities,
  type ElectroModel,
  type ElectroOptions,
  type ElectroOwn,
  electrodb,
} from './electrodb.ts';
export { type OneTableOwn, type OneTableSchema, onetable } from './onetable.ts';
export { type ToolboxEntities, type ToolboxOwn, toolbox } from './toolbox.ts';
export type { MapperFields, MapperTable } from './types.ts';
