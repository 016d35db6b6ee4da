// Rules, cases, comparisons and explanations.
import assert from "node:assert/strict";
import { equals, hasFocus, until } from "../harness.mjs";
import { makeKey, Operator, rulesText, slug } from "./college.mjs";

export function policy(runner, browser, server) {
  const editor = (operator) => operator.page.getByLabel("Text of the rules");

  runner.test("admin: rules are checked by line, compared with examples, applied and put back", async () => {
    const operator = await Operator.enter(browser, server, "admin,read", "#rules");
    const { page } = operator;
    await page.getByText("No problems in 3 rules.").waitFor();
    await editor(operator).fill(rulesText.replace("teacher@class", "teachr@class"));
    await operator.button("Line 6").click();
    await until(
      "the line is selected",
      () => editor(operator).evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)),
      (selected) => selected.includes("teachr"),
    );
    await until("it can't be applied", () => operator.button("Compare and apply…").isDisabled(), Boolean);

    const changed = rulesText.replace(
      /allow find,see_profile,start {2}classmates.*\n/,
      "allow find,see_profile,start  seniors  when me pupil@class with them teacher@class\n",
    );
    await editor(operator).fill(changed);
    await page.getByText("No problems in 3 rules.").waitFor();
    await operator.button("Compare and apply…").click();
    // 40 pupils of one class and 3 of another, one of them imported, lose each other; the 3 gain their teacher.
    await page.getByText("loses 1,566 pairs").first().waitFor();
    await page.getByText("gains 3 pairs").first().waitFor();
    await page.getByText("Léa Martin lea → Ada Lefèvre ada").first().waitFor();
    await operator.button("Apply").click();
    await operator.told("The rules are in force.");
    await page.getByText("In force: college, version 3").waitFor();

    await page.getByRole("link", { name: "History" }).click();
    await operator.button("Show: version 2").click();
    await page.getByRole("textbox", { name: "version 2" }).waitFor();
    await operator.button("Go back to it: version 2").click();
    await page.getByText("gains 1,566 pairs").first().waitFor();
    await operator.button("Apply").click();
    await operator.row("restores version 2").waitFor();
    await page.getByRole("link", { name: "Rules", exact: true }).last().click();
    await page.getByText("In force: college, version 4").waitFor();
    await until("the first rules", () => editor(operator).inputValue(), equals(rulesText));
    await operator.close();
  });

  runner.test("admin: rules that another operator changed meanwhile are not replaced unasked", async () => {
    const operator = await Operator.enter(browser, server, "admin,read", "#rules");
    const { page } = operator;
    await page.getByText("No problems in 3 rules.").waitFor();
    await editor(operator).fill(`${rulesText}allow leave  goes  when holder\n`);
    await page.getByText("No problems in 4 rules.").waitFor();
    await operator.button("Compare and apply…").click();
    server.setRules(slug, `${rulesText}# by another operator\n`);
    await operator.button("Apply").click();
    await page.getByText("The rules were changed since you began.").waitFor();
    await operator.button("Cancel").click();
    await operator.button("Discard changes").click();
    server.setRules(slug, rulesText);
    await operator.close();
  });

  runner.test("admin: a table of cases runs against the edited rules", async () => {
    const operator = await Operator.enter(browser, server, "admin,read", "#rules/cases");
    const { page } = operator;
    const cases = page.getByLabel("Cases", { exact: true });
    await cases.fill(
      "group 6a class\nuser lea pupil@6a\nuser tom pupil@6a\nexpect lea start tom allow classmates\nexpect lea start lea allow\n",
    );
    await operator.button("Run cases").click();
    await page.getByText("1 of 2 cases not as expected").waitFor();
    await operator.button("Line 5").waitFor();
    await cases.fill("group 6a class\nuser lea pupil@6a\nuser tom pupil@6a\nexpect lea start tom allow classmates\n");
    await operator.button("Run cases").click();
    await page.getByText("1 case, all as expected").waitFor();
    await cases.fill("expect lea jump tom allow\n");
    await operator.button("Run cases").click();
    await page.getByText("1 problem").waitFor();
    await operator.close();
  });

  runner.test("admin: by keyboard alone an operator signs in and learns why a user may not write to another", async () => {
    const operator = await Operator.open(browser, server, "#explain");
    const { page } = operator;
    const { keyboard } = page;
    await hasFocus(page.getByLabel("API key", { exact: true }));
    await keyboard.type(makeKey(server, "read"));
    await keyboard.press("Enter");
    await operator.heading("May they write?");
    /** Presses Tab until an element has the focus. */
    const tabTo = async (locator) => {
      for (let presses = 0; presses < 40; presses += 1) {
        if (await locator.evaluate((element) => element.matches(":focus"))) return;
        await keyboard.press("Tab");
      }
      assert.fail("Tab does not lead there");
    };
    const pick = async (label, text, name) => {
      await tabTo(page.getByRole("combobox", { name: label }));
      await keyboard.type(text);
      await page.getByRole("option", { name }).first().waitFor();
      await keyboard.press("Enter");
    };
    await pick("May", "lea mar", "Léa Martin");
    await pick("a user", "tom", "Tom N");
    await page.getByRole("heading", { name: "Yes: write to (start a conversation)" }).waitFor();
    await page.getByText("both in class `6a`").first().waitFor();
    await tabTo(operator.button("Other way round"));
    await keyboard.press("Enter");
    await page.getByText("Tom N").first().waitFor();
    const as = page.getByRole("combobox", { name: "May" });
    await until(
      "swapped",
      () => as.inputValue(),
      (value) => value === "tom",
    );
    await keyboard.press("Shift+Tab");
    await keyboard.press("Control+A");
    await keyboard.type("lea mar");
    await page.getByRole("option", { name: "Léa Martin" }).waitFor();
    // Enter chooses of the suggestions for the typed text, which have not arrived, and not of those for the text before.
    await keyboard.press("Control+A");
    await keyboard.type("ada");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "No: write to (start a conversation)" }).waitFor();
    await until(
      "the address",
      () => page.url(),
      (address) => address.includes("as=tom&to=ada"),
    );
    await page.getByText("The user is told").waitFor();
    const denied = operator.row("classmates");
    await denied.getByText("does not apply").first().waitFor();
    await operator.close();
  });

  runner.test("admin: the directory is shown as a user sees it", async () => {
    const operator = await Operator.enter(browser, server, "read,act,provision", "#users/lea");
    const { page } = operator;
    await page.getByRole("heading", { name: "Whom the user finds" }).waitFor();
    const found = page.locator("admin-reach");
    await found.getByRole("row").filter({ hasText: "tom" }).getByText("allowed").waitFor();
    await until("a classmate and the one imported", () => found.locator("tbody tr").count(), equals(2));
    await found.getByRole("row").filter({ hasText: "tom" }).getByRole("link", { name: "Why?" }).click();
    await page.getByRole("heading", { name: "Yes: write to (start a conversation)" }).waitFor();
    await page.getByRole("button", { name: /^find\s*: allowed$/ }).click();
    await page.getByRole("heading", { name: "Yes: find" }).waitFor();
    await operator.close();
  });

  runner.test("admin: a question about an unknown user or another target is answered at its field", async () => {
    const operator = await Operator.enter(browser, server, "read", "#explain?as=nobody&to=lea");
    const { page } = operator;
    await page.getByText("this tenant has no user `nobody`").waitFor();
    await page.goto(`${server.origin}/admin/#explain?as=lea&about=group&to=6a`);
    await page.getByRole("heading", { name: "No: write to the group as a whole" }).waitFor();
    await operator.close();
  });
}
