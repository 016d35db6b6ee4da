import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { UserPage, until } from "./harness.mjs";
import { Town } from "./town.mjs";
import { Stage } from "./widget-stage.mjs";

/** The English texts of the messenger that have no arguments. */
function englishTexts() {
  const source = readFileSync(new URL("../packages/ui/src/i18n/en.ts", import.meta.url), "utf8");
  return [...source.matchAll(/^\s+\w+: "([^"]{3,})",$/gm)].map(([, text]) => text).filter((text) => text !== "ltr");
}

/** The visible texts, labels and tooltips of a page, of all shadow roots, without names and texts of users. */
function textsOf(page) {
  return page.evaluate(() => {
    const found = [];
    const look = (root) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) look(element.shadowRoot);
        if (element.matches("style, script, template, noscript, noscript *") || !element.checkVisibility?.()) continue;
        for (const name of ["aria-label", "title", "placeholder"]) found.push(element.getAttribute(name) ?? "");
        for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) found.push(child.data);
      }
    };
    look(document);
    return [...new Set(found.map((text) => text.trim()).filter(Boolean))];
  });
}

/** The messenger and the widget in Arabic, which is written from right to left. */
export function arabic(runner, browser, server, town) {
  const english = new Set(englishTexts());
  /** The English texts that a page shows. */
  const untranslated = async (page) => (await textsOf(page)).filter((text) => english.has(text));
  const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const button = (page, name) => page.getByRole("button", { name, exact: true });
  /** Asserts that the elements are inside the window. */
  const areInside = async (page, locator, what) => {
    const { width, height } = page.viewportSize();
    await locator.first().waitFor();
    // A sheet rises from below the window.
    const boxes = async () => Promise.all((await locator.all()).map((each) => each.boundingBox()));
    const isInside = (box) => box && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height;
    await until(what, boxes, (all) => all.length > 0 && all.every(isInside));
  };

  runner.test("the page is in Arabic and from right to left when the browser or the address asks for it", async () => {
    const door = await UserPage.open(browser, server, "/", { locale: "ar-EG" });
    await door.page.getByRole("heading", { name: "من أنت؟" }).waitFor();
    const root = () => door.page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
    assert.deepEqual(await root(), ["ar", "rtl"]);
    assert.deepEqual(await untranslated(door.page), []);
    await door.page.goto(`${server.origin}/?lang=fr`);
    await door.page.getByRole("heading", { name: "Qui êtes-vous" }).waitFor();
    assert.deepEqual(await root(), ["fr", "ltr"]);
    await door.close();
  });

  for (const [me, width, colorScheme] of [
    ["olga", 320, "light"],
    ["u120", 1280, "dark"],
  ]) {
    runner.test(`at ${width} pixels in Arabic, all is mirrored, inside the window and translated, and axe passes`, async () => {
      const long = "u2";
      const direct = await town.direct(me, long);
      await town.say(long, direct, "مرحبا");
      await town.say(me, direct, "شكرًا");
      await town.say(me, direct, `https://example.org/${"path/".repeat(30)}`);
      await town.group(me, `Group ${width}`, [long, "u3"]);
      const options = { query: "&lang=ar-EG", viewport: { width, height: 640 }, colorScheme };
      const user = await town.enter(browser, me, options);
      const { page } = user;
      const check = async (what) => {
        assert.equal(await overflow(page), 0, what);
        assert.deepEqual(await untranslated(page), [], what);
        assert.deepEqual(await user.accessibilityProblems(), [], what);
      };
      await page.getByRole("heading", { name: "المحادثات", exact: true }).waitFor();
      await user.item(`\u2068Group ${width}\u2069`).waitFor();
      const row = user.item(`\u2068${Town.nameOf(long)}\u2069`);
      const [face, time] = await Promise.all([row.locator("causerie-avatar").boundingBox(), row.locator("time").boundingBox()]);
      assert.ok(face.x > time.x, "the face is at the right of the row, and the time at the left");
      // A name that does not fit is cut at its own end.
      const name = row.locator(".name");
      assert.equal(await name.evaluate((element) => getComputedStyle(element).direction), "ltr");
      await check("list");

      await row.click();
      await user.sees("شكرًا");
      const sides = (text) =>
        user.messages(text).evaluate((message) => {
          const [bubble, line] = [".bubble", ".row"].map((each) =>
            message.shadowRoot.querySelector(each).getBoundingClientRect(),
          );
          return [bubble.left - line.left, line.right - bubble.right];
        });
      const [own, theirs] = [await sides("شكرًا"), await sides("مرحبا")];
      assert.ok(own[0] < 2 && own[1] > 60, `an own message is at the left: ${own}`);
      assert.ok(theirs[1] < 2 && theirs[0] > 60, `a message of another user is at the right: ${theirs}`);
      // The text and the placeholder do not lie below the button of the emoji.
      const field = page.getByRole("textbox", { name: "اكتب رسالة" });
      const direction = () => field.evaluate((element) => getComputedStyle(element).direction);
      assert.equal(await direction(), "rtl");
      const padding = () => field.evaluate((element) => Number.parseFloat(getComputedStyle(element).paddingLeft));
      assert.ok((await padding()) > 40);
      await field.fill("hello");
      assert.equal(await direction(), "ltr");
      assert.ok((await padding()) > 40);
      await field.fill("");
      await check("chat");

      await user.messages("شكرًا").hover();
      await user.messages("شكرًا").getByRole("button", { name: "إجراءات الرسالة", exact: true }).click();
      await areInside(page, page.getByRole("menuitem"), "the menu of a message");
      await check("menu of a message");
      await page.keyboard.press("Escape");
      await button(page, "إجراءات المحادثة").click();
      await areInside(page, page.getByRole("menuitem"), "the menu of the conversation");
      await page.keyboard.press("Escape");
      await button(page, "الرموز التعبيرية").click();
      await page.locator("causerie-emoji-picker .grid button").first().waitFor();
      await areInside(page, page.locator("causerie-emoji-picker"), "the emoji");
      await check("emoji");
      await page.keyboard.press("Escape");
      await page
        .getByRole("heading", { name: Town.nameOf(long), level: 2 })
        .getByRole("button")
        .click();
      await page.locator("causerie-user-details").waitFor();
      await check("details");
      await page.evaluate(() => {
        location.hash = "new";
      });
      await page.getByRole("combobox", { name: "إلى", exact: true }).fill("tom");
      await page.getByRole("option", { name: "Tom Nguyen" }).waitFor();
      await check("new conversation");
      assert.deepEqual(user.problems, []);
      await user.close();
    });
  }

  runner.test(
    "the widget in Arabic is from right to left in a page from left to right, and stays where the page has put it",
    async () => {
      const stage = await Stage.open(browser);
      await stage.town.say("u1", await stage.town.direct("u1", "nora"), "مرحبا");
      await stage.town.say("u1", await stage.town.direct("u1", "nora"), "hello");
      const body = `<h1>Members</h1><causerie-unread></causerie-unread>${stage.script('data-locale="ar"')}`;
      const nora = await stage.visit("nora", body);
      const { page } = nora;
      await page.getByRole("button", { name: "الرسائل، غير المقروءة: 2", exact: true }).click();
      const dialog = page.getByRole("dialog", { name: "الرسائل", exact: true });
      await dialog.getByRole("heading", { name: "المحادثات", exact: true }).waitFor();
      assert.equal(await dialog.getAttribute("dir"), "rtl");
      assert.equal(await page.evaluate(() => document.documentElement.dir), "");
      // The position is that of the API: right, unless the page says otherwise. The close button is at the end of the header.
      const [panel, close] = [
        await dialog.boundingBox(),
        await dialog.getByRole("button", { name: "إغلاق الرسائل", exact: true }).boundingBox(),
      ];
      assert.ok(panel.x > 700, `the panel is at the right: ${panel.x}`);
      assert.ok(close.x < panel.x + 60, `the close button is at the left: ${close.x}`);
      await page.locator("causerie-conversation-item").first().click();
      await nora.sees("hello");
      assert.deepEqual(await untranslated(page), []);
      assert.deepEqual(await nora.accessibilityProblems(), []);
      // Another language removes the Arabic texts.
      await page.evaluate(() => globalThis.causerie.locale("fr"));
      await page.getByRole("dialog").getByPlaceholder("Écrire un message").waitFor();
      const shown = () => page.getByRole("dialog").getAttribute("dir");
      await until("the panel is in French", shown, (dir) => dir === "ltr");
      assert.deepEqual(nora.problems, []);
      await nora.close();
      // A page from right to left does not mirror a widget in English.
      const hebrew = await stage.visit("nora", `<h1>Members</h1>${stage.script('data-locale="en"')}`);
      await hebrew.page.evaluate(() => {
        document.documentElement.dir = "rtl";
      });
      await hebrew.page.locator("causerie-chat .launcher").click();
      await hebrew.page.getByRole("dialog").getByRole("heading", { name: "Conversations", exact: true }).waitFor();
      const messenger = hebrew.page.locator("causerie-messenger");
      assert.equal(await messenger.evaluate((element) => getComputedStyle(element).direction), "ltr");
      await hebrew.close();
      await stage.close();
    },
  );
}
