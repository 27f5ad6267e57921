import type { LanguageScores } from '../../core/media/textIssues';

/** How likely each language is, by its code (ISO 639-1); empty where a text says too little. */
export type Languages = (text: string) => LanguageScores;

/**
 * Languages by their n-grams: 60 of them. The package's data are 1.6 MB of source, and are loaded by the thread that
 * needs them alone. Source: https://github.com/nitotm/efficient-language-detector-js.
 */
export async function openLanguages(): Promise<Languages> {
  const { eld } = await import('eld/small');
  return (text) => {
    const found = eld.detect(text);
    return found.isReliable() ? found.getScores() : {};
  };
}
