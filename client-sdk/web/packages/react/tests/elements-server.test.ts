// @vitest-environment node
// The components of the elements on a server: no global of a browser exists while they are imported and rendered.
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { CauserieChat, CauserieContact, CauserieUnread } from "../src/elements.js";

test("the components render on a server as elements without functions", () => {
  expect("document" in globalThis || "window" in globalThis).toBe(false);
  const server = "https://chat.example";
  const chat = createElement(CauserieChat, { server, keepOpen: true, getToken: () => "", onUnread: () => {} });
  expect(renderToString(chat)).toBe(`<causerie-chat server="${server}" keep-open=""></causerie-chat>`);
  const contact = createElement(CauserieContact, { user: "ivo", onContact: () => {} }, "Write to Ivo");
  expect(renderToString(contact)).toBe('<causerie-contact user="ivo">Write to Ivo</causerie-contact>');
  expect(renderToString(createElement(CauserieUnread))).toBe("<causerie-unread></causerie-unread>");
});
