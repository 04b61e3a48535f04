/**
 * The symbol under which compilers leave the metadata of a decorated class on it. Where the platform has none it is installed when this module is
 * evaluated, which is before any class that imports a decorator: without it TypeScript gives decorators no metadata. An exported value, and no
 * import for its effect alone, because bundlers drop those from a package without side effects.
 */
export const METADATA: symbol = present() ?? install();

function present(): symbol | undefined {
  const symbol: unknown = Reflect.get(Symbol, 'metadata');
  return typeof symbol === 'symbol' ? symbol : undefined;
}

/** The registered symbol is the one that esbuild and Babel fall back to. Where `Symbol` is frozen they do so, and TypeScript's output is refused. */
function install(): symbol {
  const symbol = Symbol.for('Symbol.metadata');
  Reflect.defineProperty(Symbol, 'metadata', { value: symbol });
  return symbol;
}
