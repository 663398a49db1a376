/** The ways there are to make a cluster; `backends.ts` holds each of them. */
export type BackendKind = 'local' | 'docker';
