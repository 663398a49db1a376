import { z } from 'zod';

/** Numbers of a log are hostile, too: what is none counts as nothing. */
const amount = z.number().nonnegative().catch(0);
const instant = z.number().positive().max(8.64e15);
const id = z.number().int().nonnegative();
const text = z.string().catch('');

const stageInfo = z.object({
  'Stage ID': id,
  'Stage Attempt ID': id.catch(0),
  'Stage Name': text,
  'Number of Tasks': amount,
  'Submission Time': instant.optional().catch(undefined),
  'Completion Time': instant.optional().catch(undefined),
  'Failure Reason': z.string().optional().catch(undefined),
});

const accumulable = z.object({ ID: id, Update: z.coerce.number().catch(Number.NaN) });

const taskMetrics = z
  .object({
    'Executor Run Time': amount,
    'JVM GC Time': amount,
    'Memory Bytes Spilled': amount,
    'Disk Bytes Spilled': amount,
    'Shuffle Read Metrics': z
      .object({ 'Fetch Wait Time': amount, 'Remote Bytes Read': amount, 'Local Bytes Read': amount })
      .optional()
      .catch(undefined),
    'Shuffle Write Metrics': z.object({ 'Shuffle Bytes Written': amount }).optional().catch(undefined),
    'Input Metrics': z.object({ 'Bytes Read': amount, 'Records Read': amount }).optional().catch(undefined),
    'Output Metrics': z.object({ 'Bytes Written': amount }).optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

/** A node of a plan without its children, which are validated one by one: a log may nest them deeper than a stack can bear. */
export const planNode = z.object({
  nodeName: text,
  simpleString: text,
  children: z.array(z.unknown()).catch([]),
  metrics: z.array(z.object({ name: text, accumulatorId: id, metricType: text })).catch([]),
});

const sql = 'org.apache.spark.sql.execution.ui.SparkListener';

/** The events that a report needs, with the fields that it needs. */
export const eventSchemas = {
  SparkListenerLogStart: z.object({ 'Spark Version': z.string() }),
  SparkListenerApplicationStart: z.object({
    'App Name': text,
    'App ID': z.string().optional(),
    Timestamp: instant,
  }),
  SparkListenerApplicationEnd: z.object({ Timestamp: instant }),
  SparkListenerEnvironmentUpdate: z.object({ 'Spark Properties': z.record(z.string(), z.string()) }),
  SparkListenerExecutorAdded: z.object({
    Timestamp: instant,
    'Executor ID': z.string(),
    'Executor Info': z.object({ Host: text, 'Total Cores': amount }),
  }),
  SparkListenerExecutorRemoved: z.object({
    Timestamp: instant,
    'Executor ID': z.string(),
    'Removed Reason': text,
  }),
  SparkListenerJobStart: z.object({
    'Job ID': id,
    'Submission Time': instant,
    'Stage IDs': z.array(id).catch([]),
    Properties: z
      .object({
        'spark.sql.execution.id': z
          .string()
          .regex(/^\d{1,15}$/)
          .optional()
          .catch(undefined),
      })
      .nullish()
      .catch(undefined),
  }),
  SparkListenerJobEnd: z.object({
    'Job ID': id,
    'Completion Time': instant,
    'Job Result': z.object({ Result: text }).catch({ Result: '' }),
  }),
  SparkListenerStageSubmitted: z.object({ 'Stage Info': stageInfo }),
  SparkListenerStageCompleted: z.object({ 'Stage Info': stageInfo }),
  SparkListenerTaskEnd: z.object({
    'Stage ID': id,
    'Stage Attempt ID': id.catch(0),
    'Task End Reason': z.object({ Reason: text }).catch({ Reason: '' }),
    'Task Info': z.object({
      'Launch Time': instant,
      'Finish Time': instant,
      'Executor ID': text,
      Failed: z.boolean().catch(false),
      Killed: z.boolean().catch(false),
      Accumulables: z.array(accumulable).catch([]),
    }),
    'Task Metrics': taskMetrics,
    'Task Executor Metrics': z.object({ JVMHeapMemory: amount }).optional().catch(undefined),
  }),
  [`${sql}SQLExecutionStart` as const]: z.object({
    executionId: id,
    description: text,
    time: instant,
    sparkPlanInfo: z.unknown(),
  }),
  [`${sql}SQLAdaptiveExecutionUpdate` as const]: z.object({ executionId: id, sparkPlanInfo: z.unknown() }),
  [`${sql}DriverAccumUpdates` as const]: z.object({
    accumUpdates: z.array(z.tuple([id, z.number()])),
  }),
  [`${sql}SQLExecutionEnd` as const]: z.object({
    executionId: id,
    time: instant,
    errorMessage: z.string().nullish(),
  }),
};

type EventSchemas = typeof eventSchemas;
export type EventName = keyof EventSchemas;
export type EventOf<Name extends EventName> = z.output<EventSchemas[Name]>;
