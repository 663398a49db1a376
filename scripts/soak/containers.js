import { execFileSync } from 'node:child_process';

/** Tells whether there is a Docker daemon to work with. */
export function dockerAnswers() {
  try {
    docker('version', '--format', '{{.Server.Version}}');
    return true;
  } catch {
    return false;
  }
}

export function docker(...words) {
  return execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The running containers of a project that have a role: `{ id, ports }`. */
export function containersOf(project, role) {
  const filters = ['--filter', `label=sparkctl.project=${project}`];
  if (role !== undefined) filters.push('--filter', `label=sparkctl.role=${role}`);
  return docker('ps', ...filters, '--format', '{{.ID}}\t{{.Ports}}')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id, published = ''] = line.split('\t');
      return { id, ports: [...published.matchAll(/:(\d+)->/g)].map((match) => Number(match[1])) };
    });
}
