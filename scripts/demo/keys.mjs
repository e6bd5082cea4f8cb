// Provider keys of the demo: placeholders and the stand-in model, unless the reader asks for the real providers.
import { cross, dim, say } from './terminal.mjs';

const KEYS = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'];

/** False (after saying why) when the real providers are asked for and a key is missing. */
export function checkKeys(real) {
  const missing = KEYS.filter((name) => !process.env[name]);
  if (real && missing.length > 0) {
    say(`  ${cross} --real needs ${missing.join(' and ')}; set it in this shell: export ${missing[0]}=…`);
    return false;
  }
  if (!real && missing.length < KEYS.length) {
    say(dim('  a stand-in model answers; `npm run demo -- --real` uses your provider keys and real models'));
  }
  return true;
}

/** The environment of `outerloop up` when the stand-in answers for both providers. */
export function standInEnvironment(port) {
  const environment = { ...process.env };
  for (const name of KEYS) environment[name] ||= `demo-${name.toLowerCase().replaceAll('_', '-')}`;
  environment.OUTERLOOP_BASE_URL_OPENAI = `http://127.0.0.1:${port}`;
  environment.OUTERLOOP_BASE_URL_ANTHROPIC = `http://127.0.0.1:${port}`;
  return environment;
}
