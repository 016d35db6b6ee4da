import type { Client } from "causerie";
import { strings } from "./i18n/index.js";
import { nameById } from "./names.js";

/** `Tom is typing…`; empty when no user is typing. */
export function typingText(client: Client, userIds: readonly string[]): string {
  const [first, second] = userIds.slice(0, 2).map((id) => nameById(client, id) ?? strings.unnamedUser);
  if (first === undefined) return "";
  if (second === undefined) return strings.typingOne(first);
  return userIds.length === 2 ? strings.typingTwo(first, second) : strings.typingMany;
}
