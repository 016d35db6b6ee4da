// The steps of a run. Each opens its own page and returns its figures by name.
import { setTimeout as delay } from "node:timers/promises";
import { conversations, messages, nameOfLong, nameOfShort } from "./stage.mjs";
import { withTasks } from "./tasks.mjs";

const list = ["causerie-messenger", "causerie-sidebar", "causerie-conversation-list"];
const row = [...list, "causerie-conversation-item", ".name"];
const messageList = ["causerie-messenger", "causerie-conversation-pane", "causerie-message-list"];
const message = [...messageList, "causerie-message", ".text"];
const listScroller = [...list, ".scroller"];
const messageScroller = [...messageList, ".scroller"];
const plainScroller = [".scroller"];
const plainRow = [".row"];

/** The wheel turns this often and this far: 6,700 px a second, as a fast swipe on a touch pad. */
const turnMs = 60;
const turnPx = 400;
/** The number of turns after which a list must have ended. */
const turnsMax = 3_000;
/** The characters of the step that types, and the time between them. */
const typed = "The quick brown fox jumps over the lazy dogs again";
const keyMs = 80;
/** A page has loaded what it loads later after this time. */
const idleMs = 3_000;

/** The heap without garbage, in MiB. */
async function heap(session) {
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
}

/** How much slower the processor is in a page than without the throttle. */
async function slowness({ page, session }) {
  const work = () => withTasks(page.context().browser(), () => page.evaluate(() => globalThis.probe.work()));
  const throttled = await work();
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  return throttled.cpu / (await work()).cpu;
}

/** Turns the wheel until `ended`, a function of the page that gets the scroller, is true. */
async function wheel(page, path, by, ended) {
  const box = await page.evaluateHandle((elements) => globalThis.probe.find(elements), path);
  await box.hover({ position: { x: 120, y: 200 } });
  for (let turn = 1; turn <= turnsMax; turn++) {
    const next = delay(turnMs);
    await page.mouse.wheel(0, by);
    await next;
    if (turn % 5 === 0 && (await box.evaluate(ended))) return;
  }
  throw new Error(`the end was not reached after ${turnsMax} turns of the wheel`);
}

const atTop = (scroller) => scroller.scrollTop === 0;
const atEnd = (scroller) => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < 2;
/** The first message is in the page, and the list is at its top. */
const atFirstMessage = (scroller) => scroller.scrollTop === 0 && scroller.querySelector("causerie-message")?.message?.seq === 1;
const atLastRow = (scroller) =>
  scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < 2 && !scroller.querySelector("causerie-load-sentinel");

/** Scrolls, and returns the tasks and the seconds. */
function scroll(page, path, by, ended) {
  return withTasks(page.context().browser(), async () => {
    const started = performance.now();
    await wheel(page, path, by, ended);
    return { seconds: (performance.now() - started) / 1_000 };
  });
}

/** Types into the field that has the focus. */
async function type(page) {
  const from = await page.evaluate(() => performance.now());
  const figures = await withTasks(page.context().browser(), () => page.keyboard.type(typed, { delay: keyMs }));
  // The browser reports the times of the keys a little later.
  await delay(300);
  const worst = await page.evaluate((start) => globalThis.probe.worstInput(start), from);
  return worst === undefined ? figures : { ...figures, worst };
}

/** The time from a click to the first paint of the element of `path`. */
function paintedAfter(page, path, click) {
  return withTasks(page.context().browser(), async () => {
    await page.evaluate((elements) => {
      globalThis.watched = globalThis.probe.paintedAfterClick(elements);
    }, path);
    await click();
    return { painted: await page.evaluate(() => globalThis.watched) };
  });
}

const openConversation = (page, name) =>
  page
    .locator("causerie-conversation-item")
    .filter({ has: page.locator(".name").getByText(name, { exact: true }) })
    .click();

/** Opens a page, and returns the first paint of the element that it watches. `open` gets what is called before the page is opened. */
async function firstPaint(stage, { keep, profiler }, open) {
  let opened;
  const figures = await withTasks(stage.browser, async () => {
    opened = keep(await open((session) => profiler.start(session)));
    const painted = await opened.page.evaluate(() => globalThis.watched);
    await profiler.stop(opened.session);
    return { painted, ...opened.transfer.until(painted) };
  });
  return { ...figures, slowness: await slowness(opened) };
}

