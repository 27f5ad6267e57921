import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '../..');
const folders = ['.ci', 'bench', 'docs', 'e2e', 'resources', 'scripts', 'src', 'tests'];

/** Every file of the project, as written in texts: `src/core/base/errors.ts`. */
const files = listFiles();
/** Texts of the project by file; comments alone of what is code. */
const texts: ReadonlyMap<string, string> = new Map(
  files.filter((file) => /\.(md|ts|vue|mjs|cjs|mts|css)$/.test(file)).map((file) => [file, textOf(file)]),
);
/** What a path may be to be known: files, files without extension, and folders, with or without what stands before. */
const known = endsOf(files);

function listFiles(): string[] {
  const all = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.isDirectory()) visit(`${folder}/${entry.name}`);
      else all.push(`${folder}/${entry.name}`);
    }
  };
  for (const folder of folders) visit(folder);
  return all;
}

function endsOf(paths: readonly string[]): ReadonlySet<string> {
  const ends = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let from = 0; from < parts.length; from++) {
      for (let to = from + 1; to <= parts.length; to++) ends.add(parts.slice(from, to).join('/'));
      ends.add(
        parts
          .slice(from)
          .join('/')
          .replace(/\.\w+$/, ''),
      );
    }
  }
  return ends;
}

/** All of a text for people; of code what stands in comments, each without its marks and on one line. */
function textOf(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  if (file.endsWith('.md')) return text;
  const comments = text.match(/(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/ .*(?:\n\s*\/\/ .*)*)|<!--[\s\S]*?-->/g) ?? [];
  return comments.map((comment) => comment.replace(/\s*\n\s*(\*|\/\/)?\s*/g, ' ')).join('\n');
}

/** A file of code or a page, with or without folders before it. */
const pathsOfCode = /(?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|vue|mjs|cjs|mts|md|py)\b/;
/** Folders that paths begin with: in pages any, in comments, where prose has strokes, outer ones. */
const outerFolders = ['src', 'core', 'worker', 'tests', 'bench', 'docs', 'e2e', 'scripts'];
const allFolders = Array.from(new Set(files.flatMap((file) => file.split('/').slice(0, -1)))).filter((name) =>
  /^\w+$/.test(name),
);

/** Paths of the project that a text names: files by their endings, and what lies in one of the folders. */
function namedPaths(text: string, roots: readonly string[] = outerFolders): string[] {
  const withoutAddresses = text.replace(/\w+:\/\/\S+/g, '');
  const below = `(?:${roots.join('|')})/[\\w./-]*\\w`;
  return withoutAddresses.match(new RegExp(`(?<![\\w./@…*-])(?:${pathsOfCode.source}|${below})`, 'g')) ?? [];
}

/** Pages and their sections, as in docs/mathematics.md, "Notation", that there are not. */
function missingSections(text: string, headings: (file: string) => readonly string[] | undefined): string[] {
  const missing: string[] = [];
  for (const [, file, quoted] of text.matchAll(/(docs\/[\w-]+\.md)((?:,?(?: and)? "[^"]+")*)/g)) {
    const found = headings(file);
    if (found === undefined) missing.push(file);
    for (const [, section] of quoted.matchAll(/"([^"]+)"/g)) {
      if (found?.includes(section) !== true) missing.push(`${file}, "${section}"`);
    }
  }
  return missing;
}

function headingsOf(file: string): readonly string[] | undefined {
  const text = texts.get(file);
  return text === undefined ? undefined : Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading]) => heading);
}

/** As GitHub makes them of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(' ', '-');
}

/** The links of a page to other pages and headings that lead nowhere. */
function brokenLinks(file: string, text: string): string[] {
  const links = Array.from(text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)]*))?\)/g));
  return links.flatMap(([, path, anchor]) => {
    const target = path === '' ? file : posix.join(posix.dirname(file), path);
    const anchors = headingsOf(target)?.map(anchorOf);
    const leads = known.has(target) && (anchor === undefined || anchors?.includes(anchor) === true);
    return leads ? [] : [`${path}${anchor === undefined ? '' : `#${anchor}`}`];
  });
}

describe('what texts and comments name', () => {
  it('exists', () => {
    const missing = Array.from(texts, ([file, text]) => {
      const roots = file.endsWith('.md') ? allFolders : outerFolders;
      const paths = namedPaths(text, roots).filter((path) => !known.has(path));
      const links = file.endsWith('.md') ? brokenLinks(file, text) : [];
      return [file, [...paths, ...missingSections(text, headingsOf), ...links]] as const;
    });
    expect(Object.fromEntries(missing.filter(([, names]) => names.length > 0))).toEqual({});
  });

  it('is looked at', () => {
    const cited =
      Array.from(texts.values())
        .join('\n')
        .match(/docs\/mathematics\.md, "/g) ?? [];
    expect(cited.length).toBeGreaterThan(10);
    const named = ['core/models/gone.ts', 'core/influence/poison', 'gone.ts', 'src/core'];
    expect(namedPaths(`see ${named[0]}, \`${named[1]}\`, (${named[2]}) and ${named[3]}.`)).toEqual(named);
    expect(namedPaths('https://example.org/src/a.ts').filter((path) => !known.has(path))).toEqual([]);
    expect(named.filter((path) => !known.has(path))).toEqual(named.slice(0, 3));
    expect(missingSections('docs/mathematics.md, "Suspicion" and "Nothing"; docs/gone.md', headingsOf)).toEqual([
      'docs/mathematics.md, "Nothing"',
      'docs/gone.md',
    ]);
    expect(brokenLinks('docs/methods.md', '[a](mathematics.md#nothing) [b](gone.md) [c](fidelity.md)')).toEqual([
      'mathematics.md#nothing',
      'gone.md',
    ]);
  });
});
