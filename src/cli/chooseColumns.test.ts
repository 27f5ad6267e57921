import { describe, expect, it } from 'vitest';
import type { Column, ColumnRole, ColumnType } from '../contract/dataset';
import { InputError } from '../core/base/errors';
import { chooseColumns } from './chooseColumns';

const column = (index: number, name: string, role: ColumnRole, type: ColumnType = 'number'): Column => ({
  index,
  name,
  role,
  type,
  reason: '',
  missing: 0,
  distinct: 3,
  range: null,
  examples: [],
});
const columns = [
  column(0, 'id', 'id', 'text'),
  column(1, 'a', 'feature'),
  column(2, 'b', 'feature'),
  column(3, 'free', 'ignore', 'text'),
  column(4, 'y', 'label', 'category'),
  column(5, '__proto__', 'feature'),
];
const rolesOf = (options: Parameters<typeof chooseColumns>[1]): string[] =>
  chooseColumns(columns, options).map(({ role }) => role);

describe('chooseColumns', () => {
  it('keeps the guesses where nothing is said', () => {
    expect(rolesOf({})).toEqual(['id', 'feature', 'feature', 'ignore', 'label', 'feature']);
  });

  it('takes only the features named, and a text among them as it is', () => {
    const chosen = chooseColumns(columns, { features: ['free', '__proto__'] });
    expect(chosen.map(({ role }) => role)).toEqual(['id', 'ignore', 'ignore', 'feature', 'label', 'feature']);
    expect(chosen[3]?.type).toBe('text');
  });

  it('reads columns as the types that are said', () => {
    const typesOf = (...type: string[]) => chooseColumns(columns, { type }).map((choice) => choice.type);
    expect(typesOf('free=category', 'a = text', 'free=category')).toEqual(
      columns.map(({ name, type }) => (name === 'free' ? 'category' : name === 'a' ? 'text' : type)),
    );
    expect(() => typesOf('free=words')).toThrow(/--type “free=words”: write column=type, the type being one of number/);
    expect(() => typesOf('free')).toThrow(InputError);
    expect(() => typesOf('none=text')).toThrow(/--type: there is no column “none”/);
    expect(() => typesOf('free=category', 'free=text')).toThrow('--type says two things of the column “free”.');
  });

  it('moves a single role from its guess', () => {
    expect(rolesOf({ label: 'b', ignore: ['a'] })).toEqual(['id', 'ignore', 'label', 'ignore', 'ignore', 'feature']);
  });

  it('moves the weight, and takes it away on request', () => {
    const weighed = columns.map((own) => (own.name === 'a' ? { ...own, role: 'weight' as const } : own));
    const found = (weight: string) => chooseColumns(weighed, { weight }).map(({ role }) => role);
    expect(found('b')).toEqual(['id', 'ignore', 'weight', 'ignore', 'label', 'feature']);
    expect(found('none')).toEqual(['id', 'ignore', 'feature', 'ignore', 'label', 'feature']);
    expect(() => chooseColumns(columns, { weight: 'y', label: 'y' })).toThrow(/--label and --weight both name/);
  });

  it('makes a feature of a label that was guessed for its place, not of one named so', () => {
    const guessed = (reason: string) => columns.map((own) => (own.role === 'label' ? { ...own, reason } : own));
    const roleOfY = (reason: string, options: Parameters<typeof chooseColumns>[1]) =>
      chooseColumns(guessed(reason), options)[4].role;
    expect(roleOfY('the last column with few values, 3', { label: 'b' })).toBe('feature');
    expect(roleOfY('the last column with few values, 3', { label: 'b', features: ['a'] })).toBe('ignore');
    expect(roleOfY('the last column with few values, 3', { label: 'b', ignore: ['y'] })).toBe('ignore');
    expect(roleOfY('named like a label, 3 values', { label: 'b' })).toBe('ignore');
    expect(roleOfY('the last column, 3 values', { withoutLabel: true })).toBe('feature');
    expect(roleOfY('named like a label, 3 values', { withoutLabel: true })).toBe('ignore');
  });

  it('finds a column by its name as messages spell it', () => {
    const odd = [...columns, column(6, 'lab\u200bel', 'ignore')];
    for (const name of ['lab\u200bel', 'lab⟨U+200B⟩el']) {
      expect(chooseColumns(odd, { label: name })[6]?.role).toBe('label');
    }
  });

  it.each([
    [{ label: 'y', split: 'y' }, /--label and --split both name the column “y”/],
    [{ label: 'y', id: 'y' }, /--label and --id both/],
    [{ id: 'a', ignore: ['b,a'] }, /--id and --ignore both name the column “a”/],
    [{ features: ['a', 'b'], ignore: ['b'] }, /--features and --ignore both name the column “b”/],
  ])('refuses what contradicts itself: %o', (options, message) => {
    expect(() => rolesOf(options)).toThrow(InputError);
    expect(() => rolesOf(options)).toThrow(message);
  });

  it('lets a column be named twice for the same', () => {
    expect(rolesOf({ features: ['a', 'a,y'], ignore: ['b', 'b'], label: 'y' })).toEqual([
      'id',
      'feature',
      'ignore',
      'ignore',
      'label',
      'ignore',
    ]);
  });

  it('names the column that is not there and those that are', () => {
    expect(() => rolesOf({ label: 'target' })).toThrow(InputError);
    expect(() => rolesOf({ label: 'target' })).toThrow(/“target”.*id, a, b/);
  });
});
