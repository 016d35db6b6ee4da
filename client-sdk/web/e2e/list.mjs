import assert from "node:assert/strict";
import { equals, hasFocus, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** The list of conversations: its rows, the keyboard, the search, and a list of several pages. */
export function list(runner, browser, _server, town) {
  let page;
  let user;
  const focusedRow = () =>
    user.page.evaluate(() => {
      const inList = (root) => root.querySelector("causerie-messenger")?.shadowRoot;
      const sidebar = inList(document)?.querySelector("causerie-sidebar")?.shadowRoot;
      const items = sidebar?.querySelector("causerie-conversation-list")?.shadowRoot;
      const row = [...(items?.querySelectorAll("causerie-conversation-item") ?? [])].find((each) =>
        each.matches(":focus-within"),
      );
      return row?.shadowRoot?.querySelector(".name")?.textContent ?? "";
    });
  const isFocusedRow = (name) => until(`the focus is on ${name}`, focusedRow, (focused) => focused === name);
  const rows = () => user.page.locator("causerie-conversation-item");
  const search = () => user.page.getByRole("searchbox", { name: "Search conversations and people" });

  runner.test("the rows of the list are one tab stop, with arrows, Home, End and the first letters", async () => {
    for (const other of ["u3", "u2", "nora"]) await town.say(other, await town.direct("u130", other), `hello from ${other}`);
    user = await town.enter(browser, "u130");
    page = user.page;
    await user.item("Nora Lindqvist").waitFor();
    await search().focus();
    await page.keyboard.press("Tab");
    await isFocusedRow("Nora Lindqvist");
    const [nora, master, resident] = ["Nora Lindqvist", Town.nameOf("u2"), Town.nameOf("u3")];
    for (const [key, name] of [
      ["ArrowDown", master],
      ["ArrowDown", resident],
      ["ArrowDown", resident],
      ["ArrowUp", master],
      ["End", resident],
      ["Home", nora],
      ["m", master],
      ["Home", nora],
      ["r", resident],
    ]) {
      await page.keyboard.press(key);
      await isFocusedRow(name);
    }
    // The next stop is no row, and the way back leads to the row that had the focus.
    await page.keyboard.press("Tab");
    await until("the focus is on no row", focusedRow, equals(""));
    await page.keyboard.press("Shift+Tab");
    await isFocusedRow(resident);
    await page.keyboard.press("Enter");
    await user.sees("hello from u3");
  });

  runner.test("Escape leads from the chat to the list, Alt and arrows to the next chat, Ctrl+K to the search", async () => {
    const field = page.getByRole("textbox", { name: "Write a message" });
    await field.focus();
    await page.keyboard.press("Escape");
    await isFocusedRow(Town.nameOf("u3"));
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByRole("heading", { name: Town.nameOf("u2"), level: 2 }).waitFor();
    await page.keyboard.press("Control+k");
    await hasFocus(search());
  });

  runner.test("a row says the name, the unread messages, a short preview and the time, in this order", async () => {
    const id = await town.direct("u130", "nora");
    const words = "word ".repeat(600);
    await town.say("nora", id, words);
    const row = user.item("Nora Lindqvist").getByRole("button");
    await user.item("Nora Lindqvist").getByText("word").first().waitFor();
    const text = (await row.evaluate((button) => button.innerText)).replace(/\s+/g, " ");
    assert.ok(text.length < 250, `${text.length} characters`);
    await user.item("Nora Lindqvist").getByText("2 unread messages").waitFor({ state: "attached" });
    const snapshot = await row.ariaSnapshot();
    assert.match(snapshot, /button "Nora Lindqvist (Online )?2 unread messages (word )+… \d{1,2}:\d{2}"/);
    assert.doesNotMatch(snapshot, /2 2 unread/);
    const weight = (name) =>
      user
        .item(name)
        .locator(".name")
        .evaluate((each) => getComputedStyle(each).fontWeight);
    await until(
      "the weights of the names",
      async () => [await weight("Nora Lindqvist"), await weight(Town.nameOf("u3"))],
      equals(["700", "500"]),
    );
  });

  runner.test("a row says that the user is online, and a preview has its own writing direction", async () => {
    const id = await town.direct("u128", "u129");
    await town.say("u128", id, "שלום, ok");
    const [reader, other] = [await town.enter(browser, "u128"), await town.enter(browser, "u129")];
    const row = reader.item(Town.nameOf("u129"));
    const said = () => row.getByRole("button").ariaSnapshot();
    await until("the row says online", said, (name) => /button "Resident 129 Online You: .*"/.test(name));
    assert.equal(await row.locator(".preview bdi").evaluate((text) => getComputedStyle(text).direction), "rtl");
    await other.close();
    await until("the row does not say online", said, (name) => /button "Resident 129 You: .*"/.test(name));
    await reader.close();
  });

  runner.test("a page without conversations says so once, at each width", async () => {
    const reader = await town.enter(browser, "u125");
    await reader.page.locator("causerie-conversation-list slot[name=empty]").waitFor({ state: "attached" });
    for (const width of [1280, 360]) {
      await reader.page.setViewportSize({ width, height: 720 });
      await reader.page.getByRole("heading", { name: "No conversations yet" }).first().waitFor();
      assert.equal(await reader.page.getByRole("heading", { name: "No conversations yet" }).count(), 1, `at ${width} pixels`);
      assert.equal(await reader.page.getByRole("heading", { name: "Choose a conversation" }).count(), 0);
    }
    await reader.close();
  });

  runner.test("the search finds conversations and people without one, and Enter opens the first", async () => {
    await search().fill("lind");
    await until(
      "only one row is left",
      () => rows().count(),
      (count) => count === 1,
    );
    await search().fill("brandt");
    const people = page.locator("causerie-people-results");
    await people.getByRole("button", { name: "Olga Brandt" }).waitFor();
    await until("no row matches", () => rows().count(), equals(0));
    await search().press("Enter");
    await page.getByRole("heading", { name: "Olga Brandt", level: 2 }).waitFor();
    await until("the search is empty", () => search().inputValue(), equals(""));
    await search().fill("nobody at all");
    await people.getByText("No one here matches.").waitFor();
    await search().press("Escape");
    await until(
      "all rows are back",
      () => rows().count(),
      (count) => count === 3,
    );
    assert.deepEqual(await user.accessibilityProblems(), []);
    assert.deepEqual(user.problems, []);
    await user.close();
  });

  runner.test("in a right-to-left page the list, the header and the arrows are mirrored", async () => {
    const id = await town.direct("u130", "u3");
    user = await town.enter(browser, "u130", { hash: id });
    page = user.page;
    await user.sees("hello from u3");
    await page.evaluate(() => {
      // As the page of the messenger does in Arabic.
      for (const element of [document.documentElement, document.querySelector("causerie-messenger")]) element.dir = "rtl";
    });
    const row = user.item(Town.nameOf("u3"));
    /** Where elements begin, in pixels from the left; `NaN` for an element that is not shown. */
    const lefts = (...locators) => Promise.all(locators.map(async (locator) => (await locator.boundingBox())?.x ?? Number.NaN));
    await until(
      "the avatar is on the right",
      () => lefts(row.locator("causerie-avatar"), row.locator(".name")),
      ([face, name]) => face > name,
    );
    await until(
      "the list is on the right",
      () => lefts(page.locator("causerie-conversation-list"), page.locator("causerie-conversation-pane")),
      ([items, chat]) => items > chat,
    );
    await page.setViewportSize({ width: 360, height: 720 });
    const back = page.getByRole("button", { name: "Back to conversations", exact: true });
    const scale = () => back.locator(".icon").evaluate((icon) => getComputedStyle(icon).scale);
    await until("the arrow is mirrored", scale, equals("-1 1"));
    await until(
      "the way back is on the right",
      () => lefts(back),
      ([left]) => left > 180,
    );
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    await user.close();
  });

  runner.test("more conversations are loaded near the end of the list, and a failure can be repeated", async () => {
    for (let index = 1; index <= 60; index++) await town.say("u131", await town.direct("u131", `u${index}`), `hello ${index}`);
    let fails = true;
    const prepare = (opened) =>
      opened.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((frame) => {
          const { id, listConversations } = JSON.parse(frame);
          if (!listConversations?.cursor || !fails) return server.send(frame);
          const error = { code: 101, name: "unavailable", temporary: true, message: "the database does not answer" };
          socket.send(JSON.stringify({ reply: { id, error } }));
        });
      });
    user = await town.enter(browser, "u131", { prepare });
    page = user.page;
    await until("the first page", () => rows().count(), equals(50));
    assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);
    await rows().last().scrollIntoViewIfNeeded();
    await page.getByRole("alert").getByText("More conversations couldn’t be loaded.").waitFor();
    fails = false;
    await page.getByRole("button", { name: "Try again", exact: true }).click();
    await until(
      "all rows",
      () => rows().count(),
      (count) => count === 60,
    );
    assert.deepEqual(user.problems, []);
    await user.close();
  });

  runner.test("a first page that could not be loaded says so and can be loaded again", async () => {
    let fails = true;
    const prepare = (opened) =>
      opened.routeWebSocket(/v1\/ws/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((frame) => {
          const { id, listConversations } = JSON.parse(frame);
          if (!listConversations || !fails) return server.send(frame);
          socket.send(JSON.stringify({ reply: { id, error: { code: 100, name: "internal", message: "a fault" } } }));
        });
      });
    user = await town.enter(browser, "u131", { prepare });
    page = user.page;
    await page.getByRole("alert").getByText("This couldn’t be loaded.").waitFor();
    fails = false;
    await page.getByRole("button", { name: "Try again", exact: true }).click();
    await rows().first().waitFor();
    await user.close();
  });
}
