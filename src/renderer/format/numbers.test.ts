import { describe, expect, it } from 'vitest';
import { formatBytes, formatFigure, formatPower, formatSeconds, formatSecondsLeft, formatShare } from './numbers';

describe('numbers as people read them', () => {
  it('does not call a small share nothing', () => {
    expect(formatShare(0.7889)).toBe('78.9 %');
    expect(formatShare(0.0001)).toBe('< 0.1 %');
    expect(formatShare(0)).toBe('0.0 %');
    expect(formatShare(0.0449, 0)).toBe('4 %');
  });

  it('writes losses with a true minus sign and without floods of zeros', () => {
    expect(formatFigure(0.182361)).toBe('0.1824');
    expect(formatFigure(-0.0031)).toBe('−0.003100');
    expect(formatFigure(0.00001234)).toBe('1.234e−5');
    expect(formatFigure(22_137, 2)).toBe('22,000');
    expect(formatFigure(Number.NaN)).toBe('–');
  });

  it('writes λ as powers of ten', () => {
    expect(formatPower(0.001)).toBe('1e−3');
    expect(formatPower(0.00316)).toBe('3.2e−3');
    expect(formatPower(0.1)).toBe('0.1');
    expect(formatPower(10)).toBe('10');
    expect(formatPower(10000)).toBe('1e4');
  });

  it('writes bytes and times in fitting units', () => {
    expect(formatBytes(1)).toBe('1 byte');
    expect(formatBytes(999_600)).toBe('1.0 MB');
    expect(formatBytes(18_200_000)).toBe('18 MB');
    expect(formatSeconds(0.24)).toBe('0.2 s');
    expect(formatSeconds(75)).toBe('1 min 15 s');
    expect(formatSeconds(59.7)).toBe('1 min 0 s');
    expect(formatSecondsLeft(6.3)).toBe('about 6 s');
    expect(formatSecondsLeft(130)).toBe('about 2 min');
  });
});
