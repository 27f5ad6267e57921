import { terminalCell, terminalJson, terminalText } from './terminalText';

/** The one place where the command line writes; see terminalText.ts for what it lets through. */

/** For people. */
function printText(text: string): void {
  process.stdout.write(`${terminalText(text)}\n`);
}

/** For programs. */
function printJson(value: unknown): void {
  process.stdout.write(`${terminalJson(value)}\n`);
}

/** What a command found, for programs (`--json`) or for people. */
export function printResult({ json }: { readonly json?: boolean }, facts: unknown, text: () => string): void {
  if (json === true) printJson(facts);
  else printText(text());
}

/** What is wrong, or worth knowing while a command runs. */
export function printError(text: string): void {
  process.stderr.write(`${terminalText(text)}\n`);
}

/** Usage and its errors, which repeat what was typed. */
export const writeToTerminal = {
  writeOut: (text: string): void => void process.stdout.write(terminalText(text)),
  writeErr: (text: string): void => void process.stderr.write(terminalText(text)),
} as const;

/**
 * A reader that has gone (`| head`) or a full disk behind `>` must not end the process wherever it stands: the work
 * goes on, and its results are written. What could not be said on stdout for another reason than that nobody reads
 * makes the exit code 1.
 */
export function outliveOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    printError(`assay: what was found could not be printed: ${error.message}`);
  });
  process.stderr.on('error', () => undefined);
}

/** The last words of a command that was interrupted. */
export const cancelledMessage = 'assay: cancelled; nothing was written';

/** Where a command has written what. */
export function listWritten(folder: string, files: readonly string[]): string {
  return [`written to ${terminalCell(folder, 4_096)}`, ...files.map((file) => `  ${terminalCell(file, 255)}`)].join(
    '\n',
  );
}
