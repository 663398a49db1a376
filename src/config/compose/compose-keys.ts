/** Keys of Compose that change nothing for a cluster that sparkctl makes; each with the reason, which is told as a warning. */
export const keysWithoutEffect: Readonly<Record<string, string>> = {
  version: 'Compose itself no longer reads it',
  name: 'a cluster of sparkctl is named after the cluster and the project folder',
  healthcheck: 'sparkctl asks the endpoints of master and history server themselves',
  expose: 'the containers of a network reach each other without it',
  stdin_open: 'no node reads from a terminal',
  tty: 'no node reads from a terminal',
  pull_policy: 'an image that is there is used, and one that is not is built',
};

/** Keys of Compose that sparkctl does not carry out. Leaving them out silently would make another cluster than the file says. */
export const unsupportedKeys: ReadonlySet<string> = new Set([
  ...['annotations', 'attach', 'blkio_config', 'cgroup', 'cgroup_parent', 'configs', 'container_name', 'cpu_count'],
  ...['cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares', 'cpuset'],
  ...['credential_spec', 'deploy', 'develop', 'device_cgroup_rules', 'devices', 'dns', 'dns_opt', 'dns_search'],
  ...['domainname', 'driver_opts', 'env_file', 'extends', 'external_links', 'gpus', 'group_add', 'include', 'ipc'],
  ...['isolation', 'label_file', 'links', 'logging', 'mac_address', 'mem_reservation', 'mem_swappiness', 'models'],
  ...['network_mode', 'oom_kill_disable', 'oom_score_adj', 'pid', 'platform', 'post_start', 'pre_stop', 'privileged'],
  ...['provider', 'runtime', 'secrets', 'stop_grace_period', 'stop_signal', 'storage_opt', 'sysctls', 'ulimits'],
  ...['use_api_socket', 'userns_mode', 'uts', 'volumes_from'],
]);
