import { parseSplit } from '../columns/splitWords';

/** Where a file stands in a dataset. */
interface Place {
  /** The folder that names its split, as it is written; '' where none does. */
  readonly split: string;
  /** The folder that names its class; '' where none does. */
  readonly label: string;
  /** It lies deeper than split and class. */
  readonly deeper: boolean;
}

interface FolderLayout {
  readonly hasSplit: boolean;
  readonly hasLabel: boolean;
  /** What the folders above a file say of it; a sentence's end where it belongs to no class or split. */
  readonly place: (path: string) => Place | string;
}

/**
 * How folders part a dataset, by the paths of its files: `class/file`, `split/class/file` or `split/file`, all of it in
 * further folders of which there is only one each. A split is a folder called train, val, test or the like, beside no
 * others, or with folders of classes in it. O(files).
 */
export function findLayout(paths: readonly string[], labelled: boolean): FolderLayout {
  // All of it is told by the folders, of which there are few.
  const folders = [...new Set(paths.map(folderOf))].map(partsOf);
  const skipped = countWrappers(folders);
  const tops = new Map<string, { isSplit: boolean; hasFolders: boolean }>();
  for (const parts of folders) {
    const top = parts[skipped];
    if (top === undefined) continue;
    const known = tops.get(top) ?? { isSplit: parseSplit(top) !== undefined, hasFolders: false };
    tops.set(top, { ...known, hasFolders: known.hasFolders || parts.length > skipped + 1 });
  }
  const all = [...tops];
  const splits = all.filter(([, { isSplit }]) => isSplit);
  const hasSplit =
    splits.length > 0 && (splits.length === all.length || splits.some(([, { hasFolders }]) => hasFolders));
  const labelAt = skipped + Number(hasSplit);
  const labels = new Set(folders.flatMap((parts) => parts.slice(labelAt, labelAt + 1)));
  // Where a table describes the files, a folder that all of them share says nothing of them.
  const hasLabel = labels.size > (labelled ? 1 : 0);
  const placeIn = (parts: readonly string[]): Place | string => {
    const top = parts[skipped];
    if (hasSplit && (top === undefined || parseSplit(top) === undefined)) {
      return `lies beside the folders of splits (${splits.map(([name]) => name).join(', ')})`;
    }
    const label = hasLabel ? (parts[labelAt] ?? '') : '';
    if (hasLabel && label === '' && !labelled) return 'lies beside the folders of classes';
    return { split: hasSplit ? (top ?? '') : '', label, deeper: hasLabel && parts.length > labelAt + 1 };
  };
  const places = new Map<string, Place | string>();
  return {
    hasSplit,
    hasLabel,
    place: (path) => {
      const folder = folderOf(path);
      const known = places.get(folder);
      if (known !== undefined) return known;
      const found = placeIn(partsOf(folder));
      places.set(folder, found);
      return found;
    },
  };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function partsOf(folder: string): string[] {
  return folder === '' ? [] : folder.split('/');
}

/** Folders that hold nothing but the next one, from the top. */
function countWrappers(folders: readonly (readonly string[])[]): number {
  for (let level = 0; ; level++) {
    const name = folders[0]?.[level];
    if (name === undefined || parseSplit(name) !== undefined) return level;
    if (!folders.every((parts) => parts[level] === name && parts.length > level + 1)) return level;
  }
}
