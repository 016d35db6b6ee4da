import type { Client } from "../sdk/index.js";

/** Pages of members that are looked through for a name. */
const pagesMax = 20;

/** Whose list of members was or is being looked through, by client. */
const sought = new WeakMap<Client, Set<string>>();

/**
 * Looks for members whom the server does not tell by id: not everybody whose profile is closed to the reader is a stranger,
 * they may be in one group. The `users` event tells when a name is found.
 */
export async function seekMembers(client: Client, conversationId: string): Promise<void> {
  let asked = sought.get(client);
  if (!asked) sought.set(client, (asked = new Set()));
  if (asked.has(conversationId)) return;
  asked.add(conversationId);
  try {
    let cursor = "";
    for (let page = 0; page < pagesMax; page++) {
      ({ nextCursor: cursor } = await client.listMembers(conversationId, cursor));
      if (!cursor) return;
    }
  } catch {
    // Looked through again when the next name is missing.
    asked.delete(conversationId);
  }
}
