// Routes of the messenger, as pure functions: the list, a conversation, a chat with a user without a conversation, or a page of its own.

/** A parsed route. `details`: the details of the conversation or user are shown beside the chat. */
export type Route =
  | { readonly kind: "list" }
  | { readonly kind: "compose" }
  | { readonly kind: "network" }
  | { readonly kind: "conversation"; readonly id: string; readonly details: boolean }
  | { readonly kind: "user"; readonly userId: string; readonly details: boolean };

/** The route of the page that starts a conversation. */
export const composeRoute = "new";
/** The route of the page with requests and friends. */
export const networkRoute = "network";

const userPrefix = "to/";
const detailsSuffix = "/details";
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Parses a route. */
export function parseRoute(route: string): Route {
  if (!route) return { kind: "list" };
  if (route === composeRoute) return { kind: "compose" };
  if (route === networkRoute) return { kind: "network" };
  const chat = chatOf(route);
  const details = chat !== route;
  if (chat.startsWith(userPrefix)) return { kind: "user", userId: chat.slice(userPrefix.length), details };
  return { kind: "conversation", id: chat, details };
}

/** The route of a chat with a user. */
export function routeOfUser(userId: string): string {
  return userPrefix + userId;
}

/** The route of a chat, without its details. */
export function chatOf(route: string): string {
  return route.endsWith(detailsSuffix) ? route.slice(0, -detailsSuffix.length) : route;
}

/** The route of a chat with its details. */
export function detailsOf(route: string): string {
  return chatOf(route) + detailsSuffix;
}

/** Whether a text is a UUID, as all ids of the server are. Other ids need no request. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
