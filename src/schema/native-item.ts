/** Attributes by name, as plain JavaScript values. Own enumerable properties count; one that is undefined is absent. */
export type NativeItem = Readonly<Record<string, unknown>>;
