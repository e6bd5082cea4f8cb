// Which folder may import which, and which library belongs where. Each rule says where a misplaced thing belongs.

/** Modules of `config` without behaviour of their own: the Plan's shape, shared names, secret templates. */
const PLAN = 'src/config/(plan|names|secret-template)\\.ts$';
const PORTS = 'src/ports/[^/]+\\.ts$';

/**
 * One row per folder of src. `values`: what may be imported; `types`: what may be imported as types only.
 * `why` is printed with every violation.
 */
const FOLDERS = [
  {
    folder: 'wire',
    why: 'wire turns bytes into messages and back and knows nothing of ours. What needs a Plan, a vendor or a decision belongs in pipeline.',
  },
  {
    folder: 'providers',
    values: ['src/wire/'],
    why: 'providers holds rows about vendors. Choosing between them belongs in decide, calling them in pipeline, reading their keys in config.',
  },
  {
    folder: 'signals',
    values: ['src/wire/'],
    why: 'signals judges a conversation that is handed in. Fetching or reporting one belongs in pipeline.',
  },
  {
    folder: 'decide',
    values: ['src/(wire|providers)/'],
    types: [PLAN, PORTS],
    why: 'decide takes values and returns a decision. Getting the values and acting on the decision belong in pipeline; implementations are handed in as port types.',
  },
  {
    folder: 'guards',
    values: ['src/wire/'],
    types: [PLAN, PORTS],
    why: 'guards judge a text that is handed in. When they run belongs in pipeline, what they call belongs in ports/adapters.',
  },
  {
    folder: 'ports',
    except: 'src/ports/adapters/',
    types: ['src/wire/', PLAN],
    why: 'ports says what is needed from the outside, in types alone. Anything that runs belongs in ports/adapters.',
  },
  {
    folder: 'ports/adapters',
    values: ['src/wire/', PLAN, PORTS],
    why: 'An adapter implements one port with one library. What decides or composes belongs in pipeline or cli.',
  },
  {
    folder: 'config',
    values: ['src/(wire|providers|guards)/'],
    why: 'config turns text into a Plan and knows other folders by their registries only. Envoy resources belong in compiler, behaviour at run time in pipeline.',
  },
  {
    folder: 'compiler',
    values: ['src/(wire|providers)/', PLAN],
    why: 'compiler maps a Plan to Envoy resources. Reading YAML belongs in config, what happens per request in pipeline.',
  },
  {
    folder: 'pipeline',
    values: ['src/(wire|providers|decide|guards|signals)/', PLAN],
    types: [PORTS],
    why: 'pipeline runs stages on facts and port types. Implementations are handed in by cli, gRPC belongs in extproc, Envoy resources in compiler.',
  },
  {
    folder: 'extproc',
    values: ['src/(pipeline|wire)/', PLAN],
    types: [PORTS],
    why: "extproc speaks Envoy's protocol and hands Exchanges to pipeline. Everything about models, agents and vendors belongs there.",
  },
];

/** Libraries and the folders that may know them. */
const FENCES = [
  { libraries: '@grpc/', folders: 'extproc', why: 'gRPC is spoken in extproc alone.' },
  {
    libraries: '(yaml|ajv|ajv-formats)/',
    folders: 'config|compiler',
    why: 'YAML is read and checked in config; compiler prints it.',
  },
  { libraries: 'dotenv/', folders: 'config', why: 'Environment files are read in config.' },
  {
    libraries:
      '(onnxruntime-node|@huggingface/|gpt-tokenizer|pino|prom-client|undici|google-auth-library|@azure/|@opentelemetry/(?!api/))',
    folders: 'ports/adapters',
    why: 'This library is an implementation detail of an adapter: put the code into ports/adapters and hand it in through a port.',
  },
  {
    libraries: '@opentelemetry/api/',
    folders: 'ports|pipeline|extproc',
    why: "Spans are made where a request's way is known: pipeline and extproc.",
  },
  { libraries: '(eventsource-parser|@smithy)/', folders: 'wire', why: 'Framing of streams belongs in wire.' },
  { libraries: '(commander|yauzl)/', folders: 'cli', why: 'Talking to people and fetching Envoy belong in cli.' },
  {
    libraries: 'fastest-levenshtein/',
    folders: 'config|decide|cli',
    why: 'Suggestions are made where people write names: config, decide and cli.',
  },
];

const TESTS = '\\.test\\.m?ts$';
const TYPE_ONLY = ['type-only', 'type-import'];

function folderRules({ folder, except, values = [], types = [], why }) {
  const from = { path: `^src/${folder}/`, pathNot: [TESTS, ...(except ? [`^${except}`] : [])] };
  // A folder may import itself, but `ports` must not import its adapters.
  const itself = except ? `^src/${folder}/(?!${except.slice(`src/${folder}/`.length)})` : `^src/${folder}/`;
  const anchored = (paths) => paths.map((path) => `^${path}`);
  const name = folder.replace('/', '-');
  const rules = [
    {
      name: `${name}-imports`,
      severity: 'error',
      comment: why,
      from,
      to: { path: '^src/', pathNot: [itself, ...anchored(values), ...anchored(types)] },
    },
  ];
  if (types.length === 0) return rules;
  return [
    ...rules,
    {
      name: `${name}-imports-types-only`,
      severity: 'error',
      comment: `Only types may come from there (import type). ${why}`,
      from,
      to: { path: anchored(types), pathNot: anchored(values), dependencyTypesNot: TYPE_ONLY },
    },
  ];
}

function fenceRule({ libraries, folders, why }) {
  return {
    name: `fence-${libraries
      .replace(/[^a-z-]+/g, ' ')
      .trim()
      .replace(/ /g, '-')}`,
    severity: 'error',
    comment: why,
    from: { path: '^src/', pathNot: [`^src/(${folders})/`, TESTS] },
    to: { path: `(^|/)node_modules/${libraries}` },
  };
}

module.exports = {
  forbidden: [
    ...FOLDERS.flatMap(folderRules),
    ...FENCES.map(fenceRule),
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that need each other are one thing or need a third: move what both use into a file of its own.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: TYPE_ONLY } },
    },
    {
      name: 'pure-folders',
      severity: 'error',
      comment:
        'wire, providers, signals and decide take values and return values. Files, sockets, clocks and processes belong in ports/adapters.',
      from: { path: '^src/(wire|providers|signals|decide)/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|string_decoder|util|crypto)$' },
    },
    {
      name: 'product-code-alone',
      severity: 'error',
      comment: 'src must run without the test, bench and example folders; move what it needs into src.',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: '^(test|bench|examples|scripts)/' },
    },
    {
      name: 'no-development-libraries',
      severity: 'error',
      comment: 'An installed package lacks devDependencies; list the library under dependencies or do without it.',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: [...TYPE_ONLY, 'npm'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'This import leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
