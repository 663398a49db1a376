import type { ContainerSpec } from '../plan/container-spec.ts';

/** What has to be brought to a container because its image does not have it. */
export interface ImageNeeds {
  /** Where the driver's log configuration is in the container. */
  readonly driverLogConfiguration: string;
  /** Of an image that sparkctl did not build. */
  readonly foreign?: {
    readonly sparkHome: string;
    /** Files of the host: the entry point, the package that jobs import, and a passwd file in which the containers' user has a name. */
    readonly supportFolder: string;
  };
}

const supportTarget = '/opt/sparkctl';

/**
 * A container of a foreign image gets sparkctl's own entry point: that of bitnami knows no history server and prepares
 * nothing for other commands, that of apache/spark knows no roles at all. Secrets, encryption and event logs then work
 * the same everywhere.
 */
export function adaptToImage(spec: ContainerSpec, { foreign }: ImageNeeds): ContainerSpec {
  if (foreign === undefined) return spec;
  const bind = (source: string, target: string) =>
    ({ type: 'bind', source, target, readOnly: true }) as const;
  return {
    ...spec,
    entrypoint: ['/bin/bash', `${supportTarget}/entrypoint.sh`],
    command: spec.command ?? [],
    environment: {
      ...spec.environment,
      SPARK_HOME: foreign.sparkHome,
      PYTHONPATH: `${supportTarget}/python:${foreign.sparkHome}/python`,
    },
    mounts: [
      ...spec.mounts,
      bind(foreign.supportFolder, supportTarget),
      bind(`${foreign.supportFolder}/passwd`, '/etc/passwd'),
    ],
  };
}
