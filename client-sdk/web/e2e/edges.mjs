import assert from "node:assert/strict";
import { equals, hasFocus, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/**
 * The contrast of a colour of an element with the background around the element, or of a pseudo-element with the background of its element, as
 * WCAG 2.2 defines it.
 */
function contrast(locator, property, pseudo) {
  return locator.evaluate(
    (element, [name, pseudoElement]) => {
      // A canvas turns each notation of a colour into red, green and blue.
      const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      const parts = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
      };
      const luminance = (colour) => {
        const [red, green, blue] = parts(colour)
          .map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const parentOf = (each) => each.assignedSlot ?? each.parentElement ?? each.getRootNode().host;
      let around = pseudoElement ? element : parentOf(element);
      while (parts(getComputedStyle(around).backgroundColor)[3] === 0) around = parentOf(around);
      const pair = [getComputedStyle(element, pseudoElement)[name], getComputedStyle(around).backgroundColor].map(luminance);
      return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    },
    [property, pseudo],
  );
}

const styles = (locator, ...names) =>
  locator.evaluate((each, wanted) => wanted.map((name) => getComputedStyle(each)[name]), names);

/** The width of the border of an element; 0 for none. */
async function border(locator) {
  const [style, width] = await styles(locator, "borderTopStyle", "borderTopWidth");
  return style === "none" ? 0 : Number.parseFloat(width);
}

/** The edges and marks that tell the parts of the page apart: their contrast (WCAG 2.2, 1.4.11), and forced colours. */
export function edges(runner, browser, _server, town) {
  const search = ({ page }) => page.getByRole("searchbox", { name: "Search conversations and people" });
  const text = ({ page }) => page.getByRole("textbox", { name: "Write a message" });
  const row = (user, title) => user.item(title).getByRole("button");

  for (const colorScheme of ["light", "dark"]) {
    runner.test(`edges, marks and rings have a contrast of 3 to 1 in ${colorScheme}`, async () => {
      const id = await town.direct("u135", "u134");
      await town.say("u135", id, "mine");
      const user = await town.enter(browser, "u135", { hash: id, colorScheme });
      const { page } = user;
      const isClear = async (what, ...colour) => {
        const found = await contrast(...colour);
        assert.ok(found >= 3, `${what}: ${found.toFixed(2)} to 1`);
      };
      /** Asserts that a field has an edge and, with the focus, a ring. */
      const isClearField = async (name, field) => {
        await field.focus();
        await user.settled();
        await isClear(`the ring of ${name}`, field, "outlineColor");
        assert.deepEqual(await styles(field, "outlineStyle", "outlineWidth"), ["solid", "2px"], `the ring of ${name}`);
        await field.evaluate((each) => each.blur());
        await user.settled();
        await isClear(`the edge of ${name}`, field, "borderTopColor");
        assert.equal(await border(field), 1, `the edge of ${name}`);
      };
      await user.sees("mine");
      await hasFocus(text(user));
      await user.settled();
      await isClear("an own message", user.messages("mine").last().locator(".bubble"), "backgroundColor");
      await isClear("the mark of the current row", row(user, Town.nameOf("u134")), "backgroundColor", "::before");
      await isClearField("the text field", text(user));
      await isClearField("the search", search(user));
      await user.compose();
      await isClearField("the recipient", user.recipient);
      await page.getByRole("button", { name: "New group", exact: true }).click();
      const dialog = page.getByRole("dialog", { name: "New group" });
      await dialog.getByRole("option").first().waitFor();
      await isClear("the circle of a user who is not chosen", dialog.locator(".box").first(), "borderTopColor");
      await isClearField("the people", dialog.getByRole("combobox", { name: "People" }));
      await isClearField("the name of a group", dialog.getByRole("textbox", { name: "Group name" }));
      await user.close();
    });
  }

  runner.test("with forced colours messages, fields, buttons, chips and the current row have edges", async () => {
    const group = await town.group("u135", "Contrast", ["u37", "u38"]);
    await town.sayMany("u37", group, "line", 60);
    await town.say("u135", group, "mine");
    await town.read("u135", group, 61);
    const user = await town.enter(browser, "u135", { hash: group, forcedColors: "active" });
    const { page } = user;
    await user.sees("mine");
    const bubble = (words) => user.messages(words).locator(".bubble");
    assert.ok((await border(bubble("mine"))) > (await border(bubble("line 60"))));
    assert.ok((await border(bubble("line 60"))) > 0);
    assert.ok((await border(text(user))) > 0);
    assert.ok((await border(search(user))) > 0);
    for (const name of ["Send", "New conversation", "Conversation actions"]) {
      assert.ok((await border(page.getByRole("button", { name, exact: true }))) > 0, name);
    }
    await until("the current row has an edge", () => styles(row(user, "Contrast"), "outlineStyle"), equals(["solid"]));
    await page.locator("causerie-message-list .scroller").hover();
    await page.mouse.wheel(0, -900);
    // A message that arrives before the list has scrolled would be seen, and not counted.
    await page.getByRole("button", { name: "Jump to the latest message" }).waitFor();
    await town.say("u38", group, "below");
    assert.ok((await border(page.locator("causerie-latest-button .count"))) > 0);
    await user.compose();
    await page.getByRole("button", { name: "New group", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "New group" });
    await dialog.getByRole("option").first().click();
    assert.ok((await border(dialog.locator(".chip"))) > 0, "a chip");
    assert.ok((await border(dialog.getByRole("button", { name: "Create group", exact: true }))) > 0, "Create group");
    await user.close();
  });

  runner.test("with forced colours the badge and the dot of unread messages differ from the row", async () => {
    const [counted, marked] = [await town.direct("u136", "u37"), await town.direct("u136", "u38")];
    await town.say("u37", counted, "one");
    await town.say("u136", marked, "two");
    const user = await town.enter(browser, "u136", { hash: marked, forcedColors: "active" });
    await user.sees("two");
    await user.chooseAction("Mark as unread");
    const canvas = await styles(user.page.locator("body"), "backgroundColor");
    for (const other of ["u37", "u38"]) {
      const badge = user.item(Town.nameOf(other)).locator(".badge");
      await badge.waitFor();
      const { width, height } = await badge.boundingBox();
      assert.ok(width > 8 && height > 8, `the badge of ${other} is ${width} by ${height} px`);
      assert.notDeepEqual(await styles(badge, "backgroundColor"), canvas, other);
    }
    assert.equal(await user.item(Town.nameOf("u38")).locator(".badge.dot").count(), 1);
    await user.close();
  });
}
