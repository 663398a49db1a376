type Environment = Readonly<Record<string, string | undefined>>;

/** The certificates to trust beside the system's, behind a proxy that signs anew: the file a person named for other programs already. */
export function caBundleOf(environment: Environment): string | undefined {
  return environment['SSL_CERT_FILE'] || environment['NODE_EXTRA_CA_CERTS'] || undefined;
}

/** The environment for pip: its own setting where there is one, otherwise the bundle. Proxy variables pip reads itself. */
export function pipEnvironment(environment: Environment): Environment {
  const bundle = caBundleOf(environment);
  return {
    ...environment,
    ...(bundle === undefined || environment['PIP_CERT'] ? {} : { PIP_CERT: bundle }),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  };
}
