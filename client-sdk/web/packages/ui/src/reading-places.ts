// Where the user left each conversation, for as long as the page exists.
import type { Client } from "causerie";

/** A message and its distance from the top of the visible part, in pixels. */
export interface ReadingPlace {
  readonly seq: number;
  readonly top: number;
}

const places = new WeakMap<Client, Map<string, ReadingPlace>>();

/** Remembers a place in a conversation; `undefined` for its end. */
export function leavePlace(client: Client, conversationId: string, place: ReadingPlace | undefined): void {
  let ofClient = places.get(client);
  if (!ofClient) places.set(client, (ofClient = new Map()));
  if (place) ofClient.set(conversationId, place);
  else ofClient.delete(conversationId);
}

/** The place at which the user left a conversation; `undefined` for its end. */
export function placeIn(client: Client, conversationId: string): ReadingPlace | undefined {
  return places.get(client)?.get(conversationId);
}
