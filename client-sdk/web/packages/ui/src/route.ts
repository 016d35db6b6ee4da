// Routes of the messenger, as pure functions: the list, a conversation, a chat with a user without a conversation, or a page of its own.

/**
 * A parsed route. `details`: the details of the conversation or user are shown beside the chat. `seq`: the message to show; 0 for none.
 */
export type Route =
  | { readonly kind: "list" }
  | { readonly kind: "compose" }
  | { readonly kind: "network" }
  | { readonly kind: "conversation"; readonly id: string; readonly details: boolean; readonly seq: number }
  | { readonly kind: "user"; readonly userId: string; readonly details: boolean };

/** The route of the page that starts a conversation. */
export const composeRoute = "new";
/** The route of the page with requests and friends. */
export const networkRoute = "network";

const userPrefix = "to/";
const detailsSuffix = "/details";
/** The `seq` of a message after the id of its conversation. */
const message = /^[^/]+\/(\d{1,10})$/;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Parses a route. */
export function parseRoute(route: string): Route {
  if (!route) return { kind: "list" };
  if (route === composeRoute) return { kind: "compose" };
  if (route === networkRoute) return { kind: "network" };
  const chat = chatOf(route);
  const details = route.endsWith(detailsSuffix);
  if (chat.startsWith(userPrefix)) return { kind: "user", userId: chat.slice(userPrefix.length), details };
  return { kind: "conversation", id: chat, details, seq: Number(message.exec(route)?.[1] ?? 0) };
}

/** The route of a chat with a user. */
export function routeOfUser(userId: string): string {
  return userPrefix + userId;
}

/** The route of a message. */
export function routeOfMessage(conversationId: string, seq: number): string {
  return `${conversationId}/${seq}`;
}

/** The route of a chat, without its details and without a message. */
export function chatOf(route: string): string {
  if (route.endsWith(detailsSuffix)) return route.slice(0, -detailsSuffix.length);
  return message.test(route) && !route.startsWith(userPrefix) ? route.slice(0, route.indexOf("/")) : route;
}

/** The route of a chat with its details. */
export function detailsOf(route: string): string {
  return chatOf(route) + detailsSuffix;
}

/** Whether a text is a UUID, as all ids of the server are. Other ids need no request. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
