// The parts of the interface that are plain functions.
import { beforeEach, expect, test } from "vitest";
import { toConversation, toMessage } from "../src/sdk/model.js";
import { ago, dayName, shortDate } from "../src/ui/format.js";
import { en } from "../src/ui/i18n/en.js";
import { fr } from "../src/ui/i18n/fr.js";
import { explain, setLanguage } from "../src/ui/i18n/index.js";
import { linkify } from "../src/ui/linkify.js";
import { place } from "../src/ui/message-groups.js";
import { colourOf, initials, titleOf } from "../src/ui/names.js";
import { conversation, message } from "./harness/peer.js";

beforeEach(() => void setLanguage(["en-US"]));

test("takes the first language it knows", () => {
  expect(setLanguage(["de-DE", "fr-CA", "en"])).toBe(fr);
  expect(setLanguage(["de"])).toBe(en);
});

test("both languages explain the same refusals", () => {
  expect(Object.keys(fr.errors).sort()).toEqual(Object.keys(en.errors).sort());
  expect(explain(new Error("x"))).toBe(en.somethingWrong);
});

test.each([
  ["Léa Martin", "LM"],
  ["Tom", "T"],
  ["Jean-Pierre d’Artagnan", "JA"],
  ["  ", ""],
  ["😀 Smile", "😀S"],
])("initials of %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});

test("colours are stable and spread", () => {
  expect(colourOf("lea")).toBe(colourOf("lea"));
  const used = new Set(Array.from({ length: 100 }, (_, index) => colourOf(`person-${index}`)));
  expect(used.size).toBe(10);
});

test("conversations are called by the other one, the subject, or the members", () => {
  const direct = toConversation(conversation("c1"));
  expect(titleOf(direct, "lea")).toBe("Tom Petit");
  expect(titleOf(direct, "tom")).toBe("Léa Martin");
  const group = conversation("c2", 0, { kind: "CONVERSATION_KIND_GROUP" });
  expect(titleOf(toConversation({ ...group, subject: "Trip" }), "lea")).toBe("Trip");
  expect(titleOf(toConversation(group), "lea")).toBe("Tom Petit");
  expect(titleOf(toConversation({ kind: "CONVERSATION_KIND_NOTE_TO_SELF" }), "lea")).toBe("Note to self");
});

test("groups messages by author, time and day, and marks the first new one", () => {
  const at = (seq: number, authorId: string, sentAt: string) => toMessage(message("c1", seq, { authorId, sentAt }));
  const placed = place(
    [
      at(1, "lea", "2026-11-18T12:00:00Z"),
      at(2, "lea", "2026-11-18T12:04:00Z"),
      at(3, "lea", "2026-11-18T12:10:00Z"),
      at(4, "tom", "2026-11-18T12:10:01Z"),
      at(5, "tom", "2026-11-20T12:10:02Z"),
      at(6, "tom", "2026-11-20T12:10:03Z"),
    ],
    6,
  );
  const shape = placed.map(({ first, last, startsDay, startsNew }) => [first, last, startsDay, startsNew].map(Number).join(""));
  expect(shape).toEqual(["1010", "0100", "1100", "1100", "1110", "1101"]);
});

test("only web addresses become links, without the punctuation behind them", () => {
  const links = (text: string) => linkify(text).map(({ text: shown, href }) => (href ? `<${href}>` : shown));
  expect(links("see https://example.org/a?b=c, (http://x.test).")).toEqual([
    "see ",
    "<https://example.org/a?b=c>",
    ", (",
    "<http://x.test>",
    ").",
  ]);
  expect(links("javascript:alert(1) data:text/html,x //evil.test")).toEqual([
    "javascript:alert(1) data:text/html,x //evil.test",
  ]);
  expect(links('https://a.test/"onclick=1')).toEqual(["<https://a.test/>", '"onclick=1']);
  expect(links("")).toEqual([]);
});

test("dates are told as people do", () => {
  const now = new Date(2026, 10, 20, 12, 0);
  expect(dayName(new Date(2026, 10, 20, 1), now)).toBe("Today");
  expect(dayName(new Date(2026, 10, 19, 23), now)).toBe("Yesterday");
  expect(dayName(new Date(2026, 10, 17), now)).toBe("Tuesday");
  expect(dayName(new Date(2025, 2, 3), now)).toBe("March 3, 2025");
  expect(shortDate(new Date(2026, 10, 19), now)).toBe("Yesterday");
  expect(ago(new Date(2026, 10, 20, 11, 55), now)).toBe("5 minutes ago");
  setLanguage(["fr"]);
  expect(dayName(new Date(2025, 2, 3), now)).toBe("3 mars 2025");
  expect(ago(new Date(2026, 10, 20, 10, 0), now)).toBe("il y a 2 heures");
  expect(shortDate(new Date(Number.NaN), now)).toBe("");
});
