import { describe, expect, it } from 'vitest';
import { type IssueName, issueNames } from './mediaIssues';
import { type LanguageScores, TextIssues } from './textIssues';

/** By a word: a stand-in, so that what is tested is what becomes of the scores. */
function recognise(text: string): LanguageScores {
  if (text.includes(' und ')) return { de: 0.8, en: 0.3 };
  if (text.includes(' ist ')) return { de: 0.5, en: 0.45 };
  return text.includes(' the ') ? { en: 0.8, de: 0.3 } : {};
}

const usual = Array.from(
  { length: 60 },
  (_, k) => `Here is the report of day ${k}, with all that was ${'said '.repeat(k % 9)}`,
);

function find(texts: readonly string[], names: readonly IssueName[] = issueNames) {
  const issues = new TextIssues(names, recognise);
  for (const text of [...usual, ...texts]) issues.add(text);
  const { scores, copies } = issues.find();
  const marked = Object.entries(scores).flatMap(([name, score]) =>
    [...score].flatMap((value, row) => (value >= 0.5 ? [`${row} ${name}`] : [])),
  );
  return { scores, copies, marked };
}

describe('TextIssues', () => {
  it.each([
    ['empty', ' … !? '],
    ['empty', ''],
    ['odd-length', 'Here is the report, and it is long. '.repeat(400)],
    ['script', 'Вот отчёт за этот день, и в нём всё, что было сказано'],
    ['language', 'Hier ist der Bericht über den Tag und alles was gesagt wurde'],
    ['markup', 'Here is the <b>report</b> of the day,<br/>with all that was said'],
  ])('%s: marks that text by that score alone', (name, text) => {
    expect(find([text]).marked).toEqual([`60 ${name}`]);
  });

  it('asks by how much another language is likelier', () => {
    const { scores } = find(['Der Bericht ist hier für alle da']);
    // 0.05 more, where an issue begins at 0.1.
    expect(scores.language?.[60]).toBeCloseTo(0.25, 9);
  });

  it('knows the languages and scripts of a tenth of the texts as usual', () => {
    const german = Array.from({ length: 10 }, (_, k) => `Hier ist der Bericht von Tag ${k} und alles was gesagt wurde`);
    expect(find(german).marked).toEqual([]);
    const russian = Array.from({ length: 10 }, (_, k) => `Вот отчёт за день ${k} и что сказано`);
    expect(find(russian).marked).toEqual([]);
  });

  it('says nothing of the rest where there is no text', () => {
    const { scores } = find(['-']);
    for (const name of ['odd-length', 'script', 'language', 'markup'] as const) expect(scores[name]?.[60]).toBeNaN();
  });

  it('looks for what is asked only', () => {
    const found = find(['<p>x</p>'], ['markup', 'dark']);
    expect([Object.keys(found.scores), found.copies]).toEqual([['markup'], null]);
    expect(find([usual[4].toUpperCase()], ['text-copies']).copies?.exact[60]).toBe(1);
  });
});
