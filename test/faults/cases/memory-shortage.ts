import { describe, expect } from 'vitest';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

/** Writes into the users' database through the sink, with a stage that takes more and more memory. */
const greedy = (take: string) => `
import sys
from pyspark.sql import SparkSession
from sparkctl_io import write_sqlite

spark = SparkSession.builder.appName("greedy").getOrCreate()
${take}
write_sqlite(frame, sys.argv[1], "greedy", mode="overwrite")
`;

/** A row of the JVM that is larger than its heap. */
const inTheHeap = greedy(`
frame = spark.range(0, 2, 1, 2).selectExpr("explode(sequence(0L, 400000000L + id)) AS id")
`);

/** Python workers that take what the container has. */
const inPython = greedy(`
def take(batches):
    hoard = []
    while True:
        hoard.append(bytearray(64 << 20))

frame = spark.range(0, 2, 1, 2).mapInArrow(take, "id long")
`);

/** Executors without enough memory: the attempts are bounded, and the database stays as it was. */
export function memoryShortage(cluster: () => UsersProject, where: 'local' | 'docker'): void {
  describe(`memory on ${where}`, () => {
    const [script, injected, said] =
      where === 'local'
        ? [inTheHeap, "a row that is larger than the executor's heap", /OutOfMemoryError|code 52/]
        : [inPython, "tasks that take more than their container's limit", /SIGKILL|137|crashed|killed/i];
    fault({ number: 20, where, injected }, async ({ watch }) => {
      const project = cluster();
      await project.write('jobs/greedy.py', script);
      return await watch({ ...project.users, inputs: [] }, 'old', async () => {
        const words = ['--conf', 'spark.task.maxFailures=2', '--timeout', '150s', 'jobs/greedy.py'];
        const { exitCode, stdout, stderr } = await project.run('submit', ...words, project.users.database);
        expect(stdout + stderr).toMatch(said);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/^sparkctl: .*ran out of memory/m);
        return exitCode;
      });
    });
  });
}
