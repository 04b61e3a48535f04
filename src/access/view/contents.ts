/** One attribute of a view. */
export type Shown =
  /** In clear in the table, or a holder of what may be seen. */
  | { readonly is: 'open'; readonly value: unknown }
  /** Decrypted: to be read, and not to be printed. */
  | { readonly is: 'revealed'; readonly value: unknown };

/** What a view holds, by the name of the attribute. */
export type Contents = ReadonlyMap<string, Shown>;

const contentsOfViews = new WeakMap<object, Contents>();

/** Remembers what a view holds: a copy of it is no view. */
export function rememberContents(view: object, contents: Contents): void {
  contentsOfViews.set(view, contents);
}

/** What a view holds; undefined for anything else. */
export function contentsOf(view: object): Contents | undefined {
  return contentsOfViews.get(view);
}
