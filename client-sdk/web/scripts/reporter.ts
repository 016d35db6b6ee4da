import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with a line that scripts can add up: `12 passed, 0 failed`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    // A file that does not load and an error outside of tests count as one failure each.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    console.log(`${passed} passed, ${tests.length - passed + broken} failed`);
  }
}
