import type { Conversation, Message } from "../sdk/index.js";
import { strings } from "./i18n/index.js";
import { copyIcon, deleteIcon, editIcon } from "./icons.js";
import type { MenuItem } from "./popup.js";

/** What may be done with a message; `fire` sends `causerie-edit` or `causerie-delete` on its way. */
export function messageActions(
  message: Message,
  { capabilities }: Conversation,
  isOwn: boolean,
  fire: (name: string, message: Message) => void,
): readonly MenuItem[] {
  if (message.deletedAt) return [];
  const items: MenuItem[] = [];
  // Pages served without TLS have no clipboard.
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
