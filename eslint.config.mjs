// Type-aware lint. What prettier formats and dependency-cruiser fences is not repeated here.
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

const LIMITS = { softFile: 300, hardFile: 500, softFunction: 40, hardFunction: 80 };
const lines = (max) => ({ max, skipBlankLines: false, skipComments: false });
const code = (max) => ({ max, skipBlankLines: true, skipComments: true, IIFEs: true });

const PURE = ['src/wire/**', 'src/decide/**', 'src/signals/**', 'src/providers/**'];
const TESTS = ['**/*.test.ts', 'test/**', 'bench/**'];

const environment = (name) => ({
  object: 'process',
  property: name,
  message: `Only src/cli reads process.${name}; take the value as an argument.`,
});
const impure = (object, property) => ({
  object,
  property,
  message: 'This folder is pure: take the time, the random number or the result of I/O as an argument.',
});

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'models/**', 'coverage/**', 'test/fixtures/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    // ESLint knows one severity per rule name; the second name gives the same rule its hard limit.
    plugins: { hard: { rules: Object.fromEntries(builtinRules) } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-fallthrough': 'error',
      'no-self-compare': 'error',
      'no-unreachable-loop': 'error',
      'no-cond-assign': 'error',
      'no-control-regex': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-depth': ['error', 4],
      'max-lines': ['warn', lines(LIMITS.softFile)],
      'hard/max-lines': ['error', lines(LIMITS.hardFile)],
      'max-lines-per-function': ['warn', code(LIMITS.softFunction)],
      'hard/max-lines-per-function': ['error', code(LIMITS.hardFunction)],
      'no-restricted-properties': ['error', environment('env'), environment('argv')],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-properties': [
        'error',
        environment('env'),
        environment('argv'),
        impure('Date', 'now'),
        impure('performance', 'now'),
        impure('Math', 'random'),
      ],
      // Hashes are pure, random numbers are not.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: ['crypto', 'node:crypto'].map((name) => ({
            name,
            importNames: ['randomBytes', 'randomInt', 'randomUUID', 'webcrypto'],
            message: 'This folder is pure: take random values as arguments.',
          })),
        },
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'fetch'],
    },
  },
  {
    files: ['src/cli/**', 'scripts/**', 'examples/**', 'bench/**', 'test/**', '**/*.test.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    // A describe block is a list of cases, not a function to hold in the head.
    files: TESTS,
    rules: { 'max-lines-per-function': 'off', 'hard/max-lines-per-function': 'off', 'max-lines': 'off' },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
);
