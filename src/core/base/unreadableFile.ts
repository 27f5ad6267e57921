import { InputError } from './errors';

function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** An InputError for a file that cannot be read: what happened, which file, what to do. */
export function unreadableFile(path: string, error: unknown): InputError {
  const code = errorCodeOf(error);
  const details = { file: path, reason: code };
  const options = { details, cause: error };
  switch (code) {
    case 'ENOENT':
      if (path.includes('\ufffd')) return notUtf8(path, options);
      return new InputError(`There is no file ${path}. Check the name, or whether it was moved.`, options);
    case 'ENAMETOOLONG':
      return new InputError(`The path ${path} is longer than the system takes. Move or rename the file.`, options);
    case 'ELOOP':
      return new InputError(`${path} is a link that leads to itself. Name the file itself.`, options);
    case 'ENOTDIR':
      return new InputError(`${path} leads through something that is not a folder. Check the path.`, options);
    case 'EACCES':
    case 'EPERM':
      return new InputError(
        `${path} may not be read by this user. Give it read permission, or copy it elsewhere.`,
        options,
      );
    case 'EISDIR':
      return new InputError(`${path} is a folder, not a file. Choose the CSV file in it.`, options);
    case 'EMFILE':
      return new InputError(`${path} could not be opened: too many files are open. Close some programs.`, options);
    default:
      return new InputError(`${path} could not be read (${code || String(error)}).`, options);
  }
}

function notUtf8(path: string, options: ConstructorParameters<typeof InputError>[1]): InputError {
  return new InputError(
    `There is no file ${path}. Its name seems to hold bytes that are no UTF-8: rename it, or a folder above it.`,
    options,
  );
}
