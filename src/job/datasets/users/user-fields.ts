/** The JSON text of each field of one line. An absent one is left out of the line. */
export interface UserFields {
  readonly id: string;
  readonly name: string;
  readonly age: string;
  readonly email: string | undefined;
  readonly salary: string;
  readonly city: string;
  readonly createdAt: string;
}

/** The line of these fields, without its line end. */
export function userLine(fields: UserFields): string {
  const email = fields.email === undefined ? '' : `,"email":${fields.email}`;
  return `{"id":${fields.id},"name":${fields.name},"age":${fields.age}${email},"salary":${fields.salary},"city":${fields.city},"created_at":${fields.createdAt}}`;
}
