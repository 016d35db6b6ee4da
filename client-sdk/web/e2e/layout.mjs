import assert from "node:assert/strict";
import { UserPage } from "./harness.mjs";

/** Small screens, other languages. */
export function layout(runner, browser, server) {
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
    await zoe.messages("je reviens").getByRole("img", { name: "Sent" }).waitFor();
    await zoe.page.reload();
    await zoe.sees("je reviens");
    await zoe.close();
  });

  runner.test("the page is in French when the address or the browser asks for it", async () => {
    const asked = await UserPage.open(browser, server, "/?as=zoe&lang=fr");
    await asked.page.getByRole("button", { name: "Nouvelle conversation" }).first().waitFor();
    assert.equal(await asked.page.evaluate(() => document.documentElement.lang), "fr");
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
    // The settings, the button for a new conversation, the search field, then the first row of the list.
    for (let stop = 0; stop < 4; stop++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Write a message" }).waitFor();
    await page.keyboard.type("au clavier");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("seulement");
    await page.keyboard.press("Enter");
    await idriss.sees("au clavier\nseulement");
    await idriss.messages("au clavier").getByRole("img", { name: "Sent" }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByText("Editing a message").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Editing a message").waitFor({ state: "detached" });
    await idriss.close();
  });
}
