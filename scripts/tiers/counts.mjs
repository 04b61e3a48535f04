/** How the results of a tier are read. A tier that fails without saying what failed counts as one failure, never as none. */
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ code: number, reportFile: string, logFile: string }} Outcome */

/**
 * @typedef {object} Counter
 * @property {(reportFile: string) => string[]} args what is added to the command
 * @property {(outcome: Outcome) => Counts} read
 * @property {(outcome: Outcome) => string[]} failures what failed, one line each, as far as it is known
 * @property {(outcome: Outcome) => string[]} [parts] counts of parts of the tier, one line each
 */

/** The servers that suites run on: their names stand in the titles of the suites. */
const SERVERS = ['dynalite', 'DynamoDB Local', 'ministack', 'moto'];

/** @type {Counts} */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/** @type {Counts} */
const oneFailure = { passed: 0, failed: 1, skipped: 0 };

/** The command is vitest: each test counts, and so does each test file that cannot be loaded. */
/** @type {Counter} */
export const vitestReport = {
  args: reportFile => ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
  read({ code, reportFile }) {
    const report = readReport(reportFile);
    if (report === undefined) return oneFailure;
    const counts = {
      passed: report.numPassedTests,
      failed: report.numFailedTests + filesThatDidNotLoad(report).length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
    const isSilentFailure = counts.failed === 0 && (code !== 0 || counts.passed + counts.skipped === 0);
    return isSilentFailure ? { ...counts, failed: 1 } : counts;
  },
  failures({ reportFile }) {
    const report = readReport(reportFile);
    if (report === undefined) return ['vitest wrote no report'];
    return [
      ...filesThatDidNotLoad(report).map(file => `${file.name}: does not load`),
      ...report.testResults.flatMap(file =>
        file.assertionResults.filter(test => test.status === 'failed').map(test => `${file.name}: ${test.fullName}`),
      ),
    ];
  },
};

/** As {@link vitestReport}, and what ran on which server. */
/** @type {Counter} */
export const vitestReportByServer = {
  ...vitestReport,
  parts({ reportFile }) {
    const tests = readReport(reportFile)?.testResults.flatMap(file => file.assertionResults) ?? [];
    return SERVERS.flatMap(server => {
      const here = tests.filter(({ fullName }) => fullName.includes(` on ${server}`));
      const count = (/** @type {string[]} */ ...statuses) => here.filter(({ status }) => statuses.includes(status)).length;
      const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped', 'pending', 'todo') };
      return counts.passed + counts.failed === 0 ? [] : [`on ${server}: ${inWords(counts)}`];
    });
  },
};

/** The command's last line is `N passed, N failed`, with `, N skipped` where there are any. */
/** @type {Counter} */
export const lastLine = {
  args: () => [],
  read({ code, logFile }) {
    const line = readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    const [, passed, failed, skipped = '0'] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line) ?? [];
    if (passed === undefined || failed === undefined) return oneFailure;
    const counts = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
    return counts.failed === 0 && (code !== 0 || counts.passed === 0) ? { ...counts, failed: 1 } : counts;
  },
  failures: () => [],
};

/** The whole command is one test. */
/** @type {Counter} */
export const exitCode = {
  args: () => [],
  read: ({ code }) => (code === 0 ? { passed: 1, failed: 0, skipped: 0 } : oneFailure),
  failures: () => [],
};

/** A preparation: it counts only when it fails. */
/** @type {Counter} */
export const onlyFailure = {
  args: () => [],
  read: ({ code }) => (code === 0 ? nothing : oneFailure),
  failures: () => [],
};

/**
 * @param {Counts} left
 * @param {Counts} right
 * @returns {Counts}
 */
export function add(left, right) {
  return { passed: left.passed + right.passed, failed: left.failed + right.failed, skipped: left.skipped + right.skipped };
}

/** @param {Counts} counts */
export function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @typedef {object} VitestReport the part of vitest's JSON report that is read
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ name: string, status: string, assertionResults: { fullName: string, status: string }[] }[]} testResults
 */

/**
 * @param {string} reportFile
 * @returns {VitestReport | undefined}
 */
function readReport(reportFile) {
  return existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
}

/** @param {VitestReport} report */
function filesThatDidNotLoad({ testResults }) {
  return testResults.filter(file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'));
}