/** A messenger that has loaded what it loads after its start. */
async function idleMessenger(stage) {
  const opened = await stage.messenger({ watched: row });
  await opened.page.evaluate(() => globalThis.watched);
  await delay(idleMs);
  return opened;
}

/** What `run` returns; `profiler` records it. */
async function recorded(profiler, session, run) {
  await profiler.start(session);
  const result = await run();
  await profiler.stop(session);
  return result;
}

/** The steps by name. A step passes each page to `keep`, which closes it when the step ends. */
export const steps = {
  blank: (stage, context) => firstPaint(stage, context, (starting) => stage.plain("", { watched: plainRow, starting })),
  list: (stage, context) => firstPaint(stage, context, (starting) => stage.messenger({ watched: row, starting })),
  blankSlow: (stage, context) =>
    firstPaint(stage, context, (starting) => stage.plain("", { watched: plainRow, slow: true, starting })),
  listSlow: (stage, context) =>
    firstPaint(stage, context, (starting) => stage.messenger({ watched: row, slow: true, starting })),

  plainOpen: async (stage, { keep }) => {
    const { page } = keep(await stage.plain("?rows=50&button"));
    return paintedAfter(page, plainRow, () => page.locator("button").click());
  },
  widget: async (stage, { keep, profiler }) => {
    const { page, session } = keep(await stage.product());
    await page.locator("causerie-chat .launcher .badge").filter({ hasText: /\d/ }).waitFor();
    await delay(idleMs);
    const click = () => page.locator("causerie-chat .launcher").click();
    return recorded(profiler, session, () => paintedAfter(page, ["causerie-chat", ...row], click));
  },
  open: async (stage, { keep, profiler }) => {
    const { page, session } = keep(await idleMessenger(stage));
    const shown = (path, name) => paintedAfter(page, path, () => openConversation(page, name));
    const first = await recorded(profiler, session, () => shown(message, nameOfLong));
    await delay(idleMs);
    // Two messages, of which the first is the last but one.
    await shown([...messageList, "causerie-message:first-child:nth-last-child(2)"], nameOfShort);
    await delay(idleMs);
    const again = await shown([...messageList, "causerie-message:nth-child(20)"], nameOfLong);
    return { ...first, again: again.painted };
  },

  plainScroll: async (stage, { keep }) => {
    const { page, session } = keep(await stage.plain(`?rows=${messages}&end`));
    await delay(idleMs);
    const heapBefore = await heap(session);
    const figures = await scroll(page, plainScroller, -turnPx, atTop);
    return { ...figures, most: messages, heapBefore, heapAfter: await heap(session) };
  },
  scroll: async (stage, { keep, profiler }) => {
    const opened = keep(await idleMessenger(stage));
    const { page, session } = opened;
    await paintedAfter(page, message, () => openConversation(page, nameOfLong));
    await delay(idleMs);
    const heapBefore = await heap(session);
    await page.evaluate(([path, selector]) => globalThis.probe.sample(path, selector), [messageScroller, "causerie-message"]);
    const up = () => scroll(page, messageScroller, -turnPx, atFirstMessage);
    const figures = await recorded(profiler, session, up);
    const most = await page.evaluate(() => globalThis.probe.stopSampling());
    return { ...figures, most, heapBefore, heapAfter: await heap(session), slowness: await slowness(opened) };
  },

  plainRows: async (stage, { keep }) => {
    const { page } = keep(await stage.plain(`?rows=${conversations}`));
    await delay(idleMs);
    return scroll(page, plainScroller, turnPx, atEnd);
  },
  rows: async (stage, { keep, profiler }) => {
    const { page, session } = keep(await idleMessenger(stage));
    const figures = await recorded(profiler, session, () => scroll(page, listScroller, turnPx, atLastRow));
    return { ...figures, most: await page.locator("causerie-conversation-item").count() };
  },

  plainType: async (stage, { keep }) => {
    const { page } = keep(await stage.plain());
    await page.locator("textarea").click();
    return type(page);
  },
  type: async (stage, { keep, profiler }) => {
    const { page, session } = keep(await idleMessenger(stage));
    await paintedAfter(page, message, () => openConversation(page, nameOfLong));
    await page.getByRole("textbox", { name: "Write a message" }).click();
    await delay(idleMs);
    return recorded(profiler, session, () => type(page));
  },
};
