// Measures the messenger and the widget in Chromium with a slow processor: `node scripts/measure.mjs [--runs N] [--rate N] [--only STEP,STEP]
// [--json FILE] [--profile FOLDER]`. `CAUSERIE_BIN` names the server; the default is its release build. Beside each figure is that of a plain
// page in the same run, because other programs slow both. `--profile` writes a CPU profile of each step for the developer tools of a browser.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

process.env.CAUSERIE_BIN ??= join(dirname(fileURLToPath(import.meta.url)), "../../../target/release/causerie");
const { openBrowser } = await import("../e2e/harness.mjs");
const { conversations, messages, Stage } = await import("./measure/stage.mjs");
const { steps } = await import("./measure/steps.mjs");

/** A step, its end after a failure, the data, and all of the measurement take at most this time, in seconds. */
const stepMax = 300;
const endMax = 30;
const fillMax = 300;
const allMax = 3_600;

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    rate: { type: "string", default: "4" },
    only: { type: "string" },
    json: { type: "string" },
    profile: { type: "string" },
  },
});
const rate = Number(options.rate);
const runs = Number(options.runs);
if (!(runs >= 1 && rate >= 1)) throw new Error("--runs and --rate are numbers from 1 on");
const only = options.only?.split(",");
const unknown = only?.find((name) => !steps[name]);
if (unknown !== undefined) throw new Error(`there is no step "${unknown}"; the steps are ${Object.keys(steps).join(", ")}`);

/** The rows of the table: the text, the figure, the figure of the plain page and, if there is one, the goal. */
const table = [
  ["first paint of the list, ms", "list.painted", "blank.painted", (value) => value < 1_000],
  ["processor time of the main thread until then, ms", "list.cpuSum", "blank.cpuSum"],
  ["longest task until then, ms", "list.longest", "blank.longest"],
  ["requests until then", "list.requests", "blank.requests"],
  ["files until then, compressed, KiB", "list.files", "blank.files"],
  ["WebSocket frames until then, KiB", "list.frames", ""],
  ["first paint of the list at 1.6 Mbit/s and 150 ms, ms", "listSlow.painted", "blankSlow.painted"],
  ["widget: click on the launcher to the list, ms", "widget.painted", "plainOpen.painted"],
  ["processor time of the main thread, ms", "widget.cpuSum", "plainOpen.cpuSum"],
  [`click to the conversation of ${messages} messages, ms`, "open.painted", "plainOpen.painted"],
  ["processor time of the main thread, ms", "open.cpuSum", "plainOpen.cpuSum"],
  ["click to the same conversation again, ms", "open.again", "plainOpen.painted"],
  ...tasks(`${messages} messages scrolled up`, "scroll", "plainScroll", true),
  ["time, s", "scroll.seconds", "plainScroll.seconds"],
  ["most messages in the page", "scroll.most", "plainScroll.most"],
  ["JS heap before, MiB", "scroll.heapBefore", "plainScroll.heapBefore"],
  ["JS heap after, MiB", "scroll.heapAfter", "plainScroll.heapAfter"],
  ...tasks(`${conversations} conversations scrolled down`, "rows", "plainRows", true),
  ...tasks("50 characters typed", "type", "plainType", false),
  ["slowest key until its paint, ms", "type.worst", "plainType.worst"],
  ["slowness of the processor", "list.slowness", "blank.slowness"],
];

/** The rows about the tasks of a step. */
function tasks(text, step, plain, hasGoal) {
  const row = (what, figure, goal) => [what, `${step}.${figure}`, `${plain}.${figure}`, hasGoal ? goal : undefined];
  return [
    row(`${text}: longest task, ms`, "longest"),
    row("processor time of the longest task, ms", "cpu"),
    row("tasks over 50 ms", "over50", (value) => value === 0),
    row("tasks over 50 ms of processor time", "cpuOver50", (value) => value === 0),
  ];
}

/** The result of `running`, or an error that names it when it takes too long. */
async function within(seconds, what, running) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${seconds} s`)), seconds * 1_000);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Records CPU profiles of a step. */
function profilerOf(name) {
  if (!options.profile) return { start: async () => {}, stop: async () => {} };
  return {
    async start(session) {
      await session.send("Profiler.enable");
      await session.send("Profiler.setSamplingInterval", { interval: 500 });
      await session.send("Profiler.start");
    },
    async stop(session) {
      const { profile } = await session.send("Profiler.stop");
      mkdirSync(options.profile, { recursive: true });
      writeFileSync(join(options.profile, `${name}.cpuprofile`), JSON.stringify(profile));
    },
  };
}

let browser;
let stage;
let ending;

/** Ends what this script has started. */
function end() {
  ending ??= Promise.all([browser?.close().catch(() => {}), stage?.close()]);
  return ending;
}

/** Runs a step, and closes its pages. */
async function run(name) {
  const opened = [];
  const keep = (page) => {
    opened.push(page);
    return page;
  };
  const running = steps[name](stage, { keep, profiler: profilerOf(name) });
  try {
    return await within(stepMax, `the step "${name}"`, running);
  } finally {
    const problems = opened.flatMap((page) => page.problems);
    await Promise.all(opened.map((page) => page.close()));
    // A step that is late fails when its pages are closed. Only then has its trace ended.
    await within(endMax, `the end of the step "${name}"`, running).catch(() => {});
    for (const problem of problems) console.error(`${name}: ${problem}`);
  }
}

async function measure() {
  browser = await openBrowser();
  stage = await Stage.open(browser, rate);
  console.error(`filling ${conversations} conversations and ${messages} messages`);
  await within(fillMax, "filling the data", stage.fill());
  const figures = {};
  for (let number = 1; number <= runs; number++) {
    for (const name of only ?? Object.keys(steps)) {
      console.error(`run ${number} of ${runs}: ${name}`);
      // A step that failed has no figures. The other steps do not depend on it.
      const measured = await run(name).catch((error) => {
        console.error(String(error));
        process.exitCode = 1;
        return {};
      });
      for (const [figure, value] of Object.entries(measured)) (figures[`${name}.${figure}`] ??= []).push(value);
    }
  }
  return figures;
}

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const shown = (value) => (value >= 20 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1));
/** The median and, in brackets, the values. */
const cell = (values) => (values ? `${shown(median(values))} (${values.map(shown).join(", ")})` : "");

function report(figures) {
  const rows = table
    .filter(([, figure]) => figures[figure])
    .map(([text, figure, plain, goal]) => {
      const met = goal ? (goal(median(figures[figure])) ? "met" : "missed") : "";
      return [text, cell(figures[figure]), cell(figures[plain]), met];
    });
  const all = [["figure", "Causerie", "plain page", "goal"], ["---", "---", "---", "---"], ...rows];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => end().finally(() => process.exit(1)));
try {
  const figures = await within(allMax, "the measurement", measure());
  const setup = { chromium: browser.version(), cpus: cpus().length, rate, runs };
  console.log(`${setup.cpus} cores, Chromium ${setup.chromium}, ${rate}x CPU throttle, median and values of ${runs} runs\n`);
  console.log(report(figures));
  const medians = Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]));
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...setup, medians, figures }, null, 2)}\n`);
} finally {
  await end();
}
