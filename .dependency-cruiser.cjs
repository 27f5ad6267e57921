/** Who may import whom: see CONTRIBUTING.md. tests/layers proves that each rule fires. */

/** Where processes and threads begin (electron.vite.config.ts names the same). */
const entries = [
  '^src/(main|preload)/index\\.ts$',
  '^src/worker/engine\\.ts$',
  '^src/worker/compute/thread/computeThread\\.ts$',
  '^src/worker/encoders/encoderThread\\.ts$',
  '^src/cli/assay\\.ts$',
  '^src/renderer/main\\.ts$',
];

/** Tests, and what only tests use: *.test.ts, test*.ts, *.entry.ts (a process that a test starts), core/testing. */
const tests = '(\\.test\\.ts|/test[A-Z]\\w*\\.ts|\\.entry\\.ts)$|^src/core/testing/';

const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
});

/** Core's floors, from the ground up: a folder uses folders of lower floors, none of its own floor and none above. */
const floors = [
  ['base'],
  ['linalg', 'labels'],
  ['job', 'review'],
  ['models', 'text'],
  ['influence', 'media'],
  ['l2', 'ranking', 'validation', 'leakage'],
  ['head'],
  ['audit'],
  ['session', 'study', 'annotators'],
];

/** What the command line meets of the engine. */
const face = [
  // Opening, finishing, giving up; the project itself; a data file before it is read, and who watches that.
  'localEngine',
  'project/openProject',
  'project/dataFile',
  'datasets/looking',
  // What is asked of a study, of several annotators, and of an export.
  'jobs/studyRequest',
  'annotators/annotatorsRequest',
  'exports/exportRequest',
  // Two decision files beside each other: no project is needed.
  'decisions/compareFiles',
  // Results: where they may go, all of them or none, tables and heads.
  'exports/outputTargets',
  'exports/stagedFiles',
  'exports/tableFile',
  'exports/unlearnedHead',
  // What prints a report as a PDF file.
  'report/electronPrinter',
];

const floorRules = floors.flatMap((folders, floor) =>
  folders.map((folder) => ({
    name: `core-floor-${folder}`,
    comment: 'Core is built from the ground up: what is below does not know what stands on it.',
    severity: 'error',
    from: { path: `^src/core/${folder}/`, pathNot: tests },
    to: { path: '^src/core/', pathNot: `^src/core/(${[...floors.slice(0, floor).flat(), folder].join('|')})/` },
  })),
);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or three. Types count: they tie a reader as well.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-room-has-a-floor',
      comment: 'A room of core that no list of floors names would stand outside the rules.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: [`^src/core/(${floors.flat().join('|')})/`, tests] },
      to: {},
    },
    ...floorRules,
    {
      name: 'reached-or-removed',
      comment: 'What no process and no command reaches is dead wood. Use it, or remove it.',
      severity: 'error',
      from: { path: entries },
      to: { path: '^src/', pathNot: [...entries, tests, '\\.d\\.ts$'], reachable: false },
    },
    only(
      'core-stands-alone',
      'The mathematics knows nothing of processes, storage or screens.',
      '^src/core/',
      '^src/core/',
    ),
    {
      name: 'core-is-pure',
      comment: 'Core runs anywhere: no Node, no packages (tests may use the test runner).',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    only(
      'contract-uses-core',
      'The contract is made of schemas and core types.',
      '^src/contract/',
      '^src/(contract|core)/',
    ),
    only(
      'worker-is-below-cli',
      'The engine serves windows and command line and knows neither.',
      '^src/worker/',
      '^src/(worker|contract|core)/',
    ),
    only(
      'cli-uses-worker',
      'The command line is a shell around the engine.',
      '^src/cli/',
      '^src/(cli|worker|contract|core)/',
    ),
    {
      name: 'cli-meets-a-face',
      comment:
        'A command opens a project, asks it, and writes results. How the engine does it is its own: what a command lacks, the project learns to answer.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: tests },
      to: { path: '^src/worker/', pathNot: `^src/worker/(${face.join('|')})\\.ts$` },
    },
    only(
      'main-is-thin',
      'The main process speaks to the engine through the contract only.',
      '^src/main/',
      '^src/(main|contract|core/base)/',
    ),
    only(
      'preload-is-thin',
      'The preload script is a bridge and nothing else.',
      '^src/preload/',
      '^src/(preload|contract)/',
    ),
    only(
      'renderer-uses-contract',
      'The window knows the contract, errors and the rules of a review.',
      '^src/renderer/',
      '^src/(renderer|contract|core/(base|review))/',
    ),
    {
      name: 'tensorflow-in-compute',
      comment: 'TensorFlow is one backend among three: nobody else may depend on it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/worker/compute/' },
      to: { path: ['node_modules/@tensorflow/', '^@tensorflow/'] },
    },
    {
      name: 'onnxruntime-in-encoders',
      comment: 'Encoders are one way to make features among others, and may be missing.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/worker/encoders/' },
      to: { path: ['node_modules/onnxruntime-', '^onnxruntime-'] },
    },
    {
      name: 'duckdb-in-store',
      comment: 'SQL stays in the store.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/worker/store/' },
      to: { path: ['node_modules/@duckdb/', '^@duckdb/'] },
    },
    {
      name: 'canvas-in-pictures',
      comment: 'Skia decodes what TensorFlow does not, and draws nothing: nobody else needs it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/worker/pictures/decoders/' },
      to: { path: ['node_modules/@napi-rs/canvas/', '^@napi-rs/canvas'] },
    },
    {
      name: 'electron-at-the-edge',
      comment: 'The engine must run without Electron.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|preload)/', '^src/worker/engine\\.ts$'] },
      to: { path: ['node_modules/electron/', '^electron$', 'node_modules/electron-log/'] },
    },
    {
      name: 'renderer-without-node',
      comment: 'The window is sandboxed.',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'components-not-client',
      comment: 'Components talk to stores, stores talk to the client.',
      severity: 'error',
      from: { path: '^src/renderer/.*\\.vue$' },
      to: { path: '^src/renderer/client/' },
    },
    {
      name: 'no-tests-in-code',
      comment: 'Code never imports a test, what only tests use, or what measures and sets up.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: [tests, '^(tests|e2e|bench|scripts)/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.vue', '.mjs', '.js', '.json'] },
  },
};
