import { Option } from 'commander';

export type ProgressKind = 'auto' | 'tty' | 'plain' | 'json' | 'quiet';

const kinds: readonly ProgressKind[] = ['auto', 'tty', 'plain', 'json', 'quiet'];

export function progressOption(): Option {
  return new Option('--progress <kind>', 'how progress is shown on stderr').choices(kinds).default('auto');
}
