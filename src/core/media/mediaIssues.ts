/** What an issue is an issue of. */
export type Media = 'pictures' | 'texts';

/**
 * Bit flags of what is odd about a row's picture or text; they stand behind those of ranking/reasons.ts. None of them
 * says anything about the label.
 */
export const mediaFlags = {
  darkPicture: 2 ** 9,
  brightPicture: 2 ** 10,
  blurredPicture: 2 ** 11,
  emptyPicture: 2 ** 12,
  oddPictureSize: 2 ** 13,
  oddPictureShape: 2 ** 14,
  greyAmongColour: 2 ** 15,
  unreadablePicture: 2 ** 16,
  emptyText: 2 ** 17,
  oddTextLength: 2 ** 18,
  otherScript: 2 ** 19,
  otherLanguage: 2 ** 20,
  markupInText: 2 ** 21,
  exactCopy: 2 ** 22,
  nearCopy: 2 ** 23,
  copyInOtherSplit: 2 ** 24,
} as const;
export type MediaReason = keyof typeof mediaFlags;

/** Short words for tables and exports. */
export const mediaReasonWords: Readonly<Record<MediaReason, string>> = {
  darkPicture: 'dark picture',
  brightPicture: 'bright picture',
  blurredPicture: 'blurred picture',
  emptyPicture: 'little in the picture',
  oddPictureSize: 'picture of odd size',
  oddPictureShape: 'picture of odd shape',
  greyAmongColour: 'grey among colour',
  unreadablePicture: 'picture cannot be read',
  emptyText: 'no words in the text',
  oddTextLength: 'text of odd length',
  otherScript: 'another script',
  otherLanguage: 'another language',
  markupInText: 'markup in the text',
  exactCopy: 'exact copy of another row',
  nearCopy: 'near copy of another row',
  copyInOtherSplit: 'copy in another split',
};

/** A sentence for the evidence card. */
export const mediaReasonExplanations: Readonly<Record<MediaReason, string>> = {
  darkPicture: 'Hardly any part of its picture is bright, and most other pictures are brighter.',
  brightPicture: 'Hardly any part of its picture is dark, and most other pictures are darker: overexposed, or blank.',
  blurredPicture: 'The edges in its picture are much softer than those of most other pictures.',
  emptyPicture:
    'Its picture has few grey levels, fewer than most others: a plain area, a broken download, a placeholder.',
  oddPictureSize: 'Its picture is much larger or smaller than most others.',
  oddPictureShape: 'Its picture is much wider or taller than most others: a banner, a strip, or a squeezed picture.',
  greyAmongColour: 'Its picture has no colour, and most pictures of its class have.',
  unreadablePicture: 'Its picture cannot be read: the file is missing or damaged. Its numbers are all 0.',
  emptyText: 'Its text has no letter and no digit.',
  oddTextLength: 'Its text is much longer or shorter than most others.',
  otherScript: 'Most letters of its text are of a script that few other texts are written in.',
  otherLanguage: 'Its text seems to be in a language that few other texts are written in.',
  markupInText:
    'Part of its text is no text: tags, entities or commands of a markup language, broken characters, or nothing but addresses.',
  exactCopy: 'Another row has the same picture or text.',
  nearCopy: 'Another row has all but the same picture or text.',
  copyInOtherSplit:
    'A row of another split has all but the same picture or text: what is measured on validation or test rows looks better than it is.',
};

/** Issues that are looked for, each of which can be left out. */
const issues = [
  { name: 'dark', field: 'pictureDark', media: 'pictures', reason: 'darkPicture' },
  { name: 'bright', field: 'pictureBright', media: 'pictures', reason: 'brightPicture' },
  { name: 'blurred', field: 'pictureBlurred', media: 'pictures', reason: 'blurredPicture' },
  { name: 'low-information', field: 'pictureLowInformation', media: 'pictures', reason: 'emptyPicture' },
  { name: 'odd-size', field: 'pictureOddSize', media: 'pictures', reason: 'oddPictureSize' },
  { name: 'odd-shape', field: 'pictureOddShape', media: 'pictures', reason: 'oddPictureShape' },
  { name: 'grey', field: 'pictureGrey', media: 'pictures', reason: 'greyAmongColour' },
  { name: 'unreadable', field: 'pictureUnreadable', media: 'pictures', reason: 'unreadablePicture' },
  { name: 'picture-copies', field: 'pictureCopy', media: 'pictures', reason: null },
  { name: 'empty', field: 'textEmpty', media: 'texts', reason: 'emptyText' },
  { name: 'odd-length', field: 'textOddLength', media: 'texts', reason: 'oddTextLength' },
  { name: 'script', field: 'textScript', media: 'texts', reason: 'otherScript' },
  { name: 'language', field: 'textLanguage', media: 'texts', reason: 'otherLanguage' },
  { name: 'markup', field: 'textMarkup', media: 'texts', reason: 'markupInText' },
  { name: 'text-copies', field: 'textCopy', media: 'texts', reason: null },
] as const satisfies readonly { name: string; field: string; media: Media; reason: MediaReason | null }[];

export type IssueName = (typeof issues)[number]['name'];
/** Issues that a score of its own and one reason say all of. */
export type OddityName = Exclude<IssueName, 'picture-copies' | 'text-copies'>;

/** Scores of issues, and for copies the first row of the set that each row belongs to. */
type MediaField = (typeof issues)[number]['field'] | 'pictureCopySet' | 'textCopySet';
/** One entry per row, 0–1: larger = more of the issue, ½ = it begins to be one; NaN where there is nothing to judge. */
export type MediaColumns = Readonly<Record<MediaField, Float64Array>>;

interface MediaIssue {
  readonly name: IssueName;
  readonly field: MediaField;
  readonly media: Media;
  /** What rows have from a score of ½ on; null: copies, of several kinds. */
  readonly reason: MediaReason | null;
}

export const mediaIssues: readonly MediaIssue[] = issues;
/** In the order of {@link mediaIssues}. */
export const issueNames = issues.map(({ name }) => name);

/** `auto`: all. */
type IssueChoice = 'auto' | readonly IssueName[];

/** The issues asked for that such media can have, in their order. */
export function chooseIssues(choice: IssueChoice, media: readonly Media[]): IssueName[] {
  return mediaIssues
    .filter((issue) => media.includes(issue.media) && (choice === 'auto' || choice.includes(issue.name)))
    .map(({ name }) => name);
}
