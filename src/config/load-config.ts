import { readFile } from 'node:fs/promises';
import { checkSchema } from './check-schema';
import type { CheckContext } from './check-context';
import { readEnvironment } from './environment';
import type { LoadOptions, LoadResult } from './load';
import { migrate } from './migrate/index';
import { sealPlan } from './plan-file';
import { ProblemList } from './problem-list';
import { FILE_START, readConfig } from './read';
import { resolve } from './resolve/index';
import { checkMeaning } from './validate/index';

/**
 * Reads a configuration and everything it refers to. Never throws for what is wrong with the file: all problems are in
 * the result, and the Plan is there exactly when none of them is an error.
 *
 * @param file path as given; `.env` is looked up beside it
 */
export async function loadConfig(file: string, options: LoadOptions): Promise<LoadResult> {
  const text = options.text ?? (await readText(file));
  if (text instanceof ProblemList) return failed(text);
  const { document, problems } = readConfig(file, text);
  const { environment, unreadable } = await readEnvironment(file, options.env);
  if (unreadable !== undefined) {
    problems.add('env_file_unreadable', FILE_START, {
      message: `The \`.env\` file beside the configuration cannot be read (${unreadable}).`,
    });
  }
  if (document === undefined) return failed(problems);
  const data = checkSchema(document, problems);
  const draft = migrate(data, { document, problems, environment });
  const envoyFilesHere = options.envoyElsewhere !== true;
  const context: CheckContext = { draft, document, problems, environment, envoyFilesHere };
  checkMeaning(context);
  const { content, secrets } = resolve(context);
  const found = { problems: problems.sorted(), secrets: secrets.values, missing: secrets.missing };
  if (problems.hasErrors) return found;
  const missingProtection = found.problems
    .filter((problem) => problem.refusesStart === true)
    .map((problem) => `line ${problem.line}: ${problem.message}`);
  return { plan: sealPlan(missingProtection.length === 0 ? content : { ...content, missingProtection }), ...found };
}

function failed(problems: ProblemList): LoadResult {
  return { problems: problems.sorted(), secrets: new Map(), missing: [] };
}

async function readText(file: string): Promise<string | ProblemList> {
  const problems = new ProblemList(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (reason) {
    const code = (reason as NodeJS.ErrnoException).code;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      problems.add('yaml_syntax', FILE_START, { message: 'The file is not UTF-8 text.', fix: 'Save it as UTF-8.' });
    } else {
      const message =
        code === 'ENOENT' ? 'The file does not exist.' : `The file cannot be read (${code ?? 'unknown reason'}).`;
      problems.add('file_unreadable', FILE_START, { message });
    }
    return problems;
  }
}
