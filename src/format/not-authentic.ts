import { FieldsealError } from '../errors.ts';

/** Where an item stopped being authentic. For local diagnosis only: it is no part of the error, its message or its JSON. */
export type Stage = 'legend' | 'attribute' | 'context' | 'data-key' | 'commitment' | 'footer' | 'signature' | 'field';

const stages = new WeakMap<Error, Stage>();

/** The one error for everything that is not authentic. Its message is the same at every stage, so that it is no oracle. */
export function notAuthentic(stage: Stage): FieldsealError {
  const error = new FieldsealError(
    'NOT_AUTHENTIC',
    'the item is not authentic: it was changed, moved between keys or tables, or written under another configuration or key',
  );
  error.stack = `${error.name}: ${error.message}`; // its frames would tell the stage
  stages.set(error, stage);
  return error;
}

/** The stage of an error made by {@link notAuthentic}; undefined for any other. Do not send it to a caller outside. */
export function stageOf(error: unknown): Stage | undefined {
  return error instanceof Error ? stages.get(error) : undefined;
}
