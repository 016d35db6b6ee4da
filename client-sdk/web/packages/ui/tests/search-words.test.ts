// The search in the list of conversations, and the beginnings of texts in its rows.
import { expect, test } from "vitest";
import { beginning, matchesWords } from "../src/search-words.js";

test.each([
  ["Noé Blanchard", "noe", true],
  ["Noé Blanchard", "bl no", true],
  ["Noé Blanchard", "lan", false],
  ["Maître Jean-Baptiste de la Rochefoucauld", "JEAN roche", true],
  ["Cem Yıldız", "yıl", true],
  ["Sortie au musée", "musee!", true],
  ["Sortie au musée", " ", true],
  ["", "a", false],
])("%s is found by “%s”: %s", (text, query, isFound) => {
  expect(matchesWords(text, query)).toBe(isFound);
});

test("a long text is cut, and no character is cut in half", () => {
  expect(beginning("short", 10)).toBe("short");
  expect(beginning("a".repeat(16_000), 120)).toBe(`${"a".repeat(120)}…`);
  expect(beginning("😀".repeat(5), 3)).toBe("😀😀😀…");
  expect(beginning("😀😀😀", 3)).toBe("😀😀😀");
});
