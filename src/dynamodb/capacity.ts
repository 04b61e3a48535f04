import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** What several requests on one table consumed together; undefined when none of them told. */
export function summedCapacity(parts: readonly (ConsumedCapacity | undefined)[]): ConsumedCapacity | undefined {
  const told = parts.filter(part => part !== undefined);
  const [first] = told;
  if (first === undefined || told.length === 1) return first;
  return told.slice(1).reduce(add, first);
}

const UNITS = ['CapacityUnits', 'ReadCapacityUnits', 'WriteCapacityUnits'] as const;

function add(one: ConsumedCapacity, other: ConsumedCapacity): ConsumedCapacity {
  const table = one.Table !== undefined && other.Table !== undefined ? { Table: addUnits(one.Table, other.Table) } : {};
  return { ...other, ...one, ...addUnits(one, other), ...table };
}

function addUnits<T extends { readonly [unit in (typeof UNITS)[number]]?: number | undefined }>(one: T, other: T): T {
  const sums = UNITS.flatMap(unit =>
    one[unit] === undefined && other[unit] === undefined ? [] : [[unit, (one[unit] ?? 0) + (other[unit] ?? 0)]],
  );
  return { ...one, ...Object.fromEntries(sums) };
}
