// @vitest-environment happy-dom
// The keys of the text field. e2e/writing.mjs checks the same in a browser.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Composer } from "../src/composer.js";
import { Drafts } from "../src/drafts.js";
import { setEnterKey } from "../src/enter-key.js";
import { setLanguage } from "../src/i18n/index.js";

beforeEach(async () => {
  localStorage.clear();
  await setLanguage(["en"]);
});
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

/** A text field, and the texts that it sends. */
async function open() {
  const composer = new Composer();
  composer.drafts = new Drafts("lea", undefined);
  composer.conversationId = "c1";
  composer.textBytesMax = 100;
  document.body.append(composer);
  await composer.updateComplete;
  const sent: string[] = [];
  composer.addEventListener("causerie-send", (event) => sent.push((event as CustomEvent<string>).detail));
  const field = () => composer.shadowRoot?.querySelector("textarea") as HTMLTextAreaElement;
  const type = async (text: string) => {
    field().value = text;
    field().setSelectionRange(text.length, text.length);
    field().dispatchEvent(new Event("input"));
    await composer.updateComplete;
  };
  const press = async (key: string, more: KeyboardEventInit = {}) => {
    field().dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true, ...more }));
    await composer.updateComplete;
  };
  return { composer, sent, field, type, press };
}

test("Enter sends, but not the Enter that ends a composition, in the order of events of Chromium and of Safari", async () => {
  const { sent, type, press } = await open();
  await type("にほん");
  await press("Enter", { isComposing: true, keyCode: 13 });
  await press("Enter", { isComposing: false, keyCode: 229 });
  await press("Enter", { shiftKey: true });
  expect(sent).toEqual([]);
  await press("Enter", { keyCode: 13 });
  expect(sent).toEqual(["にほん"]);
});

test("when the user has chosen so, Enter begins a new line and Ctrl+Enter sends", async () => {
  setEnterKey("newline");
  const { sent, field, type, press } = await open();
  expect(field().getAttribute("enterkeyhint")).toBe("enter");
  await type("a");
  await press("Enter");
  expect(sent).toEqual([]);
  await press("Enter", { ctrlKey: true });
  expect(sent).toEqual(["a"]);
});

test("on touch screens Enter begins a new line", async () => {
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: query.includes("coarse") }));
  const { sent, type, press } = await open();
  await type("a");
  await press("Enter");
  expect(sent).toEqual([]);
});

test("a text beyond the limit says how many characters are too many, and is not sent", async () => {
  const { composer, sent, type, press } = await open();
  const limit = () => composer.shadowRoot?.querySelector(".limit")?.textContent?.trim();
  await type("a".repeat(95));
  expect(limit()).toBe("5 characters left");
  await type("é".repeat(51));
  expect(limit()).toBe("1 character too many");
  await press("Enter");
  expect(sent).toEqual([]);
});

test("emoji are offered for a name, chosen by keyboard, and Escape keeps the text", async () => {
  const { composer, field, type, press } = await open();
  const offered = () =>
    [...(composer.shadowRoot?.querySelectorAll("[role=option]") ?? [])].map((each) => each.textContent?.trim());
  await type("well done :tad");
  await vi.waitFor(() => expect(offered()[0]).toContain("🎉"));
  expect(field().getAttribute("aria-activedescendant")).toBe("emoji-0");
  await press("ArrowDown");
  await press("ArrowUp");
  await press("Enter");
  expect(field().value).toBe("well done 🎉 ");
  expect(offered()).toEqual([]);
  await type(":smile:");
  await vi.waitFor(() => expect(field().value).toBe("😄 "));
  await type(":hea");
  await vi.waitFor(() => expect(offered().length).toBeGreaterThan(2));
  await press("Escape");
  expect(offered()).toEqual([]);
  expect(field().value).toBe(":hea");
});

test("the panel of emoji is searched and used by keyboard, inserts at the caret, and remembers the chosen emoji", async () => {
  const { composer, field, type } = await open();
  await type("ab");
  field().setSelectionRange(1, 1);
  const button = composer.shadowRoot?.querySelector(".open-emoji") as HTMLElement;
  button.click();
  const panel = () => composer.shadowRoot?.querySelector("causerie-emoji-picker")?.shadowRoot;
  const grid = () => [...(panel()?.querySelectorAll<HTMLElement>(".grid button") ?? [])];
  await vi.waitFor(() => expect(grid().length).toBeGreaterThan(100));
  expect(button.getAttribute("aria-expanded")).toBe("true");
  const search = panel()?.querySelector("input") as HTMLInputElement;
  search.value = "waffle";
  search.dispatchEvent(new Event("input"));
  await vi.waitFor(() => expect(grid().map((each) => each.getAttribute("aria-label"))).toEqual(["waffle"]));
  search.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  await composer.updateComplete;
  expect(field().value).toBe("a🧇b");
  expect(panel()).toBeUndefined();
  button.click();
  await vi.waitFor(() => expect(panel()?.querySelector("[role=tab]")?.getAttribute("aria-label")).toBe("Recently used"));
  expect(grid().map((each) => each.textContent?.trim())).toEqual(["🧇"]);
  composer.shadowRoot
    ?.querySelector(".picker")
    ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", cancelable: true }));
  await composer.updateComplete;
  expect(panel()).toBeUndefined();
});
