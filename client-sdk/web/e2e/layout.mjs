import assert from "node:assert/strict";
import { equals, hasFocus, stillBox, UserPage, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** The number of pixels that differ clearly between two pictures: the smoothing of letters may change with the content around them. */
function difference(page, ...pictures) {
  return page.evaluate(
    async (encoded) => {
      const [one, other] = await Promise.all(
        encoded.map(async (text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
          const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
          const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
          canvas.drawImage(picture, 0, 0);
          return canvas.getImageData(0, 0, picture.width, picture.height).data;
        }),
      );
      return one.filter((part, at) => Math.abs(part - other[at]) > 64).length;
    },
    pictures.map((picture) => picture.toString("base64")),
  );
}

/** Small screens, other languages. */
export function layout(runner, browser, server, town) {
  runner.test("at 360 pixels the list and the chat are two screens, and nothing overflows", async () => {
    const chloe = await UserPage.open(browser, server, "/?as=chloe", { viewport: { width: 360, height: 720 }, hasTouch: true });
    const overflow = () => chloe.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await chloe.startWith("Maître Jean-Baptiste de la Rochefoucauld-Montmorency");
    await chloe.say(`${"anticonstitutionnellement".repeat(8)} ${"et ".repeat(60)}`);
    await chloe.sees("anticonstitutionnellement");
    assert.equal(await overflow(), 0);
    assert.equal(await chloe.page.getByRole("heading", { name: "Conversations", exact: true }).isVisible(), false);
    await chloe.page.getByRole("button", { name: "Back to conversations", exact: true }).click();
    await chloe.page.getByRole("heading", { name: "Conversations", exact: true }).waitFor();
    assert.equal(await chloe.page.locator("causerie-composer").isVisible(), false);
    assert.equal(await overflow(), 0);
    // The button of the page and that of the browser go back in the same history.
    await chloe.page.goForward();
    await chloe.page.getByRole("textbox", { name: "Write a message" }).waitFor();
    assert.deepEqual(chloe.problems, []);
    await chloe.close();
  });

  runner.test("a conversation is shown again after a reload", async () => {
    const zoe = await UserPage.open(browser, server, "/?as=zoe");
    await zoe.startWith("Idriss Traoré");
    await zoe.say("je reviens");
    await zoe.messages("je reviens").getByTitle("Sent", { exact: true }).waitFor();
    await zoe.page.reload();
    await zoe.sees("je reviens");
    await zoe.close();
  });

  runner.test("the page is in French when the address or the browser asks for it", async () => {
    const asked = await UserPage.open(browser, server, "/?as=zoe&lang=fr");
    await asked.page.getByRole("button", { name: "Nouvelle conversation" }).first().waitFor();
    await until("the language", () => asked.page.evaluate(() => document.documentElement.lang), equals("fr"));
    await asked.page.locator("causerie-conversation-item").first().click();
    await asked.page.getByText("Aujourd’hui").waitFor();
    await asked.page.getByPlaceholder("Écrire un message").waitFor();
    await asked.close();
    const french = await UserPage.open(browser, server, "/", { locale: "fr-FR" });
    await french.page.getByRole("heading", { name: "Qui êtes-vous ?" }).waitFor();
    await french.close();
  });

  runner.test("the messenger can be used by keyboard alone", async () => {
    const idriss = await UserPage.open(browser, server, "/?as=idriss");
    const { page } = idriss;
    await page.locator("causerie-conversation-item").first().waitFor();
    await page.getByRole("button", { name: "New conversation", exact: true }).first().waitFor();
    // The settings, the button for a new conversation, the search field, then the first row of the list.
    for (let stop = 0; stop < 4; stop++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await hasFocus(page.getByRole("textbox", { name: "Write a message" }));
    await page.keyboard.type("au clavier");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("seulement");
    await page.keyboard.press("Enter");
    await idriss.sees("au clavier\nseulement");
    await idriss.messages("au clavier").getByTitle("Sent", { exact: true }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByText("Editing a message").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Editing a message").waitFor({ state: "detached" });
    await idriss.close();
  });

  runner.test("at 320 pixels, and at 200 % in a window of 1280, messages, menu and emoji stay in the window", async () => {
    const id = await town.direct("nora", "u2");
    await town.say("u2", id, `https://example.org/${"a-very-long-path/".repeat(12)}`);
    await town.say("nora", id, "W".repeat(400));
    await town.say("nora", id, `text with z\u0351\u0355\u0346${"\u0301".repeat(60)}algo`);
    for (const [width, height, deviceScaleFactor] of [
      [320, 568, 1],
      [640, 400, 2],
    ]) {
      const nora = await town.enter(browser, "nora", { hash: id, viewport: { width, height }, deviceScaleFactor });
      await nora.sees("WWW");
      const overflow = () =>
        nora.page.evaluate(() => {
          const scroller = document
            .querySelector("causerie-messenger")
            .shadowRoot.querySelector("causerie-conversation-pane")
            .shadowRoot.querySelector("causerie-message-list")
            .shadowRoot.querySelector(".scroller");
          return [document.documentElement.scrollWidth - innerWidth, scroller.scrollWidth - scroller.clientWidth];
        });
      await nora.settled();
      assert.deepEqual(await overflow(), [0, 0], `at ${width} px`);
      await nora.messages("WWW").hover();
      await nora.messages("WWW").getByRole("button", { name: "Message actions", exact: true }).click();
      const items = nora.page.getByRole("menuitem");
      await items.first().waitFor();
      // In a narrow window the menu rises from below the edge.
      await nora.settled();
      for (const item of await items.all()) {
        const box = await stillBox(item);
        const isInside = box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height;
        assert.ok(isInside, `at ${width} px: ${JSON.stringify(box)}`);
      }
      await nora.page.keyboard.press("Escape");
      await items.first().waitFor({ state: "detached" });
      await nora.page.getByRole("button", { name: "Emoji", exact: true }).click();
      // The panel has no size before its code is loaded.
      await nora.page.getByRole("tab").first().waitFor();
      const box = await stillBox(nora.page.locator("causerie-emoji-picker"));
      assert.ok(box.x >= 0 && box.x + box.width <= width && box.y >= 0, `the emoji at ${width} px: ${JSON.stringify(box)}`);
      assert.deepEqual(await overflow(), [0, 0], `with emoji at ${width} px`);
      await nora.close();
    }
  });

  runner.test(
    "each message has its own writing direction, and in a page from right to left everything is mirrored",
    async () => {
      const id = await town.direct("nora", "u36");
      await town.say("u36", id, "שלום, https://example.org/a היי");
      await town.say("u36", id, "hello, שלום");
      await town.say("nora", id, "from left to right");
      const nora = await town.enter(browser, "nora", { hash: id });
      await nora.sees("from left to right");
      const direction = (text) =>
        nora
          .messages(text)
          .locator(".body")
          .evaluate((element) => getComputedStyle(element).direction);
      assert.equal(await direction("שלום, https"), "rtl");
      assert.equal(await direction("hello"), "ltr");
      /** Where the bubble, its time and the button of the menu are, in pixels from the left. */
      const boxes = (text) =>
        nora.messages(text).evaluate((message) => {
          const at = (selector) => message.shadowRoot.querySelector(selector).getBoundingClientRect();
          const [bubble, time, button, row] = [at(".bubble"), at(".meta"), at(".actions"), at(".row")];
          const range = document.createRange();
          range.selectNodeContents(message.shadowRoot.querySelector(".text"));
          // The space between the time and the text beside it.
          const beside = [...range.getClientRects()].filter(({ top, bottom }) => bottom > time.top && top < time.bottom);
          const spaces = beside.map(({ left, right }) => Math.max(left - time.right, time.left - right));
          return {
            space: Math.min(...spaces),
            bubble: bubble.left - row.left,
            free: row.right - bubble.right,
            inside: time.left >= bubble.left && time.right <= bubble.right,
            button: button.left - bubble.left,
          };
        });
      await until(
        "an own message from left to right",
        () => boxes("from left to right"),
        ({ free, bubble, inside, button }) => free < 2 && bubble > 100 && inside && button < 0,
      );
      const spaces = async () => {
        for (const text of ["שלום, https", "hello", "from left to right"]) {
          const { space } = await boxes(text);
          assert.ok(space >= 8, `the time is ${space} px from “${text}”`);
        }
      };
      await spaces();
      await nora.page.evaluate(() => {
        document.querySelector("causerie-messenger").dir = "rtl";
      });
      await until(
        "an own message from right to left",
        () => boxes("from left to right"),
        ({ free, bubble, inside, button }) => bubble < 2 && free > 100 && inside && button > 0,
      );
      await until(
        "another message from right to left",
        () => boxes("hello"),
        ({ free, inside }) => free < 2 && inside,
      );
      await spaces();
      // The arrow of the button points to the other side.
      const send = nora.page.getByRole("button", { name: "Send", exact: true }).locator("svg");
      await until(
        "the arrow is mirrored",
        () => send.evaluate((element) => getComputedStyle(element).transform),
        (transform) => /^matrix\(-1/.test(transform),
      );
      assert.deepEqual(nora.problems, []);
      await nora.close();
    },
  );

  runner.test("stacked accents cover neither the message above nor the row above", async () => {
    const accents = `z${"\u0301".repeat(60)}algo`;
    const group = await town.group("u133", accents, ["u132"]);
    await town.say("u132", group, "above");
    await town.say("u132", group, accents);
    const direct = await town.direct("u133", "u132");
    await town.say("u133", direct, "the row above");
    const user = await town.enter(browser, "u133", { hash: group });
    await user.sees("algo");
    await user.item(Town.nameOf("u132")).getByText("the row above").waitFor();
    await user.settled();
    const row = user.page.locator("causerie-conversation-item").nth(1);
    for (const [neighbour, text] of [
      [user.messages("above"), user.messages("algo").locator(".text")],
      [user.item(Town.nameOf("u132")), row.locator(".name")],
      [user.item(Town.nameOf("u132")), row.locator(".preview")],
    ]) {
      const clip = await stillBox(neighbour);
      const before = await user.page.screenshot({ clip });
      await text.evaluate((element) => {
        element.textContent = "without accents";
      });
      const changed = await difference(user.page, before, await user.page.screenshot({ clip }));
      assert.equal(changed, 0, `the accents of ${text} cover ${changed} pixels above it`);
    }
    await user.close();
  });
}
