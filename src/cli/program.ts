import { Command, CommanderError } from 'commander';
import { AssayError, CancelledError, describeStacks, InputError } from '../core/base/errors';
import { addAnnotatorsCommand } from './annotatorsCommand';
import { addAuditCommand } from './auditCommand';
import { addDecisionsCommand } from './decisionsCommand';
import { addExplainCommand } from './explainCommand';
import { addExportCommand } from './exportCommand';
import { addFidelityCommand } from './fidelityCommand';
import { addGroupsCommand } from './groupsCommand';
import { addInfluenceCommand } from './influenceCommand';
import { addInfoCommand } from './infoCommand';
import type { Installation } from './installation';
import { addReportCommand } from './reportCommand';
import { addSeededCommand } from './seededCommand';
import { addSubsetCommand } from './subsetCommand';
import { cancelledMessage, outliveOutput, printError, writeToTerminal } from './terminal';
import { terminalCell } from './terminalText';
import { addUnlearnCommand } from './unlearnCommand';
import { addVerifyCommand } from './verifyCommand';

function createProgram(installation: Installation): Command {
  const program = new Command('assay')
    .description(
      'Audits labelled datasets offline: which rows are mislabelled, which hurt, and what happens without them.',
    )
    .version(installation.version)
    .showHelpAfterError('(assay --help tells the usage)')
    .exitOverride()
    .configureOutput(writeToTerminal);

  addAuditCommand(program, installation);
  addVerifyCommand(program, installation);
  addFidelityCommand(program, installation);
  addInfluenceCommand(program, installation);
  addSubsetCommand(program, installation);
  addExplainCommand(program, installation);
  addGroupsCommand(program, installation);
  addSeededCommand(program, installation);
  addUnlearnCommand(program, installation);
  addAnnotatorsCommand(program, installation);
  addExportCommand(program, installation);
  addDecisionsCommand(program, installation);
  addReportCommand(program, installation);
  addInfoCommand(program, installation);
  return program;
}

/**
 * Runs the command that the arguments of the process name, and says what went wrong.
 *
 * @returns the exit code: 0 done, 2 bad usage or input, 130 cancelled, 1 anything else
 */
export async function runProgram(installation: Installation): Promise<number> {
  outliveOutput();
  try {
    await createProgram(installation).parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CancelledError) {
      printError(cancelledMessage);
      return 130;
    }
    const message = error instanceof Error ? error.message : String(error);
    printError(`assay: ${terminalCell(message, 10_000)}`);
    if (!(error instanceof AssayError) || error.code === 'bug') {
      printError('This is a fault of Assay, not of your data. ASSAY_DEBUG=1 prints where it happened.');
    }
    if (process.env['ASSAY_DEBUG'] === '1') printError(describeStacks(error));
    return error instanceof InputError ? 2 : 1;
  }
}
