import type { Buffer } from 'node:buffer';
import { decodeBase64 } from '../../bytes/base64.ts';
import type { EncryptionContext } from './key-material.ts';
import { KmsServiceError } from './service-error.ts';

/** The least and the greatest value or length that KMS takes. */
export type Bounds = readonly [least: number, greatest: number];

/** Reads the parameters of one request. Another type is a SerializationException; what is missing or out of bounds a ValidationException. */
export class KmsInput {
  readonly #parameters: ReadonlyMap<string, unknown>;

  constructor(parameters: Readonly<Record<string, unknown>>) {
    this.#parameters = new Map(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
  }

  get names(): string[] {
    return [...this.#parameters.keys()];
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw missing(name);
    if (value === '') throw invalid(name, 'Member must have length greater than or equal to 1');
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#parameters.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw wrongType(name, 'a string');
    return value;
  }

  bytes(name: string, [least, greatest]: Bounds): Buffer {
    const value = this.#parameters.get(name);
    if (value === undefined) throw missing(name);
    const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
    if (bytes === undefined) throw wrongType(name, 'base64 text');
    if (bytes.length < least) throw invalid(name, `Member must have length greater than or equal to ${least}`);
    if (bytes.length > greatest) throw invalid(name, `Member must have length less than or equal to ${greatest}`);
    return bytes;
  }

  optionalInteger(name: string, [least, greatest]: Bounds): number | undefined {
    const value = this.#parameters.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(name, 'an integer');
    if (value < least) throw invalid(name, `Member must have value greater than or equal to ${least}`);
    if (value > greatest) throw invalid(name, `Member must have value less than or equal to ${greatest}`);
    return value;
  }

  /** Throws unless the parameter is absent or a list of at most `most` texts. Nothing here reads what they say. */
  refuseMoreTexts(name: string, most: number): void {
    const value = this.#parameters.get(name) ?? [];
    if (!Array.isArray(value) || !value.every(text => typeof text === 'string')) throw wrongType(name, 'a list of strings');
    if (value.length > most) throw invalid(name, `Member must have length less than or equal to ${most}`);
  }

  flag(name: string): boolean {
    const value = this.#parameters.get(name) ?? false;
    if (typeof value !== 'boolean') throw wrongType(name, 'a boolean');
    return value;
  }

  /** Empty when it is absent. */
  context(name: string): EncryptionContext {
    const value = this.#parameters.get(name) ?? {};
    if (!isContext(value)) throw wrongType(name, 'a map of strings');
    return value;
  }

  /** Throws UnsupportedOperationException when a parameter is given with another value than the only one offered here. */
  only(name: string, offered: string): void {
    const value = this.optionalText(name) ?? offered;
    if (value !== offered)
      throw new KmsServiceError('UnsupportedOperationException', `This KMS is a fake: its only ${name} is ${offered}.`);
  }
}

/** The parameter's bytes, when it holds any: for looking at a request before its operation validates it. */
export function peekBytes(value: unknown): Buffer | undefined {
  return typeof value === 'string' ? decodeBase64(value) : undefined;
}

/** True for a map of well-formed strings. */
export function isContext(value: unknown): value is EncryptionContext {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, text]) => key.isWellFormed() && typeof text === 'string' && text.isWellFormed());
}

function missing(name: string): KmsServiceError {
  return new KmsServiceError(
    'ValidationException',
    `1 validation error detected: Value at '${camel(name)}' failed to satisfy constraint: Member must not be null`,
  );
}

function invalid(name: string, constraint: string): KmsServiceError {
  return new KmsServiceError(
    'ValidationException',
    `1 validation error detected: Value at '${camel(name)}' failed to satisfy constraint: ${constraint}`,
  );
}

function wrongType(name: string, type: string): KmsServiceError {
  return new KmsServiceError('SerializationException', `${name} must be ${type}`);
}

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
