import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { equals, UserPage, until, zoneWhereItIs } from "./harness.mjs";
import { Town } from "./town.mjs";

/** Adds a tenant whose users see each other only in their groups. To be called before the server starts. */
export function addQuiet(server) {
  const rules = `policy quiet
allow find,start everyone when everyone
allow start_group groups
allow read,send holder when holder
`;
  server.addTenant("quiet", rules);
  const users = ["Ada", "Bob", ...Array.from({ length: 28 }, (_, index) => `Zed ${index}`)];
  server.importRows(
    "quiet",
    users.map((name) => ({ type: "user", id: name.toLowerCase().replace(" ", ""), name })),
  );
}

/** The scroll position of the list of messages, and the texts of the visible messages. */
function view(person) {
  return person.page.locator("causerie-message-list .scroller").evaluate((scroller) => {
    const box = scroller.getBoundingClientRect();
    const shown = [...scroller.querySelectorAll("causerie-message")];
    const inView = shown.filter((each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return bottom > box.top + 1 && top < box.bottom - 1;
    });
    const first = inView[0];
    const divider = shown
      .find(({ startsNew }) => startsNew)
      ?.shadowRoot.querySelector(".new")
      .getBoundingClientRect();
    return {
      drawn: shown.length,
      first: first?.shadowRoot.querySelector(".text")?.textContent ?? "",
      firstTop: first ? Math.round(first.getBoundingClientRect().top - box.top) : 0,
      texts: inView.map((each) => each.shadowRoot.querySelector(".text")?.textContent ?? ""),
      top: Math.round(scroller.scrollTop),
      below: Math.round(scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop),
      height: scroller.clientHeight,
      divider: divider && Math.round(divider.top - box.top),
    };
  });
}

/** Waits until the list scrolls no more and `holds` accepts the view, and returns the view. */
async function stillView(person, what = "a still view", holds = () => true) {
  let before;
  const next = async () => {
    // What was scrolled is in the view two frames later.
    await person.page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    });
    const now = await view(person);
    const isStill = before?.top === now.top && before.first === now.first && before.firstTop === now.firstTop;
    before = now;
    return { ...now, isStill };
  };
  return until(what, next, (now) => now.isStill && holds(now));
}

const isAtEnd = ({ below }) => below < 4;

const latest = (person) => person.page.getByRole("button", { name: /atest message|jump to the latest/i });

