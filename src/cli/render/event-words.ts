import { describeReason } from '../../system/describe-phase.ts';
import { describeShortage } from '../../system/describe-shortage.ts';
import type { InstallStep, SparkctlEvent } from '../../system/event.ts';
import { formatNumber } from '../../system/format-number.ts';
import { describeApplication } from './application-lines.ts';

/** A line for people. `activity` replaces the one before it; the others stay. */
export interface EventWords {
  readonly level: 'activity' | 'note' | 'warning';
  readonly text: string;
}

type Kind = SparkctlEvent['kind'];
type Words = {
  readonly [Each in Kind]: (event: Extract<SparkctlEvent, { kind: Each }>) => EventWords | undefined;
};

const activity = (text: string): EventWords => ({ level: 'activity', text });
const note = (text: string): EventWords => ({ level: 'note', text });
const warning = (text: string): EventWords => ({ level: 'warning', text });
const who = ({ pid, run }: { readonly pid: number; readonly run?: string }) =>
  run === undefined ? `process ${pid}` : `run ${run}`;

/** The words of every kind of event; undefined for those that are shown in another way, or not at all. */
const words: Words = {
  'run-created': () => undefined,
  'phase-started': () => undefined,
  'phase-finished': () => undefined,
  'rows-generated': ({ rows, of }) => activity(`${formatNumber(rows)} of ${formatNumber(of)} rows`),
  'node-ready': ({ node }) => activity(`${node} is ready`),
  'waiting-for-nodes': ({ nodes }) => activity(`waiting for ${nodes.join(', ')}`),
  'image-output': ({ line }) => activity(line),
  installing: ({ step, what }) => activity(installWords[step](what ?? '')),
  'waiting-for-lock': ({ on, ...holder }) =>
    activity(`waiting for ${who(holder)}, which is making the ${on}`),
  'application-progress': (state) => activity(describeApplication(state)),
  'backend-chosen': ({ backend, reason }) => note(`Backend ${backend}: ${describeReason(reason, backend)}`),
  'runtime-missing': ({ folder }) =>
    note(`Making the Spark runtime once for this machine, in ${folder} (about a minute, 800 MB)`),
  'java-missing': ({ folder, passedOver }) => {
    const why = passedOver.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
    const none = `No Java 17 or newer is here${why === '' ? '' : ` (${why})`}`;
    return note(`${none}: installing one for sparkctl alone, in ${folder} (half a minute, 110 MB)`);
  },
  'image-missing': ({ image }) =>
    note(`Building the image ${image} (about two minutes): none was built from these files yet`),
  'port-taken': ({ port, node, used }) =>
    note(`Port ${port} is taken: ${node} uses ${used === undefined ? 'a free one' : used}`),
  'waiting-for-cluster': ({ cluster, ...holder }) =>
    note(`Waiting for ${who(holder)}, which works on cluster ${cluster}`),
  'waiting-for-run': ({ run, holds, path }) =>
    note(`Waiting for run ${run}, which holds the ${holds} ${path}`),
  'standby-started': () => undefined,
  'standby-failed': ({ cluster, reason }) =>
    warning(`No standby driver waits on cluster ${cluster}: ${reason}`),
  'stopping-run': ({ run }) => note(`Stopping run ${run}, which uses the cluster`),
  'cluster-reclaimed': ({ cluster }) => note(`Removed cluster ${cluster}, left by a killed sparkctl`),
  'run-lost': ({ run }) => note(`Run ${run} is lost: its sparkctl exited without reporting`),
  'run-taken-up': ({ run }) => note(`Run ${run} is taken up again: its sparkctl exited without reporting`),
  'run-cleared': ({ run }) => note(`Removed what was left of run ${run}`),
  'access-changed': ({ project, uid, changes }) =>
    note(
      `Containers run as user ${uid}, group 0. For what the job needs, changed in ${project}: ${changes.join(', ')}`,
    ),
  'access-limited': ({ project, uid, gid }) =>
    note(
      `Containers run as user ${uid}, group 0: in ${project} they may write only to the target and the outputs of a manifest. For the rest: chgrp ${gid} "${project}" && chmod g+rwx "${project}"`,
    ),
  'record-unusable': ({ path, reason }) =>
    warning(`The record ${path} cannot be used, and is ignored: ${reason}`),
  'leftover-kept': ({ path, code }) => warning(`${path} was left by a run and cannot be removed (${code})`),
  'artifact-left-out': ({ reason }) => warning(reason),
  'report-failed': ({ reason }) => warning(`The report of the run could not be written: ${reason}`),
  'application-waits': (shortage) => {
    const { message, hint } = describeShortage(shortage);
    return warning(`${message.charAt(0).toUpperCase()}${message.slice(1)}. ${hint}`);
  },
  'output-held': () =>
    warning(
      'The script has exited, but a process that it started still holds its output: what that process prints from now on is not kept.',
    ),
  'certificates-unreadable': ({ path, code }) =>
    warning(
      `The certificates ${path} cannot be read (${code}), so Java trusts only its own: check --ca-bundle, SSL_CERT_FILE or NODE_EXTRA_CA_CERTS`,
    ),
  'trust-store-failed': ({ path, code }) =>
    warning(
      `The trust store ${path} cannot be made (${code}), so Java trusts only its own certificates: check SPARKCTL_CACHE`,
    ),
  'cluster-left': ({ cluster, reason }) =>
    warning(
      `Cluster ${cluster} could not be removed completely: ${reason} Try: sparkctl cluster down --cluster ${cluster}`,
    ),
  'compose-ignored': ({ file, what, reason }) => warning(`${file}: ${what} ${reason}.`),
};

const installWords: Readonly<Record<InstallStep, (what: string) => string>> = {
  collecting: (what) => `collecting ${what}`,
  downloading: (what) => `downloading ${what}`,
  building: () => 'building pyspark',
  installing: () => 'installing',
};

/** Says an event to people, where it is one that is said. */
export function eventWords(event: SparkctlEvent): EventWords | undefined {
  return (words[event.kind] as (event: SparkctlEvent) => EventWords | undefined)(event);
}
