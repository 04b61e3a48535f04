import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { AnyAttribute, AttributeSettings } from './attribute.ts';
import { declaredNames, issuePath } from './issue-path.ts';

/** What became of one declared attribute on its way to the item. */
export type Outcome =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'absent' }
  | { readonly is: 'missing' }
  | { readonly is: 'refused'; readonly paths: readonly string[] }
  | { readonly is: 'broken'; readonly part: 'validator' | 'codec'; readonly cause: unknown };

const ABSENT: Outcome = { is: 'absent' };
const MISSING: Outcome = { is: 'missing' };
const MOST_PATHS = 5;

/** Validates one attribute's value (undefined when it is absent) and encodes what the validator gave out. Never throws or rejects. */
export function validateAttribute(attribute: AnyAttribute, value: unknown): Outcome | Promise<Outcome> {
  const { validator, optional } = attribute.settings;
  if (value === undefined && optional) return ABSENT;
  if (validator === undefined) return value === undefined ? MISSING : encode(attribute.settings, value);
  const finish = (outcome: Outcome): Outcome => finishOutcome(attribute, value === undefined, outcome);
  const outcome = runValidator(validator, value);
  return outcome instanceof Promise ? outcome.then(finish) : finish(outcome);
}

/** An absent attribute is given to its validator too, which may have a default for it; if it refuses, the attribute is missing. */
function finishOutcome(attribute: AnyAttribute, wasAbsent: boolean, outcome: Outcome): Outcome {
  if (outcome.is !== 'value') return wasAbsent ? MISSING : outcome;
  if (outcome.value === undefined) return isAlwaysPresent(attribute) ? MISSING : ABSENT;
  return encode(attribute.settings, outcome.value);
}

function isAlwaysPresent({ kind, settings }: AnyAttribute): boolean {
  return kind === 'partition' || kind === 'sort' || settings.context;
}

function runValidator(validator: StandardSchemaV1, value: unknown): Outcome | Promise<Outcome> {
  const broken = (cause: unknown): Outcome => ({ is: 'broken', part: 'validator', cause });
  try {
    const result = validator['~standard'].validate(value);
    if (!isThenable(result)) return readResult(validator, value, result);
    return Promise.resolve(result)
      .then(late => readResult(validator, value, late))
      .catch(broken);
  } catch (cause) {
    return broken(cause);
  }
}

function readResult(validator: StandardSchemaV1, value: unknown, result: StandardSchemaV1.Result<unknown>): Outcome {
  if (!result.issues) return { is: 'value', value: result.value };
  const declared = declaredNames(validator);
  const paths = new Set(result.issues.map(issue => issuePath(issue, value, declared)));
  return { is: 'refused', paths: [...paths].filter(path => path !== '').slice(0, MOST_PATHS) };
}

function encode({ codec }: AttributeSettings, value: unknown): Outcome {
  if (codec === undefined) return { is: 'value', value };
  try {
    const encoded = codec.encode(value);
    return encoded === undefined ? { is: 'broken', part: 'codec', cause: undefined } : { is: 'value', value: encoded };
  } catch (cause) {
    return { is: 'broken', part: 'codec', cause };
  }
}

function isThenable(value: unknown): value is PromiseLike<StandardSchemaV1.Result<unknown>> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
