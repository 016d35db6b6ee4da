// The functions of the interface that need no browser.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CauserieError } from "causerie";
import { beforeEach, expect, test } from "vitest";
import { toConversation, toMessage } from "../../sdk/src/model.js";
import type * as wire from "../../sdk/src/wire.gen.js";
import { conversation, me, message, tom } from "../../sdk/tests/harness/fake-server.js";
import { isolated } from "../src/bidi.js";
import { dayName } from "../src/day-name.js";
import { colourOf, initials } from "../src/face.js";
import { shortDate } from "../src/format.js";
import { en } from "../src/i18n/en.js";
import { fr } from "../src/i18n/fr.js";
import { explain, setLanguage } from "../src/i18n/index.js";
import { linkify } from "../src/linkify.js";
import { groupMessages } from "../src/message-groups.js";
import { titleOf } from "../src/names.js";
import { noticeOf } from "../src/notice.js";
import { ago } from "../src/presence-text.js";

beforeEach(async () => void (await setLanguage(["en-US"])));

test("the first known language is used", async () => {
  expect(await setLanguage(["de-DE", "fr-CA", "en"])).toBe(fr);
  expect(await setLanguage(["de"])).toBe(en);
});

test("both languages have sentences for the same errors", () => {
  expect(Object.keys(fr.errors).sort()).toEqual(Object.keys(en.errors).sort());
  expect(explain(new Error("x"))).toBe(en.unknownError);
});

test("French texts have no plain space before ! ? ; and :", () => {
  const texts = readFileSync(join(import.meta.dirname, "../src/i18n/fr.ts"), "utf8").match(/"[^"]*"|`[^`]*`/g) ?? [];
  expect(texts.filter((text) => / [!?;:]/.test(text))).toEqual([]);
});

/** All texts of a dictionary; those with arguments, with names and a number. */
function textsOf(texts: object): string[] {
  return Object.values(texts).flatMap((text) => {
    if (typeof text === "object") return textsOf(text);
    return typeof text === "function" ? [text(3, "Tom"), text("Tom", "Tom")] : text;
  });
}

test("texts say who can do what, in the words of users, and French ones assume no gender of the reader", () => {
  const english = /can.t be written to|those who run|accept the request of|not open to|rules don.t allow|were disconnected/i;
  expect(textsOf(en).filter((text) => english.test(text))).toEqual([]);
  const french = /déconnecté|\babandonner|^vu\b|\bvous (?:êtes|avez été|aura|serez) (?!en )\p{L}+é\b/iu;
  expect(textsOf(fr).filter((text) => french.test(text))).toEqual([]);
});

test("an application replaces texts of the language that is shown", async () => {
  const own = { en: { reachRules: "Your class." }, fr: { reachRules: "Votre classe." } };
  expect((await setLanguage(["fr"], own)).reachRules).toBe("Votre classe.");
  expect((await setLanguage(["en"], own)).reachRules).toBe("Your class.");
  expect((await setLanguage(["en"], own)).send).toBe(en.send);
  expect(await setLanguage(["en"])).toBe(en);
});

test("errors have sentences in both languages, and special ones for starting a conversation", () => {
  expect(Object.keys(fr.startErrors).sort()).toEqual(Object.keys(en.startErrors).sort());
  expect(Object.keys(fr.startGroupErrors).sort()).toEqual(Object.keys(en.startGroupErrors).sort());
  const refusal = (name: string) => new CauserieError({ code: 199, name });
  expect(explain(refusal("needs_friend"))).toBe(en.errors.needs_friend);
  expect(explain(refusal("not_found"), en.startErrors)).toBe(en.startErrors.not_found);
  expect(explain(refusal("messaging_off"), en.startErrors)).toBe(en.errors.messaging_off);
  expect(explain(refusal("newer_than_this_client"))).toBe(en.unknownError);
  // The client's own findings and close codes of the server: there is no connection.
  expect(explain(new CauserieError({ name: "unreachable" }))).toBe(en.errors.unavailable);
  expect(explain(new CauserieError({ code: 4400, name: "overloaded" }))).toBe(en.errors.unavailable);
});

test("every error of the rules has a sentence", () => {
  const proto = readFileSync(join(import.meta.dirname, "../../../../../protocol/proto/causerie/v1/code.proto"), "utf8");
  const names = [...proto.matchAll(/ERROR_CODE_(\w+) = (2[5-9]\d);/g)].map(([, name = ""]) => name.toLowerCase());
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !en.errors[name])).toEqual([]);
});

