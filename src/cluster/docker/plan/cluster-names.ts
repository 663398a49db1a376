import { createHash } from 'node:crypto';

/**
 * Compose's project name of a cluster: all its objects carry it in their names and labels. The project folder is part
 * of it, so that two projects may both have a cluster called `default`.
 */
export function composeProject(cluster: string, projectFolder: string): string {
  return `${cluster}-${folderMark(projectFolder)}`;
}

/** The cluster's name in a Compose project name; one that Compose made by itself is called as Compose calls it. */
export function clusterOfComposeProject(name: string, projectFolder: string): string {
  const mark = `-${folderMark(projectFolder)}`;
  return name.endsWith(mark) ? name.slice(0, -mark.length) : name;
}

function folderMark(projectFolder: string): string {
  return createHash('sha256').update(projectFolder).digest('hex').slice(0, 8);
}

/** The file-system and Docker name of something that a Compose file calls `name`. */
export function objectName(project: string, name: string): string {
  return `${project}_${name}`;
}

/** `default-1a2b3c4d-spark-worker-2`, as Compose names its containers. */
export function containerName(project: string, service: string, number: number): string {
  return `${project}-${service}-${number}`;
}
