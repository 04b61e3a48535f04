/** What a call ended in: its value, or the code of its error. */
export type Outcome<T> = { readonly value: T } | { readonly code: string };

/** Passes on every error that is not one of the library's own: those are the bugs that these tests look for. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'FieldsealError' || !('code' in error)) throw error;
    if (typeof error.code !== 'string' || !/^[A-Z]+(_[A-Z]+)*$/.test(error.code)) throw error;
    return { code: error.code };
  }
}

/** The code alone; `value` when there was no error. */
export async function codeOf(work: () => unknown): Promise<string> {
  const outcome = await outcomeOf(work);
  return 'code' in outcome ? outcome.code : 'value';
}
