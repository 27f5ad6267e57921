import { createRandom } from './random.mjs';

/** The 20 columns: what a real export mixes, with the habits that trip readers. */
export const largeTableColumns = [
  'id',
  'account',
  'opened',
  'region',
  'channel',
  'product',
  'segment',
  'active',
  'age',
  'balance',
  'income',
  'visits',
  'score_a',
  'score_b',
  'ratio',
  'temperature',
  'note',
  'city',
  'source',
  'label',
];

const regions = ['north', 'south', 'east', 'west', 'centre'];
const channels = ['web', 'phone', 'branch', 'partner'];
const products = Array.from({ length: 40 }, (_, index) => `P-${String(index + 1).padStart(3, '0')}`);
const segments = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
const cities = ['Wien', 'São Paulo', 'Zürich', '東京', '"Den Haag"', 'Saint-Étienne', 'Washington, D.C.', 'Łódź'];
const sources = ['import 2023', 'import 2024', 'manual', ''];
const notes = [
  '',
  'called back, no answer',
  'asked for "a better offer"',
  'moved; new address, see file',
  'first line\nsecond line',
  'ok',
  'price too high',
  'will think about it',
];

/** A CSV cell, quoted only where it must be. */
export function csvCell(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const pick = (random, choices) => choices[random.integer(choices.length)];

/**
 * The lines of the table, header first. The label (`yes`, `no`) follows a logistic model of four columns, so an audit
 * finds something; a twentieth of the numbers is missing.
 */
export function* largeTableLines(rows, seed) {
  const random = createRandom(seed);
  const number = (value, digits) => (random.uniform() < 0.05 ? '' : value.toFixed(digits));
  const quotedCities = cities.map(csvCell);
  const quotedNotes = notes.map(csvCell);
  yield largeTableColumns.join(',');
  for (let row = 0; row < rows; row += 1) {
    const balance = random.normal();
    const income = random.normal();
    const scoreA = random.normal();
    const region = random.integer(regions.length);
    const margin = 1.2 * balance - 0.8 * income + 1.5 * scoreA + (region - 2) * 0.4;
    const day = new Date(Date.UTC(2015, 0, 1 + random.integer(3650)));
    yield [
      `r${String(row).padStart(7, '0')}`,
      // Leading zeros, and too long for a float64: must stay text.
      `00${String(random.integer(1e9)).padStart(9, '0')}${String(random.integer(1e9)).padStart(9, '0')}`,
      day.toISOString().slice(0, 10),
      regions[region],
      pick(random, channels),
      pick(random, products),
      pick(random, segments),
      random.uniform() < 0.5 ? 'true' : 'false',
      String(18 + random.integer(70)),
      number(1000 + 400 * balance, 2),
      number(30_000 + 9000 * income, 0),
      String(random.integer(200)),
      number(scoreA, 4),
      number(random.normal(), 4),
      random.uniform().toFixed(6),
      number(15 + 8 * random.normal(), 1),
      pick(random, quotedNotes),
      pick(random, quotedCities),
      pick(random, sources),
      random.uniform() < 1 / (1 + Math.exp(-margin)) ? 'yes' : 'no',
    ].join(',');
  }
}
