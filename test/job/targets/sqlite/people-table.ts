import type { TableSpec } from '../../../../src/job/targets/table-spec.ts';

/** A table with one column of every type. */
export const peopleTable: TableSpec = {
  name: 'people',
  primaryKey: ['id'],
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'name', type: 'text', nullable: false },
    { name: 'height', type: 'real', nullable: true },
    { name: 'member', type: 'boolean', nullable: false },
    { name: 'balance', type: 'decimal', nullable: true },
    { name: 'joined_at', type: 'timestamp', nullable: false },
  ],
};
