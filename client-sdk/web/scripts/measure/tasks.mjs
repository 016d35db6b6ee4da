// The tasks of a page's main thread: their duration, and the processor time that they took.

import { setTimeout as delay } from "node:timers/promises";

/** A task that takes longer is visible to the user: the page misses frames, and answers late. */
const longMs = 50;

const traced = ["-*", "disabled-by-default-devtools.timeline", "__metadata"];

/** The tasks in a trace: their start on the clock of the browser, their duration and their processor time, in ms. */
function tasksIn(trace) {
  const { traceEvents } = JSON.parse(trace.toString());
  const threadOf = ({ pid, tid }) => `${pid}/${tid}`;
  const threads = new Map();
  for (const event of traceEvents) {
    const isMain = event.name === "thread_name" && event.args.name === "CrRendererMain";
    if (isMain) threads.set(threadOf(event), []);
  }
  for (const event of traceEvents) if (event.name === "RunTask" && event.dur) threads.get(threadOf(event))?.push(event);
  // Other renderers are idle: the browser keeps a spare one.
  const sum = (tasks) => tasks.reduce((all, { tdur = 0 }) => all + tdur, 0);
  const [tasks = []] = [...threads.values()].sort((a, b) => sum(b) - sum(a));
  return tasks.map(({ ts, dur, tdur = 0 }) => ({ start: ts / 1_000, wall: dur / 1_000, cpu: tdur / 1_000 }));
}

/**
 * Runs a function, and returns its result with the tasks of the page: the longest one, the number of those over 50 ms, and the same by the
 * processor time of the tasks, which other programs on the machine hardly change. `cpuSum` is the processor time of all tasks. If the result
 * has an `end`, on the clock of the browser, later tasks do not count.
 */
export async function withTasks(browser, run) {
  await browser.startTracing(undefined, { categories: traced });
  let trace;
  let result;
  try {
    result = await run();
    // The last task ends after its result has arrived.
    await delay(300);
  } finally {
    trace = await browser.stopTracing();
  }
  const { end = Number.POSITIVE_INFINITY, ...figures } = result ?? {};
  const tasks = tasksIn(trace).filter(({ start }) => start < end);
  const of = (kind) => {
    const times = tasks.map((task) => task[kind]);
    return [Math.max(0, ...times), times.filter((time) => time > longMs).length];
  };
  const [longest, over50] = of("wall");
  const [cpu, cpuOver50] = of("cpu");
  return { ...figures, longest, over50, cpu, cpuOver50, cpuSum: tasks.reduce((sum, task) => sum + task.cpu, 0) };
}
