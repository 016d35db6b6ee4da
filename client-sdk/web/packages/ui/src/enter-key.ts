// What the Enter key does in the text field of a chat.
import { browserStorage } from "./browser-storage.js";

/** `send`: Enter sends, and Shift+Enter begins a new line. `newline`: Enter begins a new line, and Ctrl+Enter or ⌘+Enter sends. */
export type EnterKey = "send" | "newline";

const storageKey = "causerie.enter";

/**
 * What Enter does: the choice of the user, or else `send` on devices with a mouse. A touch keyboard has no Shift+Enter, so that Enter begins a
 * new line there and the button sends.
 */
export function enterKey(): EnterKey {
  let chosen: string | null | undefined;
  try {
    chosen = browserStorage()?.getItem(storageKey);
  } catch {
    // The browser is set to store nothing.
  }
  if (chosen === "send" || chosen === "newline") return chosen;
  return matchMedia("(hover: none) and (pointer: coarse)").matches ? "newline" : "send";
}

/** Sets the choice of the user for this browser. */
export function setEnterKey(choice: EnterKey): void {
  try {
    browserStorage()?.setItem(storageKey, choice);
  } catch {
    // The choice can't be stored; the default stays.
  }
}
