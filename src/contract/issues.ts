import { chooseIssues, type IssueName, issueNames, type Media } from '../core/media/mediaIssues';
import type { AuditSettings } from './audit';

/** What each issue is, beside a box to tick. */
export const issueTitles: Readonly<Record<IssueName, string>> = {
  dark: 'Dark pictures',
  bright: 'Bright pictures',
  blurred: 'Blurred pictures',
  'low-information': 'Pictures with little in them',
  'odd-size': 'Pictures of odd size',
  'odd-shape': 'Pictures of odd shape',
  grey: 'Grey among colour',
  unreadable: 'Pictures that cannot be read',
  'picture-copies': 'Copies of pictures',
  empty: 'Texts without words',
  'odd-length': 'Texts of odd length',
  script: 'Another script',
  language: 'Another language',
  markup: 'Markup in texts',
  'text-copies': 'Copies of texts',
};

/** The issues that are looked for by these settings in such data. */
export function issuesOf({ issues }: Pick<AuditSettings, 'issues'>, media: readonly Media[]): readonly IssueName[] {
  return chooseIssues(issues, media);
}

/** The setting with one issue looked for, or not; `auto` where that comes to the same. */
export function withIssue(issues: AuditSettings['issues'], name: IssueName, on: boolean): AuditSettings['issues'] {
  const asked = issueNames.filter((one) => (one === name ? on : issues === 'auto' || issues.includes(one)));
  return asked.length === issueNames.length ? 'auto' : asked;
}
