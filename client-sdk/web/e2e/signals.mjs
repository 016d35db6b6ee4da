import assert from "node:assert/strict";
import { equals, until } from "./harness.mjs";

/** The signs outside of the page: title, icon, installed page, notifications. */
export function signals(runner, browser, server, town) {
  const icon = (userPage) => userPage.page.locator('link[rel="icon"]').evaluate((link) => link.href);

  runner.test("the title and the icon of the tab have the number of unread messages and the title of the chat", async () => {
    const id = await town.direct("u126", "u127");
    const prepare = (page) =>
      page.addInitScript(() => {
        navigator.setAppBadge = async (count) => {
          globalThis.badge = count;
        };
      });
    const reader = await town.enter(browser, "u126", { prepare });
    const badge = () => reader.page.evaluate(() => globalThis.badge);
    await until(
      "no conversation",
      () => reader.page.title(),
      (title) => title === "Causerie",
    );
    const plain = await icon(reader);
    await town.say("u127", id, "one");
    await town.say("u127", id, "two");
    await until(
      "two unread",
      () => reader.page.title(),
      (title) => title === "(2) Causerie",
    );
    const isTwo = (address) => /^data:image\/svg\+xml,.*>2</.test(decodeURIComponent(address));
    await until("the icon has the number", () => icon(reader), isTwo);
    await until("the installed page has the number", badge, equals(2));
    await reader.openConversation("Resident 127");
    await until(
      "all read",
      () => reader.page.title(),
      (title) => title === "Resident 127 · Causerie",
    );
    await until("the icon is plain", () => icon(reader), equals(plain));
    await until("the installed page has no number", badge, equals(0));
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });

  runner.test("the page can be installed: it has a manifest, an icon and colours for the frame", async () => {
    const reader = await town.enter(browser, "u126");
    const href = await reader.page.locator('link[rel="manifest"]').evaluate((link) => link.href);
    const answer = await fetch(href);
    assert.equal(answer.headers.get("content-type"), "application/manifest+json");
    const { name, start_url, icons } = await answer.json();
    assert.equal(name, "Causerie");
    assert.equal(new URL(start_url, href).href, `${server.origin}/`);
    for (const { src } of icons) assert.equal((await fetch(new URL(src, href))).status, 200, src);
    // The browser loads the manifest under the security policy of the page, and reports what it refuses.
    const session = await reader.context.newCDPSession(reader.page);
    const { errors, url } = await session.send("Page.getAppManifest");
    assert.deepEqual([url, errors.filter(({ critical }) => critical)], [href, []]);
    assert.equal(await reader.page.locator('meta[name="theme-color"]').count(), 2);
    await reader.close();
  });

  runner.test(
    "notifications are off until the user turns them on, and then tell of messages while the page is not active",
    async () => {
      const prepare = (page) =>
        page.addInitScript(() => {
          globalThis.shown = [];
          globalThis.asked = 0;
          globalThis.Notification = class {
            static permission = "default";
            static async requestPermission() {
              globalThis.asked += 1;
              globalThis.Notification.permission = "granted";
              return "granted";
            }
            constructor(title, options) {
              Object.assign(this, { title, ...options });
              globalThis.shown.push(this);
            }
            close() {
              this.closed = true;
            }
          };
          document.hasFocus = () => false;
        });
      const id = await town.direct("u122", "u123");
      const reader = await town.enter(browser, "u122", { prepare });
      const { page } = reader;
      const shown = () =>
        page.evaluate(() => globalThis.shown.map(({ title, body, tag, closed }) => [title, body, tag, closed ?? false]));
      const menu = page.getByRole("button", { name: "You are Resident 122. Settings" });
      await town.say("u123", id, "not announced");
      await reader.item("Resident 123").getByText("not announced").waitFor();
      assert.deepEqual([await shown(), await page.evaluate(() => globalThis.asked)], [[], 0]);
      // The messenger loads this part when the page has been quiet for a moment.
      const isLoaded = () => performance.getEntriesByType("resource").some(({ name }) => name.includes("alerts-"));
      await until("the alerts are loaded", () => page.evaluate(isLoaded), Boolean);
      await menu.click();
      await page.getByRole("menuitem", { name: "Turn on notifications" }).click();
      await until(
        "the browser was asked",
        () => page.evaluate(() => globalThis.asked),
        (asked) => asked === 1,
      );
      await town.say("u123", id, "announced");
      await until("a notification", shown, (all) => all.length === 1);
      assert.deepEqual(await shown(), [["Resident 123", "announced", id, false]]);
      await page.evaluate(() => globalThis.shown[0].onclick());
      await page.getByRole("heading", { name: "Resident 123", level: 2 }).waitFor();
      await until("it is closed", async () => (await shown()).map((each) => each[3]), equals([true]));
      await menu.click();
      await page.getByRole("menuitem", { name: "Turn off notifications" }).click();
      await town.say("u123", id, "not announced either");
      await reader.sees("not announced either");
      assert.equal((await shown()).length, 1);
      assert.deepEqual(reader.problems, []);
      await reader.close();
    },
  );

  runner.test("sound is off until the user turns it on, and then tells of messages while the page is not active", async () => {
    const prepare = (page) =>
      page.addInitScript(() => {
        globalThis.tones = 0;
        const nothing = () => {};
        const gain = { setValueAtTime: nothing, exponentialRampToValueAtTime: nothing };
        globalThis.AudioContext = class {
          currentTime = 0;
          async resume() {}
          createGain = () => ({ gain, connect: nothing });
          createOscillator() {
            globalThis.tones += 1;
            return { frequency: {}, connect: nothing, start: nothing, stop: nothing };
          }
        };
        document.hasFocus = () => false;
      });
    const id = await town.direct("u137", "u138");
    const reader = await town.enter(browser, "u137", { prepare });
    const { page } = reader;
    const tones = () => page.evaluate(() => globalThis.tones);
    const choose = async (name) => {
      await page.getByRole("button", { name: "You are Resident 137. Settings" }).click();
      await page.getByRole("menuitem", { name, exact: true }).click();
    };
    // The messenger loads this part when the page has been quiet for a moment.
    const isLoaded = () => performance.getEntriesByType("resource").some(({ name }) => name.includes("alerts-"));
    await until("the alerts are loaded", () => page.evaluate(isLoaded), Boolean);
    await town.say("u138", id, "in silence");
    await reader.item("Resident 138").getByText("in silence").waitFor();
    assert.equal(await tones(), 0);
    await choose("Turn on sound");
    const sample = await until("the user hears the sound", tones, (count) => count > 0);
    // Several messages within a moment make one sound.
    const sent = async () => {
      await town.say("u138", id, "with a sound");
      return tones();
    };
    const last = await until("a message makes a sound", sent, (count) => count > sample);
    await choose("Turn off sound");
    await town.say("u138", id, "in silence again");
    await reader.item("Resident 138").getByText("in silence again").waitFor();
    assert.equal(await tones(), last);
    assert.deepEqual(reader.problems, []);
    await reader.close();
  });
}
