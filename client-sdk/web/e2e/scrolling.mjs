import assert from "node:assert/strict";
import { equals, until } from "./harness.mjs";
import { isAtEnd, stillView, view } from "./message-view.mjs";

/** A long history by the wheel, page by page, and by links to its messages. */
export function scrolling(runner, browser, _server, town) {
  let long;
  let nora;

  // A test of its own, because a busy machine takes minutes for it.
  runner.test("3,000 messages that are sent sixteen at a time have 3,000 places", async () => {
    long = await town.direct("u1", "nora");
    await town.sayAtOnce("u1", long, "a line", 2_999);
    assert.equal(await town.say("u1", long, "the last line"), 3_000);
    await town.read("nora", long, 3_000);
  });

  runner.test(
    "S2-14 3,000 messages are scrolled up and down by the wheel, every message is visible once, and the page stays small",
    async () => {
      // In a high window, 3,000 messages are few turns of the wheel.
      nora = await town.enter(browser, "nora", { hash: long, viewport: { width: 1280, height: 1600 } });
      await nora.sees("the last line");
      const session = await nora.context.newCDPSession(nora.page);
      /** The heap without garbage, in MiB, and the number of nodes of the page. */
      const measure = async () => {
        await session.send("HeapProfiler.collectGarbage");
        const { usedSize } = await session.send("Runtime.getHeapUsage");
        const { nodes } = await session.send("Memory.getDOMCounters");
        return { heap: usedSize / 2 ** 20, nodes };
      };
      const scroller = nora.page.locator("causerie-message-list .scroller");
      await scroller.hover();
      // The visible messages by seq, and the number of messages in the page, two frames after each turn of the wheel. A turn is less than the
      // visible height.
      const inView = () =>
        scroller.evaluate(async (element) => {
          for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
          const { top, bottom } = element.getBoundingClientRect();
          const messages = [...element.querySelectorAll("causerie-message")];
          const shown = messages.filter((each) => {
            const box = each.getBoundingClientRect();
            return box.bottom > top && box.top < bottom;
          });
          return { seqs: shown.map(({ message }) => message.seq), drawn: messages.length };
        });
      let drawnMax = 0;
      const seen = new Set();
      const look = async () => {
        const { seqs, drawn } = await inView();
        drawnMax = Math.max(drawnMax, drawn);
        for (const seq of seqs) seen.add(seq);
      };
      const scroll = async (by, last) => {
        seen.clear();
        await look();
        // As many turns in vain mean that no page is loaded any more.
        for (let inVain = 0; !seen.has(last) && inVain < 200; ) {
          const { size } = seen;
          await nora.page.mouse.wheel(0, by);
          await look();
          inVain = seen.size > size ? 0 : inVain + 1;
        }
        // If a loaded page moved the text, some messages would never be visible.
        assert.equal(seen.size, 3_000, `scrolled by ${by}`);
      };
      // Before: the page has as many messages as it ever has.
      const turned = async () => {
        await nora.page.mouse.wheel(0, -1_300);
        await look();
        return drawnMax;
      };
      await until("a full page", turned, (drawn) => drawn >= 200);
      const before = await measure();
      // The newest messages have left the page when more than a full page was scrolled.
      seen.clear();
      const toEnd = async () => {
        await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        await look();
        return seen.has(3_000);
      };
      await until("the last line is visible", toEnd, equals(true));
      await scroll(-1_300, 1);
      await scroll(1_300, 3_000);
      assert.ok(drawnMax <= 200, `${drawnMax} messages were in the page`);
      const after = await measure();
      assert.ok(after.nodes < before.nodes * 1.5, `${before.nodes} nodes became ${after.nodes}`);
      assert.ok(after.heap < before.heap + 3, `the heap grew from ${before.heap} to ${after.heap} MiB`);
    },
  );

  runner.test("a page that arrives while the user is at the top leaves the first line in its position", async () => {
    await nora.page.setViewportSize({ width: 1280, height: 800 });
    await nora.page.reload();
    await nora.sees("the last line");
    await stillView(nora, "the end", isAtEnd);
    const scroller = nora.page.locator("causerie-message-list .scroller");
    const firstSeq = () =>
      scroller.evaluate((element) => element.querySelector("causerie-message")?.message?.seq ?? Number.POSITIVE_INFINITY);
    for (let page = 0; page < 10; page++) {
      const first = await firstSeq();
      // The older page is delayed until the user is at the top, at pixel 0, 1 and 300 in turn.
      const top = [0, 1, 300][page % 3];
      const before = await scroller.evaluate((element, at) => {
        element.scrollTop = at;
        const box = element.getBoundingClientRect();
        const first = [...element.querySelectorAll("causerie-message")].find(
          (each) => each.getBoundingClientRect().bottom > box.top + 1,
        );
        globalThis.watched = first;
        return first.getBoundingClientRect().top;
      }, top);
      await until("an older page", firstSeq, (now) => now < first);
      await stillView(nora);
      const after = await scroller.evaluate(() => globalThis.watched.getBoundingClientRect().top);
      assert.ok(Math.abs(after - before) <= 1, `at ${top} px the text moved by ${after - before} px`);
    }
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("an older page that can't be loaded says so and can be loaded again", async () => {
    let refuse = true;
    const prepare = (page) =>
      page.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((text) => {
          const request = JSON.parse(text);
          if (!refuse || !request.getHistory?.beforeSeq) return server.send(text);
          socket.send(JSON.stringify({ reply: { id: request.id, error: { code: 100, name: "internal" } } }));
        });
      });
    const reader = await town.enter(browser, "nora", { hash: long, prepare });
    await reader.sees("the last line");
    await reader.scrollUpTo(reader.page.getByText("Older messages couldn’t be loaded."));
    refuse = false;
    const { drawn } = await view(reader);
    await reader.page.getByRole("button", { name: "Try again", exact: true }).click();
    await until(
      "an older page",
      () => view(reader),
      (now) => now.drawn > drawn,
    );
    await reader.close();
  });

  runner.test("while the user scrolls, the day of the visible messages is shown, and it disappears afterwards", async () => {
    const reader = await town.enter(browser, "nora", { hash: long });
    await reader.sees("the last line");
    const scroller = reader.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    const date = reader.page.locator("causerie-floating-date[shown]");
    /** Scrolls until the date is shown: it disappears a moment after each turn of the wheel. */
    const scrollUntil = (day) => {
      const scrolled = async () => {
        await reader.page.mouse.wheel(0, -100);
        return date.getByText(day).count();
      };
      return until(`the date is ${day}`, scrolled, equals(1));
    };
    await until("there is no date", () => date.count(), equals(0));
    await scrollUntil("Today");
    await date.waitFor({ state: "detached" });
    // The next day, without a reload.
    await reader.page.clock.install();
    await reader.page.reload();
    await reader.sees("the last line");
    await scrollUntil("Today");
    await reader.page.clock.fastForward(24 * 3_600_000);
    await scrollUntil("Yesterday");
    await reader.close();
  });

  runner.test("a link leads to its message, which flashes, and the menu of a message copies the link", async () => {
    const id = await town.direct("u105", "nora");
    await town.sayMany("u105", id, "line", 300);
    await town.read("nora", id, 300);
    // The flash is over after a moment, so the bubbles that flash are kept.
    const prepare = (page) =>
      page.addInitScript(() => {
        const { animate } = Element.prototype;
        globalThis.flashed = [];
        Element.prototype.animate = function (...animation) {
          globalThis.flashed.push(this);
          return animate.apply(this, animation);
        };
      });
    const reader = await town.enter(browser, "nora", { hash: `${id}/20`, prepare });
    await reader.sees("line 20");
    const line = (number) =>
      reader.page.locator("causerie-message").filter({ has: reader.page.getByText(`line ${number}`, { exact: true }) });
    const message = line(20);
    await until(
      "the message has flashed, and is in view",
      () =>
        message.evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect();
          return top > 0 && bottom < innerHeight && globalThis.flashed.includes(element.shadowRoot.querySelector(".bubble"));
        }),
      Boolean,
    );
    await reader.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await message.hover();
    await message.getByRole("button").first().click();
    await reader.page.getByRole("menuitem", { name: "Copy link" }).click();
    const link = await until(
      "the link is in the clipboard",
      () => reader.page.evaluate(() => navigator.clipboard.readText()),
      Boolean,
    );
    assert.equal(link, reader.page.url());
    // Another message of the same conversation.
    await reader.page.evaluate((route) => {
      location.hash = route;
    }, `${id}/280`);
    await line(280).waitFor();
    await reader.page.evaluate((route) => {
      location.hash = route;
    }, `${id}/4000`);
    await reader.sees("line 300");
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });
}
