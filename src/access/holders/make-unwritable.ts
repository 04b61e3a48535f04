import { UNWRITABLE } from '../../bytes/unwritable.ts';
import { FieldsealError } from '../../errors.ts';

/**
 * Makes writes refuse the objects of a class: those that validate, by the brand, and the marshaller of the AWS SDK, which under
 * `convertClassInstanceToMap` would store an empty map: it reads every enumerable property, inherited ones too, and this one throws.
 */
export function makeUnwritable(prototype: object): void {
  Object.defineProperties(prototype, {
    [UNWRITABLE]: { value: true },
    standsForAValue: { enumerable: true, get: refuse },
  });
}

function refuse(): never {
  throw new FieldsealError('VALIDATION_FAILED', 'what is masked, a pseudonym or wrapped cannot be written; give the value itself');
}
