import { cpus } from 'node:os';
import type { AuditSettings } from '../../contract/audit';
import type { DatasetSummary } from '../../contract/dataset';
import { chooseIssues } from '../../core/media/mediaIssues';
import { mostEntries, mostFitted } from '../../core/text/textLearner';
import { featureColumns } from '../datasets/features/featureColumns';
import { textTerms, usesNetwork } from './blockEncoders';

/** What an audit reads of texts and pictures; all of it 0 where there are none. */
export interface MediaSize {
  readonly texts: number;
  /** Of all texts together. */
  readonly textBytes: number;
  /** Pictures in all columns, and the bytes of their files as far as these are known. */
  readonly pictures: number;
  readonly pictureBytes: number;
}

/** A number of a table takes about so many bytes; what is left of a file is its texts. */
const bytesPerNumber = 9;
/** A zip archive of texts has about so many times its size; one of pictures its size. */
const unpackedTexts = 2.5;

/** As far as the file, its columns and its rows tell. */
export function measureMedia({ columns, rowCount, source, format }: DatasetSummary): MediaSize {
  const used = featureColumns(columns);
  const texts = used.filter(({ type }) => type === 'text').length;
  const pictures = used.filter(({ type }) => type === 'picture').length;
  const numbers = columns.reduce((sum, { type, numbers: length }) => sum + (type === 'text' ? 0 : (length ?? 1)), 0);
  const unpacked = source.bytes * (format === 'zip' ? unpackedTexts : 1);
  const isFiles = format === 'folder' || format === 'zip';
  return {
    texts: texts > 0 ? rowCount : 0,
    textBytes: texts > 0 ? Math.max(rowCount, unpacked - (isFiles ? 0 : bytesPerNumber * numbers * rowCount)) : 0,
    pictures: pictures * rowCount,
    pictureBytes: pictures > 0 && isFiles ? source.bytes : 0,
  };
}

/**
 * What texts and pictures take, on two cores of 2026 with nothing else to do. Measured on 1,347 mails, 967 reviews and
 * 50,000 made texts; on 1,000 pictures by the encoder and 10,000 by their pixels: see bench/estimates.ts.
 */
const rates = {
  /** Bytes of texts counted and weighed by words, and by pieces of words; both passes. */
  bytes: { words: 8e6, characters: 1.2e6 },
  /** Terms that a byte of text has, those of one text counted once. */
  terms: { words: 0.15, characters: 1.6 },
  /** Leading directions of texts: those that they are fitted to, and their different terms. */
  fitSeconds: 0.25,
  fittedTexts: 5e3,
  fittedTerms: 8e5,
  /** Texts of some hundred words that the encoder that set-up brings reads. */
  encodedTexts: 15,
  /** Pictures decoded and made smaller, and bytes of their files on the way; the encoder beside that. */
  pictures: 2e3,
  pictureBytes: 2.5e7,
  encodedPictures: 55,
  /** Bytes of texts that the search for issues reads. */
  searchedBytes: 5e6,
  searchedPictures: 2e4,
} as const;

/** Seconds until there are vectors of all texts and pictures. */
export function encodingSeconds(media: MediaSize, settings: Pick<AuditSettings, 'text' | 'pictures'>): number {
  const { texts, pictures, pictureBytes } = media;
  const words = texts === 0 || settings.text === 'encoder' ? 0 : sum(textTerms, (terms) => wordSeconds(media, terms));
  const network = texts > 0 && usesNetwork(settings) ? texts / rates.encodedTexts : 0;
  const decoded = pictures / rates.pictures + pictureBytes / rates.pictureBytes;
  const ways = settings.pictures === 'auto' || settings.pictures === 'both' ? 2 : 1;
  const seen = settings.pictures === 'pixels' ? 0 : pictures / rates.encodedPictures;
  return words + network + ways * decoded + seen;
}

function wordSeconds({ texts, textBytes }: MediaSize, terms: (typeof textTerms)[number]): number {
  const all = textBytes * rates.terms[terms];
  // Every other one by lot, until there are few enough.
  const share = 2 ** -Math.max(0, Math.ceil(Math.log2(Math.max(texts / mostFitted, all / mostEntries))));
  return (
    textBytes / rates.bytes[terms] +
    rates.fitSeconds +
    (share * texts) / rates.fittedTexts +
    (share * all) / rates.fittedTerms
  );
}

/** Seconds in which what is odd about them is looked for, in a thread beside the audit. */
function searchSeconds(media: MediaSize, { issues }: Pick<AuditSettings, 'issues'>): number {
  const { texts, textBytes, pictures } = media;
  const looksFor = (of: 'texts' | 'pictures'): number => Number(chooseIssues(issues, [of]).length > 0);
  return (
    (texts > 0 ? looksFor('texts') * (textBytes / rates.searchedBytes) : 0) +
    looksFor('pictures') * (pictures / rates.searchedPictures)
  );
}

/** What the search keeps other stages waiting: it has one of the processors. */
export function searchDelay(media: MediaSize, settings: Pick<AuditSettings, 'issues'>): number {
  return searchSeconds(media, settings) / Math.max(1, cpus().length);
}

/** Bytes while words are learnt: those counted, up to a million, and the terms of the texts that are fitted. */
export function learningBytes({ textBytes }: MediaSize, { text }: Pick<AuditSettings, 'text'>): number {
  return text === 'encoder' ? 0 : Math.min(mostLearningBytes, 25 * textBytes);
}
const mostLearningBytes = 600e6;

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
