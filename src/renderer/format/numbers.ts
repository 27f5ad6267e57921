import { formatCount } from '../../core/base/format';

/** Numbers as people read them. A true minus sign, thin grouping by comma, a space before the per cent sign. */

/** A share from 0 to 1 as per cent: 0.789 → "78.9 %"; tiny but not zero → "< 0.1 %". */
export function formatShare(share: number, digits = 1): string {
  const smallest = 10 ** -digits;
  if (share > 0 && share * 100 < smallest) return `< ${smallest.toFixed(digits)} %`;
  return `${minus((share * 100).toFixed(digits))} %`;
}

/** Four significant figures for losses and the like: 0.18236 → "0.1824", 0.00001234 → "1.234e−5". */
export function formatFigure(value: number, figures = 4): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) {
    const [mantissa, exponent] = value.toExponential(figures - 1).split('e');
    return minus(`${mantissa ?? ''}e${(exponent ?? '').replace('+', '')}`);
  }
  if (size >= 10 ** figures) return formatCount(Number(value.toPrecision(figures)));
  return minus(value.toPrecision(figures));
}

/** λ and other powers of ten: 0.001 → "1e−3", 0.1 → "0.1", 0.00316 → "3.2e−3". */
export function formatPower(value: number): string {
  if (value === 0) return '0';
  if (value >= 0.1 && value < 1000) return String(Number(value.toPrecision(2)));
  const [mantissa, exponent] = value.toExponential(1).split('e');
  return minus(`${(mantissa ?? '').replace('.0', '')}e${(exponent ?? '').replace('+', '')}`);
}

/** Bytes in powers of ten, as disks and task managers say them: 18_200_000 → "18 MB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
  return `${text} ${unit === 0 && text === '1' ? 'byte' : (units[unit] ?? '')}`;
}

/** Seconds that passed: 0.24 → "0.2 s", 75 → "1 min 15 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Seconds to come, no finer than an estimate deserves: 6.3 → "about 6 s", 130 → "about 2 min". */
export function formatSecondsLeft(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 20) return `about ${Math.round(seconds)} s`;
  if (seconds < 90) return `about ${Math.round(seconds / 5) * 5} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

function minus(text: string): string {
  return text.replace(/-/g, '−');
}
