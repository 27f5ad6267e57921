import { expect, it } from 'vitest';
import { backendAtOnce } from './backendAtOnce';

it.each([
  ['audit data.csv --label y --out results', 'auto'],
  ['info', 'auto'],
  ['audit data.csv --backend native --out results', 'native'],
  ['verify --project p.assay --backend=float64', 'float64'],
  ['influence data.csv --backend wasm', 'wasm'],
])('assay %s needs the backend %s', (line, backend) => {
  expect(backendAtOnce(line.split(' '))).toBe(backend);
});

it.each([
  'export --project p.assay --out results',
  'audit --help',
  'audit -h',
  '--version',
  '--help',
  'toString',
  'audit data.csv --backend',
  'audit data.csv --backend quick',
])('assay %s loads none before its arguments are read', (line) => {
  expect(backendAtOnce(line.split(' '))).toBeUndefined();
});

it('loads none without arguments', () => {
  expect(backendAtOnce([])).toBeUndefined();
});
