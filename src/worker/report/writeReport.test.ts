import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuditedProject } from '../../../tests/support/auditedProject';
import type { Picture } from '../../contract/pictures';
import { InputError, UnavailableError } from '../../core/base/errors';
import { decide, hostile, openHostile, report, sources, verification } from './testReport';
import { writeReport } from './writeReport';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

async function open(): Promise<AuditedProject> {
  return (project = await openHostile());
}

describe('the report', () => {
  it('is one page without script, link or anything from elsewhere, whatever the data holds', async () => {
    const opened = await open();
    await decide(opened, [0, 1, 2, 3, 4], 'remove', hostile[0]);
    const page = await report(opened);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'"`,
    );
    expect(page).not.toMatch(
      /<script|<img(?! alt="[^"<>]*" src="data:image\/png;base64,)|onerror=alert\(1\)>|<a |<link|https?:\/\//i,
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('&lt;b&gt;dog');
    expect(page).not.toContain('\u202e');
    expect(page).toContain('⟨U+202E⟩');
    // What runs from right to left is isolated, once.
    expect(page).toContain('\u2068\u05d0\u05d1\u2069');
    expect(page).not.toContain('⟨U+2068⟩');
    expect(page.match(/<style>/g)).toHaveLength(1);
    // Every tag that is opened is closed, in order: nothing of the data has become one.
    expect(unclosed(page)).toEqual([]);
  });

  it('says what was decided, by whom and why', async () => {
    const opened = await open();
    await decide(opened, [10, 11, 12], 'remove', 'scanned twice');
    await decide(opened, [13], 'keep');
    const page = await report(opened);
    expect(page).toContain('3 of 60 labels found wrong');
    expect(page).toContain('4 inspected: 0 relabelled, 3 removed, 1 kept');
    expect(page).toContain('Ada: scanned twice');
    expect(page).toContain('Nothing was verified by retraining.');
  });

  it('gives the verdict of the latest verification of this audit, and says what it was about', async () => {
    const opened = await open();
    await decide(opened, [10, 11, 12], 'remove');
    const other = { ...verification([1], -0.3), auditStartedAt: '2025-01-01T00:00:00.000Z' };
    await opened.store.meta.write('verifications', [other, verification([10, 11, 12], -0.05)]);
    const page = await report(opened);
    expect(page).toContain('Removing those 3 rows lowers the validation loss by 10 % (0.5000 → 0.4500)');
    expect(page).toContain('<b>Worth it.</b>');
    expect(page).toContain('0.5000 → 0.4500</b>');
    await opened.store.meta.write('verifications', [verification([20, 21], 0.05)]);
    const second = await report(opened);
    expect(second).toContain('Removing 2 rows chosen by hand raises');
    expect(second).toContain('Not worth it');
    // What nobody decided on is no figure at the top.
    expect(second).not.toContain('0.5000 → 0.5500</b>');
  });

  it('shows pictures as they are read, and says where one cannot be', async () => {
    const opened = await open();
    const { store } = opened;
    const columns = store.sources.columns.map((column) =>
      column.name === 'x' ? { ...column, type: 'picture' as const } : column,
    );
    await store.sources.saveColumns(columns);
    await decide(opened, [10, 11], 'remove');
    const red: Picture = {
      kind: 'picture',
      width: 1,
      height: 1,
      pixels: { width: 1, height: 1, data: new Uint8Array([255, 0, 0]) },
    };
    const page = await report(opened, {
      readPictures: (rows) =>
        Promise.resolve(rows.map((row) => (row === 10 ? red : { kind: 'problem', problem: 'gone' }))),
    });
    expect(page).toContain('src="data:image/png;base64,iVBORw0KGgo');
    expect(page).toContain('no picture');
  });

  it('prints the very page that it writes as HTML, or says that it cannot, and leaves nothing half-written', async () => {
    const opened = await open();
    await decide(opened, [10, 11], 'remove');
    const file = join(opened.folder, 'out', 'report.pdf');
    const printed: string[] = [];
    const print = (page: string): Promise<Uint8Array> => {
      printed.push(page);
      return Promise.resolve(Buffer.from('%PDF-1.4 …'));
    };
    await writeReport(opened.store, { file, overwrite: false, print, ...sources });
    expect(readFileSync(file, 'utf8')).toBe('%PDF-1.4 …');
    expect(printed.map((page) => page.replace(/\s+/g, ' '))).toEqual([await report(opened)]);

    const other = join(opened.folder, 'other', 'report.pdf');
    const asked = { file: other, overwrite: false, ...sources };
    await expect(writeReport(opened.store, asked)).rejects.toThrow(UnavailableError);
    const broken = (): Promise<Uint8Array> => Promise.resolve(Buffer.from('<html>'));
    await expect(writeReport(opened.store, { ...asked, print: broken })).rejects.toThrow('no PDF file');
    expect(existsSync(dirname(other))).toBe(false);
  });

  it('says its size, the threshold, every file by its hash and what to type', async () => {
    const opened = await open();
    const outputs = [{ fileName: 'cleaned.csv', bytes: 12, sha256: 'ab'.repeat(32) }];
    const page = await report(opened, { threshold: 0.25, outputs });
    const said = Number(/one file of (\d+) kB/.exec(page)?.[1]);
    const written = statSync(join(opened.folder, 'out', 'report.html')).size;
    expect(Math.abs(said * 1000 - written)).toBeLessThan(1000);
    expect(page).toContain('From <b>0.25</b> on, rows are suspects here.');
    expect(page).toContain('ab'.repeat(32));
    expect(page).toContain(opened.store.sources.requireSource().fingerprint.sha256);
    expect(page).toContain('assay report --project data.assay --threshold 0.25 --out report.html');
  });

  it('never writes over what it reads or what others wrote', async () => {
    const opened = await open();
    const { folder, store } = opened;
    const source = store.sources.requireSource().fingerprint.path;
    await expect(writeReport(store, { file: source, overwrite: true, ...sources })).rejects.toThrow(InputError);
    const theirs = join(folder, 'theirs.html');
    writeFileSync(theirs, 'mine');
    await expect(writeReport(store, { file: theirs, overwrite: false, ...sources })).rejects.toThrow('did not write');
    expect(readFileSync(theirs, 'utf8')).toBe('mine');
  });
});

/** Tags left open, or closed without having been opened. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', self] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)(?:\s(?:"[^"]*"|[^"<>])*?)?(\/?)>/gi,
  )) {
    if (self === '/' || ['meta', 'img', 'br'].includes(name)) continue;
    if (closing === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else open.push(`/${name}`);
  }
  return open;
}
