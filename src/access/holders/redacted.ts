/** Is printed in the place of a value that must not be. */
export const REDACTED = '[redacted]';
