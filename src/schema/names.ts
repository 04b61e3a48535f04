/** Attributes whose names start with this belong to the format. */
export const RESERVED_PREFIX = 'aws_dbe_';

/** Entries of the encryption context whose names start with this belong to the format; DB-ESDK refuses them as configured attributes. */
export const CONTEXT_PREFIX = 'aws-crypto-';
