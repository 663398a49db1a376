import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { parseJson } from '../../../system/files/read-json.ts';
import type { OperationContext } from '../../operation-context.ts';
import { type Daemon, diskFull } from '../daemon.ts';
import { type BuildContext, stageContext } from './build-context.ts';

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Builds an image and gives it its names. The log is emitted line by line; a failure shows the failing step's last lines. */
export async function buildImage(
  daemon: Daemon,
  build: BuildContext,
  names: readonly [string, ...string[]],
  args: Readonly<Record<string, string>>,
  context: Pick<OperationContext, 'environment' | 'emit' | 'signal'>,
): Promise<void> {
  await using staged = await stageContext(build);
  const log = buildLog();
  await daemon.ask('the image build', async (docker) => {
    const stream = await docker.buildImage(
      { context: staged.folder, src: build.files.map(({ path }) => path) },
      {
        dockerfile: build.dockerfile,
        t: names[0],
        // The classic builder is in every engine, and needs no session.
        version: '1',
        forcerm: true,
        buildargs: { ...proxyArguments(context.environment), ...args },
        abortSignal: context.signal,
      },
    );
    await followStream(stream, log, context);
  });
  throwFailure(log, names[0]);
  for (const name of names.slice(1)) {
    const [repo = name, tag = 'latest'] = name.split(':');
    await daemon.ask(`the name ${name}`, (docker) => docker.getImage(names[0]).tag({ repo, tag }));
  }
}

/** Docker hands these to every RUN and keeps them out of the image. */
function proxyArguments(environment: OperationContext['environment']): Record<string, string> {
  return Object.fromEntries(
    proxyVariables
      .map((name) => [name, environment[name]] as const)
      .filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

function throwFailure(log: BuildLog, name: string): void {
  const failure = log.failure();
  if (failure === undefined) return;
  const { step, error, lines } = failure;
  const text = [error, ...lines].join('\n');
  if (/no space left on device/i.test(text)) {
    throw diskFull(`The disk became full while the image ${name} was built, at "${step}".`, {
      details: { step, error },
    });
  }
  const shown = lines.map((line) => `  ${line}`).join('\n');
  throw new SparkctlError({
    code: 'image-build-failed',
    category: 'cluster',
    message: `The image ${name} could not be built: "${step}" failed (${error}). It ended with:\n${shown === '' ? '  (nothing)' : shown}`,
    hint: hintFor(text),
    details: { step, error },
  });
}

function hintFor(text: string): string {
  if (/certificate|CERTIFICATE_VERIFY_FAILED|SSL/i.test(text)) {
    return 'A TLS-intercepting proxy signs the connection: name its certificates with --ca-bundle or SSL_CERT_FILE and try again.';
  }
  if (/hashes|THESE PACKAGES DO NOT MATCH/i.test(text)) {
    return 'A package is not the one that requirements.txt pins: make the file anew as spark/requirements.in says, or look at who changed it.';
  }
  if (/pull|manifest|registry|resolve|network|timed out|Could not connect|Temporary failure/i.test(text)) {
    return 'The network or a proxy is in the way: check HTTP_PROXY and HTTPS_PROXY, or use an image that is there already with --image.';
  }
  return 'Mend that step and try again: the steps before it are kept.';
}

const message = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  progress: z.string().optional(),
});

/** The number of lines of a failed step that are shown. */
const shownLines = 15;

/** Follows what the daemon says while it builds or pulls: one line of activity at a time, and the failing step at the end. */
interface BuildLog {
  /** Takes what came from the daemon; returns the lines to show. */
  take(chunk: string): readonly string[];
  /** The failure, with the step it happened in and the last lines before it. */
  failure(): { readonly step: string; readonly error: string; readonly lines: readonly string[] } | undefined;
}

export function buildLog(): BuildLog {
  let rest = '';
  let partial = '';
  let step = '';
  let error: string | undefined;
  let lines: string[] = [];

  const takeText = (text: string): readonly string[] => {
    const complete = (partial + text).split(/\r?\n/);
    partial = complete.pop() ?? '';
    // What a program wrote over again on the same line is no line of its own.
    const shown = complete.map((line) => line.trimEnd().split('\r').at(-1) ?? '');
    return shown
      .map((line) => stripVTControlCharacters(line))
      .filter(isTelling)
      .map(remember);
  };
  const remember = (line: string): string => {
    if (/^Step \d+\/\d+ : /.test(line)) {
      step = line;
      lines = [];
    } else {
      lines = [...lines, line].slice(-shownLines);
    }
    return line;
  };
  const takeMessage = (json: string): readonly string[] => {
    const parsed = parseJson(json, message);
    if (parsed.kind === 'damaged') return [];
    const { stream, status, id, error: problem, progress } = parsed.value;
    if (problem !== undefined) error = problem;
    if (stream !== undefined) return takeText(stream);
    return status === undefined ? [] : [[id, status, progress].filter(Boolean).join(' ')];
  };
  return {
    take(chunk) {
      const complete = (rest + chunk).split(/\r?\n/);
      rest = complete.pop() ?? '';
      return complete.flatMap(takeMessage);
    },
    failure() {
      const last = takeMessage(rest);
      rest = '';
      if (partial !== '') takeText('\n');
      return error === undefined ? undefined : { step, error, lines: [...lines, ...last].slice(-shownLines) };
    },
  };
}

/** The daemon's own housekeeping tells a person nothing. */
function isTelling(line: string): boolean {
  return line !== '' && !/^ ---> |^Removing intermediate container /.test(line);
}

/** Reads what the daemon says to its end, and tells each line as activity. Rejects with the signal's reason when it aborts. */
export async function followStream(
  stream: NodeJS.ReadableStream,
  log: BuildLog,
  { emit, signal }: Pick<OperationContext, 'emit' | 'signal'>,
): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      for (const line of log.take(text)) emit({ kind: 'image-output', line });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  signal.throwIfAborted();
}
