import { Argument, Command } from 'commander';
import type { CommandContext } from '../cli-host.ts';

/** Each asks `sparkctl complete` for the word under the cursor: its first line says whether files belong there. */
const scripts = {
  bash: `_sparkctl() {
  local answer
  mapfile -t answer < <(sparkctl complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${answer[0]}" = words ]; then
    COMPREPLY=("\${answer[@]:1}")
  else
    COMPREPLY=()
    compopt -o default 2>/dev/null
  fi
}
complete -F _sparkctl sparkctl
`,
  zsh: `#compdef sparkctl
_sparkctl() {
  local -a answer
  answer=("\${(@f)$(sparkctl complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $answer[1] == words ]]; then
    compadd -- "\${(@)answer[2,-1]}"
  else
    _files
  fi
}
compdef _sparkctl sparkctl
`,
  fish: `function __sparkctl_complete
  set -l answer (sparkctl complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test "$answer[1]" = words
    printf '%s\\n' $answer[2..-1]
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c sparkctl -f -a '(__sparkctl_complete)'
`,
};

/** `sparkctl completion`. */
export function completionCommand(context: CommandContext): Command {
  return new Command('completion')
    .summary('print what a shell needs to complete commands, options, runs and clusters')
    .description(
      'Prints a script for a shell. In ~/.bashrc: source <(sparkctl completion bash). In ~/.zshrc, after compinit:\n' +
        'source <(sparkctl completion zsh). For fish: sparkctl completion fish > ~/.config/fish/completions/sparkctl.fish',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => void context.host.stdout.write(scripts[shell]));
}

/** `sparkctl complete`, which the shells' scripts call: `words` or `files`, and then a candidate a line. */
export function completeCommand(context: CommandContext, program: () => Command): Command {
  return new Command('complete')
    .argument('[words...]', 'the words after sparkctl, the last of which is written now')
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { complete } = await import('../complete.ts');
      const { projectFolder } = await import('../../operations/context.ts');
      const project = projectFolder(context.host.workingFolder);
      const found = await complete(program(), words, {
        runs: async () => {
          const { readRuns } = await import('../../operations/runs.ts');
          return (await readRuns(project)).runs.map(({ record }) => record.id);
        },
        clusters: async () => {
          const { clusterNames } = await import('../../operations/clusters.ts');
          return await clusterNames(project);
        },
      });
      context.host.stdout.write(
        found === 'files' ? 'files\n' : `words\n${found.map((word) => `${word}\n`).join('')}`,
      );
    });
}