/** Long histories: scrolling up, unread messages, and messages that arrive meanwhile. */
export function reading(runner, browser, server, town) {
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
      await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
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

  runner.test(
    "a conversation with 160 unread messages opens at the first of them, and the count falls while the user reads",
    async () => {
      const id = await town.direct("u2", "nora");
      await town.sayMany("u2", id, "old", 60);
      await town.read("nora", id, 60);
      await town.sayMany("u2", id, "new", 160);
      const reader = await town.enter(browser, "nora");
      await reader.item(Town.nameOf("u2")).getByText("160 unread messages").waitFor({ state: "attached" });
      await reader.openConversation(Town.nameOf("u2"));
      await reader.page.locator(".new", { hasText: "New messages" }).waitFor();
      const shown = await stillView(reader, "the first unread message", ({ texts }) => texts.includes("new 1"));
      assert.ok(shown.texts.includes("old 60"), "the message before it stands above");
      assert.ok(shown.divider > 0 && shown.divider < shown.height / 2, `the line is ${shown.divider} px down`);
      const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
      // What is in view may be marked as read in several steps.
      const name = (count) => `${count} unread messages, jump to the latest`;
      const counted = async () => {
        const count = await unread();
        return { count, shown: await reader.page.getByRole("button", { name: name(count) }).count() };
      };
      const isCounted = ({ count, shown: buttons }) => count < 160 && buttons === 1;
      const { count: left } = await until("what was seen is read, and counted on the button", counted, isCounted);
      assert.ok(left > 120, `${left} are still unread: nothing was skipped`);
      const scroller = reader.page.locator("causerie-message-list .scroller");
      await scroller.hover();
      for (let turn = 0; turn < 6; turn++) await reader.page.mouse.wheel(0, 400);
      const fewer = await until("reading on", unread, (count) => count < left);
      assert.ok(fewer > 0, "and not all at once");
      await latest(reader).click();
      await reader.sees("new 160");
      await until("all read", unread, (count) => count === 0);
      await reader.page.waitForFunction(() => !/^\(/.test(document.title));
      assert.deepEqual(reader.problems, []);
      await reader.close();
    },
  );

  runner.test(
    "messages that arrive while the page is inactive stay unread, and the list stays at the first of them",
    async () => {
      const id = await town.direct("u4", "nora");
      await town.sayMany("u4", id, "before", 40);
      await town.read("nora", id, 40);
      const reader = await town.enter(browser, "nora", { hash: id });
      await reader.sees("before 40");
      await stillView(reader, "the end", isAtEnd);
      await reader.page.evaluate(() => {
        Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
      });
      await town.sayMany("u4", id, "meanwhile", 60);
      await reader.item(Town.nameOf("u4")).getByText("60 unread messages").waitFor({ state: "attached" });
      const shown = await stillView(reader, "the first that came", ({ texts }) => texts.includes("meanwhile 1"));
      assert.ok(shown.divider > 0 && shown.divider < shown.height / 2, `the line is ${shown.divider} px down`);
      await reader.page.evaluate(() => {
        delete document.hasFocus;
        dispatchEvent(new Event("focus"));
      });
      const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
      const left = await until("what is in view is read", unread, (count) => count < 60);
      assert.ok(left > 30, `${left} are still unread`);
      assert.ok((await stillView(reader)).texts.includes("meanwhile 1"), "coming back moves nothing");
      await reader.close();
    },
  );

  runner.test("members whose profile is hidden are named by the list of members", async () => {
    // In this tenant no user sees a profile, and all users see the members of their groups.
    const people = ["Ada", "Bob", ...Array.from({ length: 28 }, (_, index) => `Zed ${index}`)];
    const id = (name) => name.toLowerCase().replace(" ", "");
    const ask = async (name, method, path, body) => {
      const authorization = `Bearer ${server.token("quiet", id(name), name)}`;
      const headers = { authorization, "content-type": "application/json" };
      const response = await fetch(`${server.origin}/v1${path}`, { method, headers, body: JSON.stringify(body) });
      assert.equal(response.ok, true, await response.clone().text());
      return response.json();
    };
    const others = people.slice(1).map((name) => ({ externalId: id(name) }));
    const group = { kind: "CONVERSATION_KIND_GROUP", subject: "Quiet", clientId: randomUUID(), with: others };
    const { conversation } = await ask("Ada", "POST", "/conversations", group);
    const messages = `/conversations/${conversation.id}/messages`;
    await ask("Zed 27", "POST", messages, { clientId: randomUUID(), text: "hush" });
    const ada = await UserPage.enter(browser, server, "quiet", "Ada");
    await ada.openConversation("Quiet");
    await ada.messages("hush").getByText("Zed 27", { exact: true }).waitFor();
    await ada.item("Quiet").getByText("Zed 27: hush").waitFor();
    await ada.close();
  });

  runner.test("while the user is scrolled up, new messages are counted on a button", async () => {
    const id = await town.direct("u3", "nora");
    await town.sayMany("u3", id, "line", 60);
    await town.read("nora", id, 60);
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("line 60");
    await stillView(reader, "the end", isAtEnd);
    const scroller = reader.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    await until("there is no button", () => latest(reader).count(), equals(0));
    await reader.page.mouse.wheel(0, -130);
    const before = await stillView(reader, "a little up", ({ below }) => below > 80);
    await reader.page.getByRole("button", { name: "Jump to the latest message" }).waitFor();
    for (const text of ["one", "two", "three"]) await town.say("u3", id, text);
    const button = reader.page.getByRole("button", { name: "3 unread messages, jump to the latest" });
    await button.waitFor();
    await until("the number", async () => (await button.innerText()).trim(), equals("3"));
    assert.equal((await stillView(reader)).first, before.first, "the text did not move");
    await button.click();
    await until("the end", () => view(reader), isAtEnd);
    await button.waitFor({ state: "detached" });
    const unread = async () => (await town.conversation("nora", id)).conversation.readState?.unread ?? 0;
    await until("all read", unread, (count) => count === 0);
    await reader.close();
  });

  runner.test("in a group of 122 every author has a name, in the chat, the list and while typing", async () => {
    const others = Array.from({ length: 121 }, (_, index) => `u${index + 1}`);
    const id = await town.group("nora", "Neighbourhood", others);
    for (const user of ["u100", "u101", "u102", "u1"]) await town.say(user, id, `hello from ${user}`);
    const reader = await town.enter(browser, "nora", { hash: id });
    for (const user of ["u100", "u101", "u102"]) {
      await reader.messages(`hello from ${user}`).getByText(Town.nameOf(user), { exact: true }).waitFor();
    }
    await town.say("u103", id, "and me");
    await reader.item("Neighbourhood").getByText("Resident 103: and me").waitFor();
    await town.call("u104", "POST", `/conversations/${id}/typing`, { typing: true });
    await reader.page.locator("causerie-message-list .typing", { hasText: "Resident 104 is typing…" }).waitFor();
    // Names that are being loaded are a grey bar, never a placeholder name.
    assert.equal(await reader.page.getByText("?", { exact: true }).count(), 0);
    // The read positions of all 122 members are not known, so the message is not shown as read.
    await reader.say("who has read this");
    const mine = reader.messages("who has read this");
    await mine.getByTitle("Sent", { exact: true }).waitFor();
    for (const user of others.slice(0, 20)) await town.read(user, id, 6);
    assert.equal(await mine.getByTitle("Read", { exact: true }).count(), 0);
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });

  runner.test("the place in a conversation is kept while another conversation is shown", async () => {
    const [one, two] = [await town.direct("u5", "nora"), await town.direct("u6", "nora")];
    await town.sayMany("u5", one, "page", 150);
    await town.say("u6", two, "elsewhere");
    await town.read("nora", one, 150);
    const reader = await town.enter(browser, "nora", { hash: one });
    await reader.sees("page 150");
    const scroller = reader.page.locator("causerie-message-list .scroller");
    await scroller.hover();
    for (let turn = 0; turn < 8; turn++) await reader.page.mouse.wheel(0, -400);
    const before = await stillView(reader, "far up", ({ below, texts }) => below > 1_000 && texts.length > 0);
    await reader.openConversation(Town.nameOf("u6"));
    await reader.sees("elsewhere");
    await reader.openConversation(Town.nameOf("u5"));
    const after = await stillView(reader, "the same messages", ({ first }) => first === before.first);
    assert.ok(Math.abs(after.firstTop - before.firstTop) <= 2, `${before.firstTop} px became ${after.firstTop} px`);
    // The first unread message is more important than the place.
    await reader.openConversation(Town.nameOf("u6"));
    await town.say("u5", one, "fresh");
    await reader.item(Town.nameOf("u5")).getByText("fresh").waitFor();
    await reader.openConversation(Town.nameOf("u5"));
    await until(
      "the new message",
      () => view(reader),
      ({ texts }) => texts.includes("fresh"),
    );
    await reader.close();
  });

  runner.test("in a group the author has a face and a colour, and the readers of own messages are shown", async () => {
    const id = await town.group("nora", "Orchestra", ["u41", "u42", "u43"]);
    const first = await town.say("nora", id, "rehearsal at eight");
    await town.say("u41", id, "fine");
    await town.say("u41", id, "see you");
    await town.say("u42", id, "me too");
    const second = await town.say("nora", id, "bring your music");
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("bring your music");
    const faces = () =>
      Promise.all(
        ["fine", "see you", "bring your music"].map((text) => reader.messages(text).locator(".row causerie-avatar").count()),
      );
    await until("a face beside the last message of an author", faces, equals([0, 1, 0]));
    const colour = (text) =>
      reader
        .messages(text)
        .locator(".author")
        .evaluate((element) => getComputedStyle(element).color);
    await until(
      "each author has a colour",
      () => Promise.all([colour("fine"), colour("me too")]),
      ([one, other]) => one !== other,
    );
    await town.read("u41", id, second);
    await town.read("u42", id, first);
    await reader
      .messages("bring your music")
      .getByRole("button", { name: `Read by ${Town.nameOf("u41")}` })
      .waitFor();
    await reader
      .messages("rehearsal at eight")
      .getByRole("button", { name: `Read by ${Town.nameOf("u42")}` })
      .waitFor();
    await reader
      .messages("bring your music")
      .getByRole("button", { name: /^Read by/ })
      .click();
    const dialog = reader.page.getByRole("dialog", { name: "Message details" });
    await dialog.getByRole("heading", { name: "Read by 1" }).waitFor();
    await dialog.getByRole("heading", { name: "Not read yet by 2" }).waitFor();
    await until(
      "the readers and the others",
      () => dialog.getByRole("listitem").allInnerTexts(),
      equals(["41", "42", "43"].map((each) => `Resident ${each}`)),
    );
    await dialog.getByRole("button", { name: "Close", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.deepEqual(reader.problems, []);
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
    // The next day at the same time, without a reload.
    await reader.page.clock.install();
    await reader.page.reload();
    await reader.sees("the last line");
    await scrollUntil("Today");
    await reader.page.clock.fastForward(24 * 3_600_000);
    await scrollUntil("Yesterday");
    await reader.close();
  });

  runner.test("after a change of the time zone all times are those of the new zone", async () => {
    const id = await town.direct("u9", "nora");
    await town.say("u9", id, "before the flight");
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("before the flight");
    const hour = async (text) => Number.parseInt(await reader.messages(text).locator("time").innerText(), 10);
    const before = await hour("before the flight");
    const session = await reader.context.newCDPSession(reader.page);
    await session.send("Emulation.setTimezoneOverride", { timezoneId: zoneWhereItIs(11) });
    await reader.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await until(
      "the hour further west",
      () => hour("before the flight"),
      (now) => now < before,
    );
    await town.say("u9", id, "after the flight");
    await reader.sees("after the flight");
    // Or 1, when the hour ends between the two messages.
    assert.ok((await hour("after the flight")) - (await hour("before the flight")) <= 1);
    await reader.close();
  });

  runner.test("a message of up to three emoji is large", async () => {
    const id = await town.direct("u7", "nora");
    for (const text of ["👍🏽", "👨‍👩‍👧‍👦❤️🎉", "👍 thanks"]) await town.say("u7", id, text);
    const reader = await town.enter(browser, "nora", { hash: id });
    const size = (text) =>
      reader
        .messages(text)
        .first()
        .locator(".text")
        .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    await reader.sees("👍 thanks");
    assert.ok((await size("👍🏽")) > 30);
    assert.ok((await size("👨‍👩‍👧‍👦❤️🎉")) > 30);
    assert.ok((await size("👍 thanks")) < 20);
    await reader.close();
  });

  runner.test("S0-30, S2-15 the newest message is at the bottom, own messages are at the end of the line", async () => {
    const id = await town.direct("u8", "nora");
    await town.sayMany("u8", id, "theirs", 30);
    await town.say("nora", id, "mine");
    await town.read("nora", id, 31);
    const reader = await town.enter(browser, "nora", { hash: id });
    await reader.sees("mine");
    const shown = await until(
      "the end",
      () => view(reader),
      ({ below }) => below < 4,
    );
    assert.equal(shown.texts.at(-1), "mine");
    const side = (text) =>
      reader.messages(text).evaluate((message) => {
        const [row, bubble] = [".row", ".bubble"].map((selector) =>
          message.shadowRoot.querySelector(selector).getBoundingClientRect(),
        );
        return bubble.left - row.left < row.right - bubble.right ? "left" : "right";
      });
    assert.equal(await side("mine"), "right");
    assert.equal(await side("theirs 30"), "left");
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
