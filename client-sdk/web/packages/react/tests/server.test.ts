// @vitest-environment node
// The hooks on a server: no global of a browser exists while the package is imported and rendered.
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { Chat } from "./harness/chat.js";

test("the hooks render on a server, with empty values", () => {
  expect("document" in globalThis || "window" in globalThis).toBe(false);
  expect(renderToString(createElement(Chat, { client: undefined }))).toBe("<p>disconnected 0 0 0 0</p>");
});
