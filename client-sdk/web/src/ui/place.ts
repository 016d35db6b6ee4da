// What an address names: a conversation, or a person to write to with whom there is none yet. Pure.

/** Where the messenger is. */
export type Place =
  | { readonly kind: "list" }
  | { readonly kind: "conversation"; readonly id: string }
  | { readonly kind: "person"; readonly userId: string };

const personPrefix = "to/";
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Reads an address. */
export function placeOf(address: string): Place {
  if (!address) return { kind: "list" };
  if (address.startsWith(personPrefix)) return { kind: "person", userId: address.slice(personPrefix.length) };
  return { kind: "conversation", id: address };
}

/** The address of a person to write to. */
export function addressOfPerson(userId: string): string {
  return personPrefix + userId;
}

/** The server makes ids of this form only: others need not be asked for. */
export function isId(text: string): boolean {
  return uuid.test(text);
}
