import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const renderer = resolve(__dirname, '..');
const tokens = readFileSync(join(__dirname, 'tokens.css'), 'utf8');

/** The window's own files in which a token can be used. */
const sources = filesOf(renderer)
  .filter((path) => /\.(vue|css|ts)$/.test(path) && !/(\.test\.ts|tokens\.css)$/.test(path))
  .map((path) => ({ path: path.slice(renderer.length + 1), text: readFileSync(path, 'utf8') }));

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** Names set in a style sheet or in a style given to an element. */
const namesSet = (text: string): string[] => [...text.matchAll(/(--[a-z][a-z0-9-]*)['"]?:/g)].map(([, name]) => name);
/** Names read by a style, or from the computed style by a script. */
const namesRead = (text: string): string[] =>
  [...text.matchAll(/(?:var\(|token\('|getPropertyValue\(')(--[a-z][a-z0-9-]*)/g)].map(([, name]) => name);

const defined = new Set(namesSet(tokens));
const [, light, dark, contrast] = tokens.split(/\n(?:\S*,\n)?\[data-theme='[a-z]+'\] \{/);

/** WCAG 2.2 contrast of two colours written #rrggbb, 1–21; NaN for anything else. */
function contrastOf(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dim, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

describe('design tokens', () => {
  it('has the same colours and shadows in every theme', () => {
    expect(namesSet(light).length).toBeGreaterThan(20);
    expect(namesSet(dark)).toEqual(namesSet(light));
    expect(namesSet(contrast)).toEqual(namesSet(light));
  });

  it.each([
    ['light', light, 4.5, 3],
    ['dark', dark, 4.5, 3],
    ['contrast', contrast, 7, 4.5],
  ])('can be read in the %s theme', (_name, theme, texts, controls) => {
    const colours = new Map(
      [...theme.matchAll(/--color-([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
    );
    const ratio = (one: string, other: string): number => contrastOf(colours.get(one) ?? '', colours.get(other) ?? '');
    const grounds = ['background', 'surface', 'raised', 'sunken', 'hover'];
    const pairs = [
      ...grounds.flatMap((ground) =>
        ['text', 'text-muted', 'text-faint'].map((text) => [text, ground, texts] as const),
      ),
      ...['surface', 'raised'].flatMap((ground) =>
        ['accent', 'good', 'bad', 'warn'].map((text) => [text, ground, texts] as const),
      ),
      ...['selection', 'accent-soft', 'good-soft', 'bad-soft', 'warn-soft'].map(
        (ground) => ['text', ground, texts] as const,
      ),
      ['on-accent', 'accent', texts] as const,
      ...['surface', 'raised'].map((ground) => ['border-control', ground, controls] as const),
      ['focus', 'surface', controls] as const,
    ];
    expect(pairs.filter(([text, ground, least]) => !(ratio(text, ground) >= least))).toEqual([]);
  });

  it('defines every name that is used, or the file that uses it and those around it do', () => {
    const local = new Set(sources.flatMap(({ text }) => namesSet(text)));
    const unknown = sources.flatMap(({ path, text }) =>
      namesRead(text)
        .filter((name) => !defined.has(name) && !local.has(name) && !name.startsWith('--reka-'))
        .map((name) => `${path}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('uses every token that is defined', () => {
    const used = new Set([tokens, ...sources.map(({ text }) => text)].flatMap(namesRead));
    expect([...defined].filter((name) => !used.has(name))).toEqual([]);
  });

  it('writes no colour down elsewhere', () => {
    const colours = sources
      .filter(({ path }) => !path.endsWith('.ts'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^\s+[a-z-]+:.*?(#[0-9a-f]{3,8}\b|(?:rgb|hsl|oklch)a?\().*;$/gm)].map(
          ([line]) => `${path}: ${line.trim()}`,
        ),
      );
    expect(colours).toEqual([]);
  });
});
