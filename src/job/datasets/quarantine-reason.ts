/**
 * The reasons for not loading a line of the input, in the order in which a load tests: the first that applies is the reason.
 * `duplicate-key` is said of a valid line whose key was already loaded; it counts as a duplicate, not as quarantined.
 */
export type QuarantineReason =
  | 'malformed-json'
  | 'malformed-csv'
  | 'wrong-type'
  | 'missing-key'
  | 'missing-value'
  | 'invalid-email'
  | 'invalid-value'
  | 'constraint-not-null'
  | 'constraint-check'
  | 'constraint-unique'
  | 'duplicate-key';

/** The reasons that make a line count as quarantined. */
export type RejectionReason = Exclude<QuarantineReason, typeof duplicateReason>;

export const duplicateReason = 'duplicate-key';