test("the notice says why the user can't write: the state, the other user, or the rules", () => {
  const notice = (more: wire.Conversation) =>
    noticeOf(toConversation(conversation("c1", 0, { capabilities: [], ...more })), "lea");
  const with_ = (status: wire.UserStatus) => notice({ members: [{ user: me }, { user: { ...tom, status } }] });
  expect(notice({ capabilities: ["CAPABILITY_SEND"] })).toBe("");
  expect(notice({ state: "CONVERSATION_STATE_CLOSED" })).toBe(en.closedConversation);
  expect(notice({ state: "CONVERSATION_STATE_CLOSED", capabilities: ["CAPABILITY_REOPEN"] })).toBe(en.closedReopenable);
  expect(notice({ state: "CONVERSATION_STATE_LOCKED" })).toBe(en.lockedConversation);
  expect(with_("USER_STATUS_REMOVED")).toBe(en.peerRemoved("Tom Petit"));
  expect(with_("USER_STATUS_INVITED")).toBe(en.peerInactive("Tom Petit"));
  expect(with_("USER_STATUS_ACTIVE")).toBe(en.cannotSendTo("Tom Petit"));
  expect(notice({ kind: "CONVERSATION_KIND_GROUP" })).toBe(en.cannotSend);
  expect(notice({ kind: "CONVERSATION_KIND_MAIL" })).toBe(en.mailIsOneMessage);
  expect(notice({ cannotSend: "ERROR_CODE_NEEDS_FRIEND" })).toBe(en.errors.needs_friend);
  expect(notice({ cannotSend: "ERROR_CODE_MESSAGING_OFF", kind: "CONVERSATION_KIND_GROUP" })).toBe(en.errors.messaging_off);
  expect(notice({ cannotSend: "ERROR_CODE_CANNOT_START" })).toBe(en.cannotSendTo("Tom Petit"));
  expect(notice({ cannotSend: "ERROR_CODE_CLOSED", state: "CONVERSATION_STATE_CLOSED" })).toBe(en.closedConversation);
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

test("colours are stable and evenly used", () => {
  expect(colourOf("lea")).toBe(colourOf("lea"));
  const used = new Set(Array.from({ length: 100 }, (_, index) => colourOf(`person-${index}`)));
  expect(used.size).toBe(10);
});

test("the title of a conversation is the other user, the subject, or the members", () => {
  const direct = toConversation(conversation("c1"));
  expect(titleOf(direct, "lea")).toBe("Tom Petit");
  expect(titleOf(direct, "tom")).toBe("Léa Martin");
  const group = conversation("c2", 0, { kind: "CONVERSATION_KIND_GROUP" });
  expect(titleOf(toConversation({ ...group, subject: "Trip" }), "lea")).toBe("Trip");
  expect(titleOf(toConversation(group), "lea")).toBe("Tom Petit");
  expect(titleOf(toConversation({ kind: "CONVERSATION_KIND_NOTE_TO_SELF" }), "lea")).toBe("Note to self");
});

test("messages are grouped by author, time and day, and the first new one is marked", () => {
  const at = (seq: number, authorId: string, sentAt: string) => toMessage(message("c1", seq, { authorId, sentAt }));
  const placed = groupMessages(
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

test("dates are written in words", async () => {
  const now = new Date(2026, 10, 20, 12, 0);
  expect(dayName(new Date(2026, 10, 20, 1), now)).toBe("Today");
  expect(dayName(new Date(2026, 10, 19, 23), now)).toBe("Yesterday");
  expect(dayName(new Date(2026, 10, 17), now)).toBe("Tuesday");
  expect(dayName(new Date(2025, 2, 3), now)).toBe("March 3, 2025");
  expect(shortDate(new Date(2026, 10, 19), now)).toBe("Yesterday");
  expect(ago(new Date(2026, 10, 20, 11, 55), now)).toBe("5 minutes ago");
  await setLanguage(["fr"]);
  expect(dayName(new Date(2025, 2, 3), now)).toBe("3 mars 2025");
  expect(ago(new Date(2026, 10, 20, 10, 0), now)).toBe("il y a 2 heures");
  expect(shortDate(new Date(Number.NaN), now)).toBe("");
});

test("a name does not change the writing direction of the text around it", () => {
  for (const [text, shown] of [
    ["Léa Martin", "Léa Martin"],
    ["🦊", "🦊"],
    ["שלום", "\u2068שלום\u2069"],
    ["evil\u202eeman", "\u2068evil\u202eeman\u2069"],
    ["a\u2069b", "\u2068ab\u2069"],
    ["a\u2067b", "\u2068a\u2067b\u2069\u2069"],
  ] as const) {
    expect(isolated(text)).toBe(shown);
  }
  const evil = { ...tom, name: "evil\u202eeman" };
  const direct = toConversation(conversation("c1", 0, { members: [{ user: me }, { user: evil }] }));
  expect(titleOf(direct, "lea")).toBe("\u2068evil\u202eeman\u2069");
  const group = toConversation(conversation("c1", 0, { kind: "CONVERSATION_KIND_GROUP", subject: "\u202egro" }));
  expect(titleOf(group, "lea")).toBe("\u2068\u202egro\u2069");
  expect(
    noticeOf(toConversation(conversation("c1", 0, { capabilities: [], members: [{ user: me }, { user: evil }] })), "lea"),
  ).toContain("\u2068evil\u202eeman\u2069");
  expect(initials("\u2068שלום עולם\u2069")).toBe("שע");
});
