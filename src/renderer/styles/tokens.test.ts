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

describe('design tokens', () => {
  it('has the same colours and shadows in both themes', () => {
    const [, light, dark] = tokens.split(/\n(?:\S*,\n)?\[data-theme='[a-z]+'\] \{/);
    expect(namesSet(light).length).toBeGreaterThan(20);
    expect(namesSet(dark)).toEqual(namesSet(light));
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
