import importSort from 'eslint-plugin-simple-import-sort';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

const noBarrels = {
  selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
  message: 'No barrels: import it where it is.',
};
const property = "CallExpression[callee.object.name='fc'][callee.property.name='assert']";
const seededProperties = {
  selector: `${property}[arguments.length=1], ${property} > ObjectExpression:not(:has(> Property[key.name='seed']))`,
  message: 'Give the property a seed: what fails on one machine must fail on the next.',
};

export default tseslint.config(
  {
    ignores: ['out/**', 'node_modules/**', 'coverage/**', 'test-results/**', 'playwright-report/**'],
  },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['**/*.{ts,vue}'],
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.{ts,vue,mjs,js}'],
    plugins: { 'import-sort': importSort },
    rules: {
      // Packages, then this project from the farthest folder to the nearest; styles keep their place.
      'import-sort/imports': ['error', { groups: [['^\\u0000', '^node:', '^@?\\w', '^\\.']] }],
      'import-sort/exports': 'error',
      // Prettier lays out code; comments it leaves as they are. Tables cannot be wrapped.
      'max-len': ['error', { code: 1000, comments: 120, ignorePattern: '^ *\\* *\\|', ignoreUrls: true }],
      eqeqeq: 'error',
      'no-console': 'off',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
    },
  },
  {
    files: ['src/renderer/**/*.{ts,vue}', 'src/core/**/*.ts', 'src/contract/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    // Core runs anywhere; .dependency-cruiser.cjs sees what it imports, not what it takes from the air.
    files: ['src/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'window', 'document', 'navigator', 'fetch'],
    },
  },
  {
    files: ['**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', seededProperties] },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    rules: {
      'no-restricted-syntax': ['error', noBarrels, seededProperties],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    ignores: ['src/cli/terminal.ts', 'src/cli/progressLine.ts', '**/*.test.ts'],
    rules: {
      'no-console': 'error',
      // Text of the data must not reach a terminal raw: terminal.ts is the one place that writes.
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'stdout', message: 'Print through src/cli/terminal.ts.' },
        { object: 'process', property: 'stderr', message: 'Print through src/cli/terminal.ts.' },
        { property: 'store', message: 'Ask the project (OpenProject and its parts), not the store in it.' },
      ],
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.vue'],
    rules: {
      // Layout is prettier's.
      'vue/html-indent': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
    },
  },
);
