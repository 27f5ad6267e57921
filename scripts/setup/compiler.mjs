import { installSystemPackages } from './debian.mjs';
import { ask } from './run.mjs';

/** A C++ compiler and make, for TensorFlow's addon; installed where that is possible. */
export async function ensureCompiler(reporter) {
  if (await hasCompiler()) return;
  await installSystemPackages(reporter, 'a C++ compiler and make', [['g++'], ['make']]);
}

export async function hasCompiler(env = process.env) {
  const compiler = await ask(env.CXX ?? 'g++', ['--version']);
  return compiler !== undefined && (await ask('make', ['--version'])) !== undefined;
}
