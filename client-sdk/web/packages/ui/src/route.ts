// Routes of the messenger, as pure functions: the list, a conversation, or a chat with a user without a conversation.

/** A parsed route. */
export type Route =
  | { readonly kind: "list" }
  | { readonly kind: "conversation"; readonly id: string }
  | { readonly kind: "user"; readonly userId: string };

const userPrefix = "to/";
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Parses a route. */
export function parseRoute(route: string): Route {
  if (!route) return { kind: "list" };
  if (route.startsWith(userPrefix)) return { kind: "user", userId: route.slice(userPrefix.length) };
  return { kind: "conversation", id: route };
}

/** The route of a chat with a user. */
export function routeOfUser(userId: string): string {
  return userPrefix + userId;
}

/** Whether a text is a UUID, as all ids of the server are. Other ids need no request. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
