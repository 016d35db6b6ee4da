import type { Client } from "causerie";

/** The number of pages of members that are loaded at most. */
const pagesMax = 20;

/** By client: ids of the conversations whose members were loaded or are being loaded. */
const requested = new WeakMap<Client, Set<string>>();

/**
 * Loads the members of a conversation, because `getUsers` does not return users whose profile is hidden from the reader, but `listMembers`
 * returns their names. The `users` event follows when a missing name was loaded.
 */
export async function loadMemberNames(client: Client, conversationId: string): Promise<void> {
  let ids = requested.get(client);
  if (!ids) requested.set(client, (ids = new Set()));
  if (ids.has(conversationId)) return;
  ids.add(conversationId);
  try {
    let cursor = "";
    for (let page = 0; page < pagesMax; page++) {
      ({ nextCursor: cursor } = await client.listMembers(conversationId, cursor));
      if (!cursor) return;
    }
  } catch {
    // Repeated when the next name is missing.
    ids.delete(conversationId);
  }
}
