import assert from "node:assert/strict";
import { equals, hasFocus, UserPage, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** The messages as a screen reader finds them: for each list item its roles and texts in order, without what is hidden from it. */
async function heard(userPage) {
  const session = await userPage.context.newCDPSession(userPage.page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const textOf = ({ role, name, childIds, ignored }) =>
    role?.value === "StaticText" && !ignored
      ? name.value
      : (childIds ?? []).map((id) => (byId.get(id) ? textOf(byId.get(id)) : "")).join(" ");
  const isInList = ({ role, name, parentId }) =>
    (role?.value === "group" && /^Messages with /.test(name?.value ?? "")) ||
    (byId.has(parentId) && isInList(byId.get(parentId)));
  return nodes
    .filter((node) => node.role?.value === "listitem" && !node.ignored && isInList(node))
    .map((node) => textOf(node).replace(/\s+/g, " ").trim());
}

/** axe-core finds no serious problem in the main states, in light and dark. The messages can be heard and reached by the keyboard. */
export function accessibility(runner, browser, server, town) {
  for (const colorScheme of ["light", "dark"]) {
    runner.test(`no serious accessibility problem in ${colorScheme}`, async () => {
      const problems = {};
      const door = await UserPage.open(browser, server, "/", { colorScheme });
      await door.page.getByRole("link", { name: "Léa Martin" }).first().waitFor();
      problems.door = await door.accessibilityProblems();
      await door.close();

      const lea = await UserPage.open(browser, server, "/?as=lea", { colorScheme });
      await lea.page.locator("causerie-conversation-item").first().waitFor();
      problems.list = await lea.accessibilityProblems();
      await lea.startWith("Tom Nguyen");
      await lea.say(`en ${colorScheme}`);
      const mine = lea.messages(`en ${colorScheme}`);
      await mine.getByTitle("Sent", { exact: true }).waitFor();
      problems.chat = await lea.accessibilityProblems();
      await mine.hover();
      await mine.getByRole("button", { name: "Message actions", exact: true }).click();
      await lea.page.getByRole("menuitem", { name: "Edit" }).waitFor();
      problems.menu = await lea.accessibilityProblems();
      await lea.page.getByRole("menuitem", { name: "Edit" }).click();
      await lea.page.getByText("Editing a message").waitFor();
      problems.editing = await lea.accessibilityProblems();
      await lea.page.getByRole("button", { name: "Cancel", exact: true }).click();
      await lea.openConversation("Sortie au musée");
      await lea.page.getByRole("button", { name: "Conversation actions", exact: true }).click();
      await lea.page.getByRole("menuitem", { name: "Rename" }).waitFor();
      problems.conversationMenu = await lea.accessibilityProblems();
      await lea.page.getByRole("menuitem", { name: "Rename" }).click();
      await hasFocus(lea.page.getByRole("dialog", { name: "Rename this group" }).getByRole("textbox"));
      problems.rename = await lea.accessibilityProblems();
      await lea.page.getByRole("button", { name: "Cancel", exact: true }).click();
      await lea.page.getByRole("heading", { name: "Sortie au musée", level: 2 }).getByRole("button").click();
      await lea.page.locator("causerie-member-list").getByText("Tom Nguyen").waitFor();
      problems.members = await lea.accessibilityProblems();
      await lea.openConversation("Tom Nguyen");
      await lea.page.getByRole("heading", { name: "Tom Nguyen", level: 2 }).getByRole("button").click();
      await lea.page.locator("causerie-user-details").getByText("Block").waitFor();
      problems.profile = await lea.accessibilityProblems();
      await lea.page.getByRole("searchbox", { name: "Search conversations and people" }).fill("chl");
      await lea.page.locator("causerie-people-results").getByText("Chloé Petit").waitFor();
      problems.search = await lea.accessibilityProblems();
      await lea.compose();
      await lea.recipient.fill("zz");
      await lea.page.getByText("No one here matches.").waitFor();
      problems.nobody = await lea.accessibilityProblems();
      await lea.recipient.fill("t");
      await lea.option("Tom Nguyen").waitFor();
      problems.compose = await lea.accessibilityProblems();
      await lea.recipient.fill("");
      await lea.page.getByRole("button", { name: "New group", exact: true }).click();
      await lea.page.getByRole("dialog", { name: "New group" }).getByRole("option", { name: "Tom Nguyen" }).click();
      await lea.page.getByRole("button", { name: "Remove Tom Nguyen" }).waitFor();
      problems.group = await lea.accessibilityProblems();
      await lea.close();

      const ada = await UserPage.open(browser, server, "/?tenant=demo-medical&as=ada#network", { colorScheme });
      await ada.page.getByRole("region", { name: "Friends" }).getByText("Dr Ben Keller").waitFor();
      problems.network = await ada.accessibilityProblems();
      await ada.close();
      assert.deepEqual(
        Object.entries(problems).filter(([, found]) => found.length),
        [],
      );
    });
  }

  runner.test("nothing moves for a user who wants reduced motion", async () => {
    const direct = await town.direct("nora", "u111");
    await town.say("u111", direct, "still");
    /** The duration of the longest transition or animation in the styles of the page, in seconds. */
    const longest = async (reducedMotion) => {
      const nora = await town.enter(browser, "nora", { hash: direct, reducedMotion });
      await nora.sees("still");
      const found = await nora.page.evaluate(() => {
        const all = (root) =>
          [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
        const seconds = all(document).flatMap((each) => {
          const { transitionDuration, animationDuration } = getComputedStyle(each);
          return `${transitionDuration},${animationDuration}`.split(",").map((each) => Number.parseFloat(each) || 0);
        });
        return Math.max(...seconds);
      });
      await nora.close();
      return found;
    };
    assert.ok((await longest("no-preference")) > 0.1);
    assert.ok((await longest("reduce")) < 0.001);
  });

  runner.test("every message begins with its author, time and progress for a screen reader", async () => {
    const direct = await town.direct("nora", "u110");
    await town.say("u110", direct, "bonjour");
    await town.say("u110", direct, "and a second line");
    await town.say("nora", direct, "hello");
    const nora = await town.enter(browser, "nora", { hash: direct });
    await nora.sees("hello");
    const time = "\\d\\d:\\d\\d";
    const other = Town.nameOf("u110");
    const all = async () => (await heard(nora)).join("\n");
    const matches = (pattern) => (text) => new RegExp(pattern).test(text);
    await until(
      "two messages and an own one",
      all,
      matches(`^Today ${other}, ${time} bonjour\n${other}, ${time} and a second line\nYou, ${time}, sent hello$`),
    );
    await town.read("u110", direct, 3);
    await nora.messages("hello").getByTitle("Read", { exact: true }).waitFor();
    await until("the own one is read", async () => (await heard(nora)).at(-1), matches(`^You, ${time}, read hello$`));
    // In a group too, although the name is visible above the first message of a user only.
    const group = await town.group("nora", "Choir", ["u110", "u32"]);
    for (const text of ["la", "la la"]) await town.say("u32", group, text);
    await nora.page.evaluate((id) => {
      location.hash = id;
    }, group);
    await nora.sees("la la");
    const author = Town.nameOf("u32");
    await until(
      "two messages of a group",
      all,
      matches(`^Today New messages ${author}, ${time} la\n${author}, ${time} la la$`),
    );
    await nora.close();
  });

  runner.test("arrivals are announced once, several as a number; loaded pages and own messages are not announced", async () => {
    const id = await town.direct("nora", "u33");
    await town.sayMany("u33", id, "old", 120);
    await town.read("nora", id, 120);
    // Frames with a text of the burst are kept until all three are there: those that arrive within a second are announced together.
    const burst = [];
    const prepare = (page) =>
      page.routeWebSocket(/v1\/ws/, (socket) => {
        const connection = socket.connectToServer();
        connection.onMessage((frame) => {
          const isPart = String(frame).includes("burst ");
          if (isPart) burst.push(frame);
          if (!isPart || burst.length > 3) socket.send(frame);
          else if (burst.length === 3) for (const each of burst) socket.send(each);
        });
      });
    const nora = await town.enter(browser, "nora", { prepare });
    await nora.page.locator("causerie-conversation-item").first().waitFor();
    // Collects the texts of all live regions of the chat whenever they change.
    await nora.page.evaluate(() => {
      globalThis.said = [];
      const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]";
      const known = new WeakMap();
      const look = (root) => {
        for (const each of root.querySelectorAll("*")) {
          if (each.shadowRoot) look(each.shadowRoot);
          if (!each.matches(live)) continue;
          const text = each.textContent.trim();
          if (text && known.get(each) !== text) globalThis.said.push(text);
          known.set(each, text);
        }
      };
      const every = () => {
        look(document.body);
        requestAnimationFrame(every);
      };
      every();
    });
    const said = () => nora.page.evaluate(() => globalThis.said.filter((text) => !/^Loading/.test(text)));
    await nora.openConversation(Town.nameOf("u33"));
    await nora.sees("old 120");
    await nora.scrollUpTo(nora.page.locator("causerie-message").nth(60));
    await nora.say("my own words");
    await nora.messages("my own words").getByTitle("Sent", { exact: true }).waitFor();
    await town.say("u33", id, "an answer");
    await until("one announcement", said, (texts) => texts.length > 0);
    assert.deepEqual(await said(), [`${Town.nameOf("u33")}: an answer`]);
    await town.sayMany("u33", id, "burst", 3);
    await until("a number", said, (texts) => texts.length > 1);
    assert.deepEqual(await said(), [`${Town.nameOf("u33")}: an answer`, "3 new messages"]);
    // A message in another conversation is not announced.
    const other = await town.direct("nora", "u34");
    await town.say("u34", other, "elsewhere");
    await nora.item(Town.nameOf("u34")).getByText("elsewhere").waitFor();
    await town.say("u33", id, "here again");
    await until("the third", said, (texts) => texts.length > 2);
    assert.equal((await said())[2], `${Town.nameOf("u33")}: here again`);
    await nora.close();
  });

  runner.test("the messages are one stop of the Tab key; arrows, Home, End and Enter work inside", async () => {
    const id = await town.direct("nora", "u35");
    await town.sayMany("u35", id, "line", 90);
    await town.say("nora", id, "see https://example.org/here");
    await town.say("nora", id, "my last words");
    await town.read("nora", id, 92);
    const nora = await town.enter(browser, "nora", { hash: id });
    await nora.sees("my last words");
    const { page } = nora;
    await hasFocus(page.getByRole("textbox", { name: "Write a message" }));
    /** The focused element inside the list: the text of its message, and its tag when it is inside the message. */
    const focused = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        let message;
        while (element?.shadowRoot?.activeElement) {
          if (element.tagName === "CAUSERIE-MESSAGE") message = element;
          element = element.shadowRoot.activeElement;
        }
        if (element?.tagName === "CAUSERIE-MESSAGE") return element.shadowRoot.querySelector(".text").textContent;
        return message ? element.tagName : (element?.getAttribute("aria-label") ?? element?.tagName);
      });
    const isOn = (what) => until(`the focus on ${what}`, focused, (now) => now === what);
    await page.getByRole("textbox", { name: "Write a message" }).focus();
    // Backwards from the field: the actions of the last message, then the message itself, then the header.
    await page.keyboard.press("Shift+Tab");
    await isOn("BUTTON");
    await page.keyboard.press("Shift+Tab");
    await isOn("my last words");
    await page.keyboard.press("Shift+Tab");
    await until("the header", focused, (now) => now !== "my last words" && now !== "BUTTON");
    await page.keyboard.press("Tab");
    await isOn("my last words");
    await page.keyboard.press("ArrowUp");
    await isOn("see https://example.org/here");
    await page.keyboard.press("Tab");
    await isOn("A");
    await page.keyboard.press("Tab");
    await isOn("BUTTON");
    await page.keyboard.press("Tab");
    await isOn("Write a message");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("ArrowUp");
    await isOn("line 90");
    await page.keyboard.press("Home");
    await until("an older message", focused, (now) => /^line \d+$/.test(now) && now !== "line 90");
    const up = async () => {
      await page.keyboard.press("ArrowUp");
      return focused();
    };
    await until("the first message", up, (now) => now === "line 1");
    await page.keyboard.press("End");
    await isOn("my last words");
    await page.keyboard.press("Enter");
    await hasFocus(page.getByRole("menuitem").first());
    const entry = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element.textContent.trim();
      });
    await page.keyboard.press("End");
    await until("the entry to delete", entry, (text) => text.startsWith("Delete"));
    await page.keyboard.press("Home");
    await until("the first entry", entry, equals("Copy"));
    await page.keyboard.press("e");
    await until("the entry with this letter", entry, equals("Edit"));
    await page.keyboard.press("Escape");
    await isOn("my last words");
    await page.keyboard.press("Shift+F10");
    await hasFocus(page.getByRole("menuitem").first());
    await page.keyboard.press("Escape");
    await isOn("my last words");
    await nora.close();
  });
}
