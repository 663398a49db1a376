import type { SeededRandom } from '../seeded-random.ts';
import type { UserFields } from './user-fields.ts';

/** The JSON of an e-mail that is not there; undefined leaves the key out. */
const missingEmails: readonly (string | undefined)[] = [undefined, 'null', '""', '"   "', '"\\t"'];

export function withoutEmail(fields: UserFields, random: SeededRandom): UserFields {
  return { ...fields, email: random.pick(missingEmails.map((json) => ({ json }))).json };
}

/** Addresses that are still none after everything that does not belong was removed from them. */
const brokenEmails: readonly ((local: string, domain: string) => string)[] = [
  (local, domain) => `${local}${domain}`,
  (local) => `${local}@localhost`,
  (_local, domain) => `@${domain}`,
  (local) => `${local}@`,
  (local, domain) => `${local}@@${domain}`,
  (local, domain) => `${local}@${local}@${domain}`,
  (local, domain) => `${local}..x@${domain}`,
  (local, domain) => `.${local}@${domain}`,
  (local, domain) => `${local}.@${domain}`,
  (local, domain) => `${local}@-${domain}`,
  (local) => `${local}@example.c`,
  (local) => `${local}@192.0.2.1`,
  (local) => `${local}@example_mail.com`,
  () => '???',
];

/** An address with a flaw that cleaning cannot mend. */
export function breakEmail(email: string, random: SeededRandom): string {
  const at = email.indexOf('@');
  return random.pick(brokenEmails)(email.slice(0, at), email.slice(at + 1));
}

/** Fields whose value is of another JSON type than the column's, or is outside what the type can hold. */
const wrongTypes: readonly ((fields: UserFields) => Partial<UserFields>)[] = [
  ({ id }) => ({ id: `"${id}"` }),
  ({ id }) => ({ id: `${id}.5` }),
  () => ({ id: '9223372036854775808' }),
  () => ({ name: '42' }),
  ({ name }) => ({ name: `[${name}]` }),
  ({ age }) => ({ age: `"${age}"` }),
  ({ age }) => ({ age: `${age}.5` }),
  () => ({ age: 'true' }),
  () => ({ email: '7' }),
  ({ email }) => ({ email: `{"address":${email ?? 'null'}}` }),
  ({ salary }) => ({ salary: `"${salary}"` }),
  () => ({ salary: '1e400' }),
  () => ({ salary: '[]' }),
  () => ({ city: 'false' }),
  ({ city }) => ({ city: `[${city}]` }),
  () => ({ createdAt: '1767225600000' }),
];

export function withWrongType(fields: UserFields, random: SeededRandom): UserFields {
  return { ...fields, ...random.pick(wrongTypes)(fields) };
}
