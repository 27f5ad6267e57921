/**
 * How long an Electron is supported, without asking anyone: a new major comes every eight weeks, and the newest three
 * get fixes. The dates are those of the schedule, right to some weeks.
 */

const week = 7 * 24 * 60 * 60 * 1000;
const anchor = { major: 30, released: Date.UTC(2024, 3, 16) };
const weeksBetweenMajors = 8;
/** Three releases later, and a little for those that came late. */
const supportedWeeks = 26;

/** When the fixes of an Electron's major version end, in milliseconds since 1970; NaN for what is no version. */
export function supportEnds(version: string): number {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1] ?? NaN);
  return anchor.released + ((major - anchor.major) * weeksBetweenMajors + supportedWeeks) * week;
}

/** What to tell a person about an Electron that gets no fixes any more, and what to do; null while it is supported. */
export function describeOutdated(version: string | null, now: Date): string | null {
  if (version === null) return null;
  const ended = supportEnds(version);
  if (!(ended < now.getTime())) return null;
  const month = new Date(ended).toLocaleDateString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return (
    `The window runs on Electron ${version}, which has had no security fixes since about ${month}. Assay opens no connection and shows no page ` +
    'but its own, so only what is in the files you open can reach it. To renew it, run “npm run setup” where Electron’s official download can be ' +
    'reached, or name a newer Electron’s executable in ASSAY_ELECTRON and run it again.'
  );
}
