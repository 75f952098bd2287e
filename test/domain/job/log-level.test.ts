/** Levels as loggers name them. */
import { describe, expect, it } from 'vitest';
import { nearestLevel } from '../../../src/domain/job/log-level';

describe('the nearest level', () => {
  it.each([
    [
      'syslog',
      'emerg alert crit err warning notice info debug',
      'error error error error warn info info info',
    ],
    ['log4j, Logback', 'FATAL ERROR WARN INFO DEBUG TRACE', 'error error warn info info info'],
    [
      'java.util.logging',
      'SEVERE WARNING INFO CONFIG FINE FINER FINEST',
      'error warn info info info info info',
    ],
    ['Python', 'CRITICAL ERROR WARNING INFO DEBUG NOTSET', 'error error warn info info info'],
    ['Monolog', 'EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE', 'error error error error warn info'],
    [
      '.NET',
      'Critical Error Warning Information crit fail warn dbug',
      'error error warn info error error warn info',
    ],
    ['Serilog, zerolog, zap', 'FTL ERR WRN INF DBG dpanic panic', 'error error warn info info error error'],
    ['one letter', 'F E W I D', 'error error warn info info'],
    ['Object’s own names', 'constructor __proto__ toString', 'info info info'],
  ])('of %s', (_, names, levels) => {
    expect(names.split(' ').map(nearestLevel)).toEqual(levels.split(' '));
  });
  it.each([
    [-4, 'info'],
    [-0.5, 'info'],
    [0, 'error'],
    [3, 'error'],
    [4, 'warn'],
    [7, 'info'],
    [40, 'warn'],
    [50, 'error'],
    ['-4', 'info'],
  ])('of the number %j is %s', (level, nearest) => {
    expect(nearestLevel(level)).toBe(nearest);
  });
});
