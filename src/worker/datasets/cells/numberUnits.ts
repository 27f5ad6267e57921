/**
 * Signs and words that stand beside numbers. Money and shares have one spelling here whatever the file's, so that "€ 5"
 * and "5 EUR" are of one unit, while "$5" and "5 €" are not.
 */

/**
 * Spellings by currency; the first one is the unit's name. Codes are also read in lower case where that is no common
 * word.
 */
const currencies: readonly (readonly string[])[] = [
  ['$', 'US$', '$US', 'USD', 'usd', 'Usd', 'US-$', 'U$S'],
  ['€', 'EUR', 'eur', 'Eur', 'Euro', 'euro', 'euros', 'Euros'],
  ['£', 'GBP', 'gbp', '₤'],
  ['¥', '円', 'JPY', 'jpy', 'JP¥'],
  ['元', 'CNY', 'cny', 'RMB', 'CN¥', '人民币'],
  ['₹', 'INR', 'inr', 'Rs', 'Rs.', 'rs', 'rs.', '₨'],
  ['Fr.', 'Fr', 'fr.', 'CHF', 'chf', 'SFr.', 'SFr', 'sFr.', 'Sfr.'],
  ['kr', 'kr.', 'Kr', 'Kr.', 'KR'],
  ['SEK', 'sek'],
  ['NOK', 'nok'],
  ['DKK', 'dkk'],
  ['zł', 'zl', 'PLN', 'pln'],
  ['R$', 'BRL', 'brl'],
  ['₽', 'RUB', 'rub', 'руб', 'руб.', 'р.'],
  ['₩', 'KRW', '원'],
  ['₺', 'TRY', 'TL'],
  ['₴', 'UAH', 'грн'],
  ['₪', 'ILS', 'NIS'],
  ['₫', 'VND', 'đ'],
  ['฿', 'THB'],
  ['₦', 'NGN'],
  ['₱', 'PHP'],
  ['Kč', 'CZK', 'czk'],
  ['Ft', 'HUF', 'huf'],
  ['lei', 'RON', 'ron'],
  ['лв', 'лв.', 'BGN'],
  ['Rp', 'Rp.', 'IDR'],
  ['RM', 'MYR'],
  ['A$', 'AU$', 'AUD', 'aud'],
  ['C$', 'CA$', 'CAD', 'cad'],
  ['NZ$', 'NZD'],
  ['HK$', 'HKD'],
  ['S$', 'SGD'],
  ['NT$', 'TWD'],
  ['MX$', 'MXN'],
  ['₿', 'BTC'],
  ['ZAR'],
  ['AED'],
  ['SAR'],
  ['EGP'],
  ['ARS'],
  ['CLP'],
  ['COP'],
  ['PEN'],
  ['ISK'],
  ['HRK'],
  ['RSD'],
  ['KZT', '₸'],
  ['GEL', '₾'],
  ['PKR'],
  ['BDT', '৳'],
  ['LKR'],
  ['KES'],
  ['MAD'],
  ['¢'],
  ['¤'],
];

const parts: readonly (readonly string[])[] = [
  ['%', 'pct', 'Pct', 'pct.', 'percent', 'Percent', 'per cent', '٪'],
  ['‰'],
];

const currencyOf = new Map(currencies.flatMap((words) => words.map((word) => [word, words[0] ?? word] as const)));
const partOf = new Map(parts.flatMap((words) => words.map((word) => [word, words[0] ?? word] as const)));
const names = new Set([...currencyOf.values(), ...partOf.values()]);
const partNames = new Set(partOf.values());

const longestUnit = 12;

/** The plain letters that prefixes begin with: "US" of "US$", "Rs", "percent". */
const firstLetters = new Set([...currencyOf.keys(), ...partOf.keys()].flatMap((word) => /^[A-Za-z]+/.exec(word) ?? []));
export const longestCurrencyWord = Math.max(...[...firstLetters].map((letters) => letters.length));

/** Whether letters are the first ones of a currency's name or sign. */
export function beginsCurrency(letters: string): boolean {
  return firstLetters.has(letters);
}

const generalUnit = /^[\p{L}°µμΩ'"′″][\p{L}\p{N}°µ·/*^%.²³⁻¹'"′″-]*(?: [\p{L}\p{N}/.²³]+)?$/u;

/** The unit that stands before a number: a currency, or % (as in Turkish and Basque); undefined for anything else. */
export function unitBefore(text: string): string | undefined {
  return currencyOf.get(text) ?? partOf.get(text);
}

/**
 * The unit that stands behind a number: money, %, ‰, or a short word such as "kg" and "mg/dL", as written; undefined
 * for anything else.
 */
export function unitBehind(text: string): string | undefined {
  const known = currencyOf.get(text) ?? partOf.get(text);
  if (known !== undefined) return known;
  return text.length <= longestUnit && generalUnit.test(text) ? text : undefined;
}

/** The same for every spelling of a unit: "KG" is "kg" and "Days" is "day", but "mW" stays apart from "MW". */
export function unitKey(unit: string): string {
  if (names.has(unit) || unit === '') return unit;
  const lower = unit.toLowerCase();
  if (unit.length > 3) return lower.endsWith('s') ? lower.slice(0, -1) : lower;
  return unit.length > 1 && 'mMpP'.includes(unit.charAt(0)) ? unit.charAt(0) + lower.slice(1) : lower;
}

/** Whether a unit is money, % or ‰, which need not stand in every cell to be known for what they are. */
export function isKnownUnit(unit: string): boolean {
  return names.has(unit);
}

/** % and ‰: a number without the sign beside numbers with it may be on another scale. */
export function isShare(unit: string): boolean {
  return partNames.has(unit);
}
