/** The faults that a run must survive without a doubt about its table. */
export const twentyFaults = {
  1: 'A worker and its executor die while they write',
  2: 'The driver dies while rows are written',
  3: 'sparkctl itself is killed',
  4: 'The Docker daemon is not there, may not be asked, or dies',
  5: 'Other programs have the usual ports',
  6: 'A disk is full',
  7: 'Lines are cut off, no JSON, empty, with a byte order mark or CR LF',
  8: 'Columns are new, missing, or of another type',
  9: 'Emoji, right-to-left text, NFC and NFD, NUL, lone surrogates',
  10: 'Keys are repeated, null or blank, and e-mail addresses are bad',
  11: 'A line of 1 MB and a field of 1 MB',
  12: 'Numbers at the end of what a type can hold, and beyond',
  13: 'Paths and links lead out of the project',
  14: 'Names, arguments and secrets that could do harm',
  15: 'Another process holds the database',
  16: 'The database may not be written',
  17: 'The same run id twice, at once and again later',
  18: 'Ctrl-C, once and twice, SIGTERM, a closed stdout',
  19: 'Stale records, stale locks, and a clock that jumps',
  20: 'Memory runs out',
} as const;

export type FaultNumber = keyof typeof twentyFaults;
