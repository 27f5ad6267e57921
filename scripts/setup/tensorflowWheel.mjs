import fs from 'node:fs/promises';
import path from 'node:path';
import { ensureCompiler } from './compiler.mjs';
import { exists, fillFolder, moveFolder, sha256OfText } from './files.mjs';
import { cacheFolder, projectRoot, tfjsNodeFolder } from './paths.mjs';
import { limits, napiVersion, tensorflowWheel } from './pins.mjs';
import { downloadWheel, findPython, forgetWheel, unpackWheel } from './pip.mjs';
import { run } from './run.mjs';
import { SetupError } from './setupError.mjs';

const sourceFiles = ['package.json', 'binding.gyp', 'binding'];

/** The cache folder of this addon: named after the wheel and the addon's own sources, for both decide what is built. */
export async function wheelTensorflowFolder() {
  const texts = [
    tensorflowWheel.sha256,
    String(napiVersion),
    await fs.readFile(path.join(tfjsNodeFolder, 'binding.gyp'), 'utf8'),
  ];
  const binding = path.join(tfjsNodeFolder, 'binding');
  for (const name of (await fs.readdir(binding)).sort())
    texts.push(name, await fs.readFile(path.join(binding, name), 'utf8'));
  const key = sha256OfText(texts.join('\0')).slice(0, 12);
  return path.join(
    cacheFolder(),
    'tensorflow',
    `${tensorflowWheel.version}-${process.platform}-${process.arch}-wheel-${key}`,
  );
}

/** Folder holding lib/napi-v8/tfjs_binding.node and deps/lib/libtensorflow*, if the cache has it. */
export async function findWheelTensorflow() {
  const folder = await wheelTensorflowFolder();
  const addon = path.join(folder, 'lib', `napi-v${napiVersion}`, 'tfjs_binding.node');
  return (await exists(addon)) ? { folder, source: 'wheel', version: tensorflowWheel.version } : undefined;
}

/** Builds the addon of @tensorflow/tfjs-node from its sources against the libraries and headers in the wheel. */
export async function installWheelTensorflow(reporter) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`There is no wheel with native TensorFlow for ${process.platform} ${process.arch}.`);
  }
  await ensureCompiler(reporter);
  const wheel = await reporter.stage(`TensorFlow ${tensorflowWheel.version} (from the Python package index)`, () =>
    downloadWheel(tensorflowWheel),
  );
  await reporter.stage('TensorFlow’s addon for Node (compiling)', async () => {
    await fillFolder(await wheelTensorflowFolder(), (folder) => build(wheel, folder));
    await forgetWheel(wheel);
  });
  return findWheelTensorflow();
}

/**
 * The layout is that of the npm package (lib/napi-v8 beside deps/lib), because the addon looks for libtensorflow at
 * $ORIGIN/../../deps/lib. Compiled in a copy, so that an interrupted build leaves node_modules as it was.
 */
async function build(wheel, folder) {
  const work = path.join(folder, 'work');
  for (const name of sourceFiles)
    await fs.cp(path.join(tfjsNodeFolder, name), path.join(work, name), { recursive: true });
  const libraries = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
  await unpackWheel(wheel, ['tensorflow/include/', ...libraries], path.join(work, 'wheel'));

  const deps = path.join(work, 'deps');
  await fs.mkdir(path.join(deps, 'lib'), { recursive: true });
  await moveFolder(path.join(work, 'wheel', 'tensorflow', 'include'), path.join(deps, 'include'));
  for (const library of libraries)
    await moveFolder(path.join(work, 'wheel', library), path.join(deps, 'lib', path.basename(library)));
  await fs.symlink('libtensorflow_cc.so.2', path.join(deps, 'lib', 'libtensorflow.so'));
  await fs.symlink('libtensorflow_framework.so.2', path.join(deps, 'lib', 'libtensorflow_framework.so'));

  const output = path.join(work, 'lib', `napi-v${napiVersion}`);
  const python = await findPython();
  const definitions = ['--module_name=tfjs_binding', `--module_path=${output}`, `--napi_build_version=${napiVersion}`];
  await run(
    process.execPath,
    [
      await nodeGyp(),
      'rebuild',
      ...definitions,
      ...(await headersFlag()),
      ...(python?.length === 1 ? [`--python=${python[0]}`] : []),
    ],
    {
      log: 'tensorflow-compile',
      cwd: work,
      seconds: limits.compile,
    },
  );
  await fs.rm(path.join(deps, 'include'), { recursive: true, force: true });
  for (const name of ['lib', 'deps']) await moveFolder(path.join(work, name), path.join(folder, name));
  await fs.rm(work, { recursive: true, force: true });
}

async function nodeGyp() {
  const script = path.join(projectRoot, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (!(await exists(script)))
    throw new SetupError('node-gyp is not installed.', 'Run "npm install" with its development dependencies.');
  return script;
}

/** Node's headers lie beside many installations of it; then node-gyp needs no download of its own. */
async function headersFlag() {
  const prefix = path.resolve(path.dirname(await fs.realpath(process.execPath)), '..');
  return (await exists(path.join(prefix, 'include', 'node', 'node_api.h'))) ? [`--nodedir=${prefix}`] : [];
}
