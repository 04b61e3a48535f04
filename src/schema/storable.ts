/** A compile-time refusal that reads as a sentence: no value has this type. */
export interface TypeError_<Message extends string> {
  readonly __error: Message;
}

/** Numbers that JavaScript cannot hold: `NumberValue` of `@aws-sdk/lib-dynamodb`, known by its shape. */
interface ExactNumber {
  toAttributeValue(): { N: string };
}

type Leaf = string | number | bigint | boolean | null | undefined | Uint8Array | ExactNumber;
type SetMember = string | number | bigint | Uint8Array | ExactNumber;
type Unstorable = Date | RegExp | ReadonlyMap<unknown, unknown> | PromiseLike<unknown> | symbol | ((...args: never[]) => unknown);

/**
 * T when every part of it is a value that a DynamoDB item can hold, else a type with a {@link TypeError_} in the place of what it cannot hold.
 * Checks without an index signature, so that interfaces pass.
 */
export type Storable<T> = unknown extends T
  ? T
  : T extends Leaf
    ? T
    : T extends ReadonlySet<infer E>
      ? E extends SetMember
        ? T
        : TypeError_<'a DynamoDB set holds strings, numbers or bytes'>
      : T extends Unstorable
        ? TypeError_<'not a DynamoDB value: use a codec'>
        : { [K in keyof T]: Storable<T[K]> };

/** True when undefined is one of the values of T; false for `unknown` and `any`. */
export type AcceptsUndefined<T> = unknown extends T ? false : undefined extends T ? true : false;
