import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** Files by path from the project's folder, with their text. */
export type SourceTexts = Readonly<Record<string, string>>;

interface Module {
  readonly exports: readonly string[];
  /** Every name that the file mentions, and how often; comments do not count. */
  readonly mentions: ReadonlyMap<string, number>;
  /** What it imports: a file and the name there, `*` for all of it. */
  readonly imports: readonly (readonly [file: string, name: string])[];
}

const every = '*';
/** As in .dependency-cruiser.cjs. */
const isTest = (path: string): boolean =>
  /(\.test\.ts|\/test[A-Z]\w*\.ts|\.entry\.ts)$|^src\/core\/testing\/|^(tests|e2e)\//.test(path);

/** The texts of all modules below the folders of a project. */
export function readSources(project: string, folders: readonly string[]): SourceTexts {
  const texts: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') visit(path);
      else if (/\.(ts|mts|mjs|vue)$/.test(entry.name)) texts[relative(project, path)] = readFileSync(path, 'utf8');
    }
  };
  folders
    .map((folder) => join(project, folder))
    .filter(existsSync)
    .forEach(visit);
  return texts;
}

/**
 * Exports of `src` that nothing needs, as "file: name". An export is needed when a module that is no test imports it,
 * or when a test does and its own module uses it: what only a test uses is kept alive by nothing but its test.
 */
export function findUnusedExports(texts: SourceTexts): string[] {
  const modules = new Map(Object.entries(texts).map(([path, text]) => [path, readModule(path, text, texts)]));
  const users = new Map<string, string[]>();
  for (const [path, { imports }] of modules) {
    for (const [file, name] of imports) users.set(`${file}: ${name}`, [...(users.get(`${file}: ${name}`) ?? []), path]);
  }
  const unused: string[] = [];
  for (const [path, { exports, mentions }] of modules) {
    if (!path.startsWith('src/') || isTest(path)) continue;
    for (const name of exports) {
      const by = [...(users.get(`${path}: ${name}`) ?? []), ...(users.get(`${path}: ${every}`) ?? [])];
      const usedHere = (mentions.get(name) ?? 0) > 1;
      if (by.some((user) => !isTest(user)) || (by.length > 0 && usedHere)) continue;
      unused.push(`${path}: ${name}`);
    }
  }
  return unused.sort();
}

function readModule(path: string, text: string, texts: SourceTexts): Module {
  const script = path.endsWith('.vue')
    ? [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, code]) => code).join('\n')
    : text;
  const source = ts.createSourceFile(path, script, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const exports: string[] = [];
  const mentions = new Map<string, number>();
  const imports: [string, string][] = [];
  const take = (specifier: ts.Node | undefined, names: readonly string[]): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    const file = findFile(join(dirname(path), specifier.text), texts);
    if (file !== undefined) imports.push(...names.map((name): [string, string] => [file, name]));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) mentions.set(node.text, (mentions.get(node.text) ?? 0) + 1);
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, importedNames(node.importClause));
    else if (ts.isExportDeclaration(node)) take(node.moduleSpecifier, [every]);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      take(node.arguments[0], [every]);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      take(node.argument.literal, [node.qualifier?.getText(source).split('.')[0] ?? every]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const statement of source.statements) exports.push(...exportedNames(statement));
  return { exports, mentions, imports };
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return clause === undefined ? [] : ['default'];
  return ts.isNamespaceImport(bindings) ? [every] : bindings.elements.map((one) => (one.propertyName ?? one.name).text);
}

function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    return clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
  }
  const exported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (exported !== true) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText(statement.getSourceFile()));
  }
  return 'name' in statement && statement.name !== undefined ? [(statement.name as ts.Identifier).text] : [];
}

function findFile(path: string, texts: SourceTexts): string | undefined {
  return [path, `${path}.ts`, path.replace(/\.js$/, '.ts')].find((file) => texts[file] !== undefined);
}
