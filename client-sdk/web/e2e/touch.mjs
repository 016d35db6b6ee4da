import assert from "node:assert/strict";
import { equals, stillBox, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** The actions of a message, on small touch screens and in narrow windows. */
export function touch(runner, browser, _server, town) {
  const phone = { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };
  const long = `a long message ${"with many words ".repeat(12)}`;
  const texts = ["ok", "a message of a middling length, two lines", long];
  let id;

  /** Makes a long press on the middle of an element. */
  const hold = async (userPage, locator) => {
    await locator.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await stillBox(locator);
    const session = await userPage.context.newCDPSession(userPage.page);
    const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await userPage.page.getByRole("menuitem").first().waitFor();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const bubble = (userPage, text) => userPage.messages(text).last().locator(".bubble");
  const entry = (userPage, name) => userPage.page.getByRole("menuitem", { name, exact: true });

  runner.test(
    "on a phone a long press opens the menu of a message within the screen, for any length and direction",
    async () => {
      id = await town.direct("nora", "u21");
      for (const text of texts) await town.say("nora", id, text);
      await town.say("u21", id, "an answer");
      const nora = await town.enter(browser, "nora", { hash: id, ...phone });
      await nora.sees("an answer");
      // For those who don't hold, a button.
      await nora.page.locator(".actions").first().waitFor();
      const { width } = await stillBox(nora.page.locator(".actions").first());
      assert.ok(width <= 1, "that takes no room beside the bubble");
      for (const direction of ["ltr", "rtl"]) {
        await nora.page.evaluate((dir) => {
          for (const element of [document.documentElement, document.querySelector("causerie-messenger")]) element.dir = dir;
        }, direction);
        for (const text of texts) {
          await hold(nora, bubble(nora, text));
          for (const name of ["Copy", "Edit", "Delete"]) {
            const box = await stillBox(entry(nora, name));
            assert.ok(
              box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 720,
              `${name} of "${text}" is on the screen`,
            );
            assert.ok(box.height >= 44, `${name} is ${box.height} px high`);
          }
          await nora.page.touchscreen.tap(180, 40);
          await entry(nora, "Edit").waitFor({ state: "detached" });
        }
      }
      await hold(nora, bubble(nora, "an answer"));
      await entry(nora, "Details").waitFor();
      const entries = () => nora.page.getByRole("menuitem").allInnerTexts();
      await until("the entries", entries, equals(["Copy", "Copy link", "Details"]));
      await nora.page.keyboard.press("Escape");
      await entry(nora, "Copy").waitFor({ state: "detached" });
      assert.deepEqual(nora.problems, []);
      await nora.close();
    },
  );

  runner.test("an action that is chosen on a phone is carried out, and scrolling opens no menu", async () => {
    const nora = await town.enter(browser, "nora", { hash: id, ...phone });
    await nora.sees("an answer");
    await hold(nora, bubble(nora, "ok"));
    assert.deepEqual(await nora.accessibilityProblems(), []);
    await entry(nora, "Edit").tap();
    await nora.page.getByText("Editing a message").waitFor();
    const field = nora.page.getByRole("textbox", { name: "Write a message" });
    await until("the text is in the field", () => field.inputValue(), equals("ok"));
    await nora.page.getByRole("button", { name: "Cancel", exact: true }).tap();
    await hold(nora, bubble(nora, "a message of a middling length"));
    await entry(nora, "Delete").tap();
    await nora.page
      .getByRole("dialog", { name: "Delete this message?" })
      .getByRole("button", { name: "Delete", exact: true })
      .tap();
    await nora.sees("Message deleted");
    const session = await nora.context.newCDPSession(nora.page);
    await session.send("Input.synthesizeScrollGesture", {
      x: 180,
      y: 400,
      yDistance: 150,
      speed: 200,
      gestureSourceType: "touch",
    });
    assert.equal(await nora.page.getByRole("menuitem").count(), 0);
    await nora.close();
  });

  runner.test(
    "in a narrow window with a mouse the menu of a long message stays in the window, in both directions",
    async () => {
      for (const width of [360, 760]) {
        const nora = await town.enter(browser, "nora", { hash: id, viewport: { width, height: 600 }, reducedMotion: "reduce" });
        await nora.sees("an answer");
        for (const direction of ["ltr", "rtl"]) {
          await nora.page.evaluate((dir) => {
            for (const element of [document.documentElement, document.querySelector("causerie-messenger")]) element.dir = dir;
          }, direction);
          for (const text of [long, "ok"]) {
            await nora.messages(text).last().hover();
            await nora.messages(text).last().getByRole("button", { name: "Message actions", exact: true }).click();
            await entry(nora, "Delete").waitFor();
            for (const name of ["Copy", "Edit", "Delete"]) {
              // The menu is placed in the frame after it opened.
              await until(
                `${name} at ${width}`,
                () => entry(nora, name).boundingBox(),
                (box) => box && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= 600,
              );
            }
            await nora.page.keyboard.press("Escape");
            await entry(nora, "Delete").waitFor({ state: "detached" });
          }
        }
        await nora.close();
      }
    },
  );

  runner.test("a copied message is in the clipboard", async () => {
    const nora = await town.enter(browser, "nora", { hash: id, permissions: ["clipboard-read", "clipboard-write"] });
    await nora.messages("an answer").hover();
    await nora.messages("an answer").getByRole("button", { name: "Message actions", exact: true }).click();
    await entry(nora, "Copy").click();
    await nora.page.waitForFunction(async () => (await navigator.clipboard.readText()) === "an answer");
    await nora.openConversation(Town.nameOf("u21"));
    await nora.close();
  });

  runner.test("on a touch screen fields have letters of 16 pixels, and buttons are 44 pixels wide and high", async () => {
    const nora = await town.enter(browser, "nora", phone);
    const { page } = nora;
    const isLarge = async (name) => {
      const { width, height } = await stillBox(page.getByRole("button", { name, exact: true }).first());
      assert.ok(width >= 44 && height >= 44, `${name} is ${width} by ${height} px`);
    };
    // iOS zooms into a field with smaller letters.
    const isReadable = async (field) => {
      const size = await field.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
      assert.ok(size >= 16, `the letters of ${field} are ${size} px high`);
    };
    await nora.item(Town.nameOf("u21")).waitFor();
    await isReadable(page.getByRole("searchbox", { name: "Search conversations and people" }));
    await isLarge("New conversation");
    await nora.compose();
    await isReadable(nora.recipient);
    await isLarge("Back to conversations");
    await page.getByRole("button", { name: "Back to conversations", exact: true }).first().tap();
    await nora.item(Town.nameOf("u21")).tap();
    await nora.sees("an answer");
    await isReadable(page.getByRole("textbox", { name: "Write a message" }));
    for (const name of ["Back to conversations", "Conversation actions", "Send"]) await isLarge(name);
    await nora.close();
  });

  runner.test("with a mouse every button is at least 24 pixels wide and high", async () => {
    const nora = await town.enter(browser, "nora");
    const { page } = nora;
    const targets = () =>
      page.evaluate(() => {
        const all = (root) =>
          [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
        return all(document)
          .filter((each) => each.matches("button, [role=button], [role=menuitem], input, textarea") && each.checkVisibility())
          .map((each) => {
            const { width, height } = each.getBoundingClientRect();
            // The target of a small button is enlarged by a pseudo-element.
            const around = getComputedStyle(each, "::after");
            const side = (own, name) => Math.max(own, Number.parseFloat(around[name]) || 0);
            return {
              name: each.ariaLabel || each.textContent.trim(),
              width: side(width, "width"),
              height: side(height, "height"),
            };
          });
      });
    const areLarge = async (state, countMin) => {
      const found = await until(state, targets, ({ length }) => length >= countMin);
      const small = found.filter(({ width, height }) => width < 24 || height < 24);
      assert.deepEqual(small, [], state);
    };
    await nora.openConversation(Town.nameOf("u21"));
    await nora.sees("an answer");
    await page.getByRole("textbox", { name: "Write a message" }).fill("a draft");
    await page.getByRole("button", { name: /^Enter sends/ }).waitFor();
    await nora.messages("an answer").hover();
    await areLarge("a chat", 8);
    await nora.messages("an answer").getByRole("button", { name: "Message actions", exact: true }).click();
    await page.getByRole("menuitem", { name: "Copy", exact: true }).waitFor();
    await areLarge("the menu of a message", 10);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Emoji", exact: true }).click();
    await page.getByLabel("Search emoji").waitFor();
    await areLarge("the emoji", 30);
    await page.keyboard.press("Escape");
    await nora.compose();
    await areLarge("a new conversation", 5);
    await nora.close();
  });
}
