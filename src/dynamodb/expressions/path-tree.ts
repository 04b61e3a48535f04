import type { Path } from './ast.ts';
import { type ExpressionKind, invalid } from './errors.ts';
import { pathText } from './paths.ts';

/** What hangs on a part of a document: something for the whole of it, or branches for map keys or for list indexes, never both. */
export interface Branch<T> {
  leaf?: T;
  readonly keys: Map<string, Branch<T>>;
  readonly indexes: Map<number, Branch<T>>;
  /** The first path that led here, for messages. */
  readonly first: Path;
}

interface Clash {
  readonly how: 'overlap' | 'conflict';
  readonly one: Path;
  readonly two: Path;
}

/** Anything by document path, by attribute name first. Throws DynamoDB's ValidationException for paths that overlap or conflict. */
export function pathTree<T>(kind: ExpressionKind, leaves: readonly (readonly [Path, T])[]): Map<string, Branch<T>> {
  const roots = new Map<string, Branch<T>>();
  const clashes = leaves.flatMap(([path, leaf]) => insert(roots, path, leaf) ?? []);
  const clash = clashes.find(({ how }) => how === 'overlap') ?? clashes[0];
  if (clash !== undefined) {
    const { how, one, two } = clash;
    const paths = `path one: ${pathText(one)}, path two: ${pathText(two)}`;
    throw invalid(kind, `Two document paths ${how} with each other; must remove or rewrite one of these paths; ${paths}`);
  }
  return roots;
}

/** Throws DynamoDB's ValidationException for paths that overlap or conflict. */
export function refuseClashes(kind: ExpressionKind, paths: readonly Path[]): void {
  pathTree(
    kind,
    paths.map(path => [path, true] as const),
  );
}

function insert<T>(roots: Map<string, Branch<T>>, path: Path, leaf: T): Clash | undefined {
  let branch = child(roots, path.name, path);
  for (const step of path.steps) {
    if (branch.leaf !== undefined) return { how: 'overlap', one: branch.first, two: path };
    const others = typeof step === 'number' ? branch.keys : branch.indexes;
    if (others.size > 0) return { how: 'conflict', one: branch.first, two: path };
    branch = typeof step === 'number' ? child(branch.indexes, step, path) : child(branch.keys, step, path);
  }
  if (branch.leaf !== undefined || branch.first !== path) return { how: 'overlap', one: branch.first, two: path };
  branch.leaf = leaf;
  return undefined;
}

function child<K, T>(branches: Map<K, Branch<T>>, step: K, path: Path): Branch<T> {
  const existing = branches.get(step);
  if (existing !== undefined) return existing;
  const branch: Branch<T> = { keys: new Map(), indexes: new Map(), first: path };
  branches.set(step, branch);
  return branch;
}
