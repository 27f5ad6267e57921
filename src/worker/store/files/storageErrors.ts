import { AssayError, StorageError } from '../../../core/base/errors';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * Whatever went wrong while writing to or reading from `place` (a folder or file), as a StorageError that says what to
 * do; errors that are Assay's own already stay as they are.
 */
export function storageError(error: unknown, place: string): AssayError {
  if (error instanceof AssayError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const options = { details: { folder: place, reason: code === '' ? message.slice(0, 500) : code }, cause: error };
  if (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    /no space left|disk quota|could not write all bytes|max_temp_directory_size/i.test(message)
  ) {
    return new StorageError(
      `The disk that holds ${place} is full. Free some space and try again; nothing was changed.`,
      options,
    );
  }
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    /permission denied|read-only file system/i.test(message)
  ) {
    return new StorageError(
      `${place} may not be written by this user. Choose another folder, or allow writing there.`,
      options,
    );
  }
  if (code === 'ENAMETOOLONG') {
    return new StorageError(`The path ${place} is longer than the system takes. Choose a shorter one.`, options);
  }
  if (code === 'ENOENT' || code === 'ENOTDIR' || /cannot open file.*(no such file|not a directory)/is.test(message)) {
    return new StorageError(
      `${place} is not there any more, or is no folder. Check whether it was moved or unmounted.`,
      options,
    );
  }
  // DuckDB's own bound: other programs have nothing to do with it.
  const used = /\(([\d.]+ [KMGT]i?B)\/[\d.]+ [KMGT]i?B used\)/.exec(message)?.[1];
  if (used !== undefined) {
    return new StorageError(
      `The ${used} of memory that the database of ${place} may take were not enough for this table. Leave out columns that are not needed, shorten very long cells, or divide the file.`,
      options,
    );
  }
  if (/out of memory|failed to allocate|could not allocate/i.test(message)) {
    return new StorageError(
      `The system gave no more memory for the database of ${place}. Close other programs and try again; if that does not help, leave out columns that are not needed.`,
      options,
    );
  }
  if (/could not set lock|conflicting lock|already attached|used by another process/i.test(message)) {
    const pid = /PID (\d+)/.exec(message)?.[1];
    const holder = pid === undefined ? 'another program' : `another program (process ${pid})`;
    return new StorageError(`The project ${place} is open in ${holder}. Close it there first.`, options);
  }
  if (damagedDatabase.test(message)) {
    return new StorageError(
      `The project ${place} is damaged and cannot be read. Restore it from a backup, or open the data file again to start a new one.`,
      options,
    );
  }
  if (/file system operations are disabled|configuration has been locked/i.test(message)) {
    return new StorageError(
      `The project ${place} tried to reach something outside itself, and was stopped. It was altered: do not use it.`,
      options,
    );
  }
  // What the system or the database said is for the log: it is kept in the details and the cause.
  return new StorageError(
    `${place} could not be read or written${code === '' ? '' : ` (the system says ${code})`}. Check the disk and the folder, and try again; ` +
      'if it happens again, restore the project from a backup or start a new one.',
    options,
  );
}

/** What DuckDB says of a file that is not as it wrote it; its own faults on such a file too. */
const damagedDatabase =
  /not a valid duckdb|corrupt|checksum|serialization error|failed to deserialize|wal file|replaying|catalog error|binder error|invalid input error|internal error|fatal error|database has been invalidated|magic bytes|attempted to read past|could not read enough|out of range|read from file/i;
