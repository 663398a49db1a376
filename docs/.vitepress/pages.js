/** The pages of the site by the question that brings a reader to them. Each is a file of the repository, with its title here. */
export const sections = [
  {
    text: 'Begin',
    pages: {
      'README.md': 'Overview',
      'docs/start.md': 'Start',
      'docs/your-own-project.md': 'Your own project',
      'docs/write-a-job.md': 'Write a job',
      'docs/test-your-jobs.md': 'Test your jobs',
      'docs/how-a-run-flows.md': 'How a run flows',
      'docs/what-we-dont-do.md': "What we don't do",
    },
  },
  {
    text: 'Jobs and results',
    pages: {
      'docs/sink.md': 'Writing into SQLite',
      'docs/checks.md': 'Checks',
      'docs/exit-codes.md': 'Exit codes',
      'docs/report.md': 'The report of a run',
    },
  },
  {
    text: 'Clusters',
    pages: {
      'docs/backends.md': 'Backends',
      'docs/clusters-that-exist.md': 'Clusters that exist',
      'docs/standby-and-connect.md': 'Standby and Connect',
      'docs/image.md': 'The image, line by line',
    },
  },
  {
    text: 'Trust',
    pages: {
      'SECURITY.md': 'Security',
      'docs/faults.md': 'Faults',
      'docs/performance.md': 'Performance',
    },
  },
  {
    text: 'Reference',
    pages: {
      'docs/manifest.md': 'Manifest',
      'docs/commands.md': 'Commands',
      'docs/json.md': 'JSON for programs',
      'docs/library.md': 'Library (TypeScript)',
      'docs/sparkctl_io.md': 'sparkctl_io (Python)',
    },
  },
  {
    text: 'Develop',
    pages: {
      'CONTRIBUTING.md': 'Contributing',
      'docs/architecture.md': 'Architecture',
      'CHANGELOG.md': 'Changelog',
    },
  },
];

export const pages = sections.flatMap((section) => Object.keys(section.pages));

/** The address of a page within the site, without its ending. */
export function addressOf(page) {
  if (page === 'README.md') return 'index';
  return page.replace('docs/', '').replace('.md', '').toLowerCase();
}
