/** How the command line asks the application to print a page and end: the names of its switches. */
export const printSwitches = { page: 'print-page', pdf: 'print-pdf' } as const;
