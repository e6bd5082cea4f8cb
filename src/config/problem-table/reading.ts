import { error, warning, type ProblemRow } from './row';

/** What is wrong with the text and the shape of a file. */
export const READING_PROBLEMS = {
  file_unreadable: error(
    'The file cannot be read',
    'Without the file there is nothing to start.',
    'Check the path and the permissions; `outerloop init` writes a file to start from.',
  ),
  yaml_syntax: error(
    'The text is not valid YAML',
    'What follows the mistake cannot be understood reliably, so the rest of the file is checked only when it is mended.',
    'Correct the YAML at this place; indentation by spaces and quotes around special characters are the usual causes.',
  ),
  several_documents: error(
    'The file holds several YAML documents',
    'A configuration is one document; it would be unclear which one counts.',
    'Keep one document and remove the `---` line that starts the next one.',
  ),
  empty_file: error(
    'The file is empty',
    'A configuration needs at least `version` and `listeners`.',
    'Start from `outerloop init`, or write `version: v0.4.0` and a `listeners:` list.',
  ),
  not_a_mapping: error(
    'The file is not a mapping of keys',
    'A configuration is a set of keys such as `version:` and `listeners:` at the outermost level.',
    'Write `key: value` lines at the outermost level.',
  ),
  duplicate_key: warning(
    'A key is written twice',
    'The last one wins silently, so the first has no effect.',
    'Remove one of them.',
  ),
  env_file_unreadable: warning(
    'The .env file cannot be read',
    'Variables that only it sets are treated as missing.',
    'Make the file readable for the user who starts Outerloop, or export the variables in the shell.',
  ),
  unknown_key: error(
    'A key is not known',
    'An unknown key has no meaning here; most often it is a typo or stands at the wrong level.',
    'Remove the key or correct its name.',
  ),
  unknown_override: warning(
    'A key of overrides is not known',
    'Unknown overrides are accepted for compatibility, but nothing reads them.',
    'Remove the key or correct its name.',
  ),
  missing_key: error('A required key is missing', 'The part cannot work without it.', 'Add the key.'),
  wrong_type: error(
    'A value has the wrong type',
    'The value cannot be understood as what the key stands for.',
    'Write a value of the type that is asked for.',
  ),
  unknown_value: error(
    'A value is none of the allowed ones',
    'The key knows a fixed set of values.',
    'Use one of the allowed values.',
  ),
  out_of_range: error(
    'A number is outside of its limits',
    'Values beyond the limits cannot work.',
    'Use a number inside the limits.',
  ),
  empty_value: error(
    'A value is empty',
    'An empty value has no meaning here.',
    'Add at least one entry, or remove the key.',
  ),
} as const satisfies Record<string, ProblemRow>;
