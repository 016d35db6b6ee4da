import type { Conversation, Message } from "causerie";
import { strings } from "./i18n/index.js";
import { copyIcon, deleteIcon, editIcon } from "./icons.js";
import type { MenuItem } from "./popup.js";

/** The entries of the menu of a message. `fire` dispatches `causerie-edit` or `causerie-delete`. */
export function messageActions(
  message: Message,
  { capabilities }: Conversation,
  isOwn: boolean,
  fire: (name: string, message: Message) => void,
): readonly MenuItem[] {
  if (message.deletedAt) return [];
  const items: MenuItem[] = [];
  // Browsers offer no clipboard to pages without TLS.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard) {
    const copy = (): void => void clipboard.writeText(message.text).catch(() => {});
    items.push({ icon: copyIcon, label: strings.copy, run: copy });
  }
  if (isOwn && capabilities.has("edit")) {
    items.push({ icon: editIcon, label: strings.edit, run: () => fire("causerie-edit", message) });
  }
  if (isOwn && capabilities.has("delete")) {
    items.push({ icon: deleteIcon, label: strings.delete, run: () => fire("causerie-delete", message) });
  }
  return items;
}
