import { expect, it } from 'vitest';
import { InputError } from '../core/base/errors';
import { chooseNames } from './chooseNames';

it('takes each name once, and refuses others with those there are', () => {
  expect(chooseNames(['loss', 'random', 'loss'], ['random', 'loss'], '--strategies')).toEqual(['loss', 'random']);
  const refused = (): unknown => chooseNames(['worst'], ['random', 'loss'], '--strategies');
  expect(refused).toThrow(InputError);
  expect(refused).toThrow('--strategies: “worst” is not one of random, loss.');
});
