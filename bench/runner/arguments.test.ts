import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/base/errors';
import { parseArguments } from './arguments';

describe('parseArguments', () => {
  it('has defaults for all but the workload', () => {
    expect(parseArguments(['--workload', 'fit-20000x512'])).toEqual({
      workloads: ['fit-20000x512'],
      json: false,
      peers: undefined,
      repeats: undefined,
      threads: undefined,
      backend: 'native',
      against: undefined,
      list: false,
      help: false,
    });
  });

  it('reads values after a space or an equals sign, and lists', () => {
    const given = ['--workload=a,b', '--workload', 'c', '--json', '--peers', 'numpy-float64, cleanlab', '--repeats=3'];
    const parsed = parseArguments([...given, '--threads', '2', '--backend', 'wasm']);
    expect(parsed.workloads).toEqual(['a', 'b', 'c']);
    expect(parsed.peers).toEqual(['numpy-float64', 'cleanlab']);
    expect(parsed).toMatchObject({ json: true, repeats: 3, threads: 2, backend: 'wasm' });
    expect(parseArguments(['--workload', 'a', '--peers', 'all']).peers).toBe('all');
    expect(parseArguments(['--workload', 'a', '--against', '../before']).against).toBe('../before');
    expect(parseArguments(['--workload', 'a', '--peers', 'none']).peers).toEqual([]);
  });

  it.each([
    [[], /Name a workload/],
    [['--workload'], /needs a value/],
    [['--workload', 'a', '--repeats', '0'], /whole number/],
    [['--workload', 'a', '--repeats', 'many'], /whole number/],
    [['--workload', 'a', '--backend', 'gpu'], /native, wasm or float64/],
    [['--workload', 'a', '--fast'], /Unknown argument "--fast"/],
  ])('refuses %j', (given, message) => {
    expect(() => parseArguments(given)).toThrow(InputError);
    expect(() => parseArguments(given)).toThrow(message);
  });

  it('needs no workload to list them or to help', () => {
    expect(parseArguments(['--list']).list).toBe(true);
    expect(parseArguments(['--help']).help).toBe(true);
  });
});
