const msPerDay = 86_400_000;

/** Days since 1970-01-01 UTC as a date, with the time of day where there is one: "2024-03-01", "2024-03-01 14:30". */
export function formatDay(days: number): string {
  const date = new Date(Math.round(days * msPerDay));
  if (Number.isNaN(date.getTime())) return '–';
  const [day = '', time = ''] = date.toISOString().split('T');
  if (time.startsWith('00:00:00')) return day;
  return `${day} ${time.slice(0, time.startsWith('00', 6) ? 5 : 8)}`;
}

const dayText = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** The reverse; null for nothing, undefined for what is no such date. */
export function readDay(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = dayText.exec(trimmed) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(time);
  const fits = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return fits ? time / msPerDay : undefined;
}
