import { error, warning, type ProblemRow } from './row';

/** Addresses, durations, variables and secrets. */
export const VALUES_PROBLEMS = {
  invalid_url: error(
    'A URL cannot be used',
    'It must be complete, for nothing is guessed about where requests are sent.',
    'Write scheme, host and, where needed, port: `http://localhost:10510`.',
  ),
  invalid_endpoint: error(
    'An endpoint is not host or host:port',
    'Scheme and path belong to other keys (`protocol`, and `path` of the prompt target).',
    'Write `host` or `host:port`, and `protocol: https` when TLS is wanted.',
  ),
  invalid_port: error(
    'A port is no number from 1 to 65535',
    'Only these ports exist.',
    'Write a whole number, or a variable that holds one.',
  ),
  invalid_otlp_endpoint: error(
    'The trace endpoint cannot be used',
    'Traces are sent over OTLP/gRPC to a host and port.',
    'Write `http://host:port` without a path, for example `http://localhost:4317`.',
  ),
  invalid_duration: error(
    'A duration cannot be understood',
    'Without a unit it would be unclear what the number means.',
    'Write a number with a unit: `30s`, `0.5s`, `1500ms`, `2m` or `1h`.',
  ),
  ca_file_missing: error(
    'The file with trusted certificates does not exist',
    'Envoy refuses to start without it.',
    'Correct `overrides.upstream_tls_ca_path`, or remove it to use the bundle of the system.',
  ),
  missing_variable: warning(
    'A variable is not set',
    'The value is needed at run time; `up` and `serve` refuse to start without it.',
    'Export it in the shell, or add it to the `.env` file beside the configuration.',
  ),
  unresolved_reference: error(
    'A variable in an address is not set',
    'Addresses are resolved when the file is compiled, so the variable must be set then.',
    'Export it in the shell, or add it to the `.env` file beside the configuration.',
  ),
  unexpanded_reference: warning(
    'A variable stands where none is replaced',
    'Variables are replaced in credentials, headers, connection strings and addresses only; here the text stays as it is written.',
    'Write the value itself.',
  ),
  literal_secret: warning(
    'A secret is written in the file',
    'Everybody who can read the file, its backups or its history can use the secret.',
    'Put it into the environment and write `$NAME` here.',
  ),
} as const satisfies Record<string, ProblemRow>;
