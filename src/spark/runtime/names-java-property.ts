/** Variables by which a person may give options to Java. */
const optionVariables = ['SPARK_SUBMIT_OPTS', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'];

/** Whether a person has chosen the value of a Java property already. */
export function namesJavaProperty(
  environment: Readonly<Record<string, string | undefined>>,
  property: string,
): boolean {
  return optionVariables.some((name) => environment[name]?.includes(`-D${property}=`));
}
