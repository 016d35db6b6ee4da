import type { Capability, Message } from "causerie";
import { editIcon } from "./conversation-icons.js";
import { strings } from "./i18n/index.js";
import { copyIcon, deleteIcon, infoIcon, linkIcon } from "./menu-icons.js";
import type { MenuItem } from "./popup.js";

/** What the menu of a message is made from. */
export interface MessageMenu {
  readonly message: Message;
  /** What the connected user may do in the conversation. */
  readonly capabilities: ReadonlySet<Capability>;
  readonly isOwn: boolean;
  /** The address of the message; `undefined` when the page has no addresses. */
  readonly address: string | undefined;
  /** Dispatches `causerie-edit`, `causerie-delete` or `causerie-delete-copy`. */
  readonly fire: (name: string) => void;
  readonly showDetails: () => void;
}

/** The entries of the menu of a message. */
export function messageActions(menu: MessageMenu): readonly MenuItem[] {
  const { message, capabilities, isOwn, address, fire, showDetails } = menu;
  if (message.deletedAt) return [];
  const items: MenuItem[] = [];
  // Browsers offer no clipboard to pages without TLS.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  const copy = (text: string): void => void clipboard?.writeText(text).catch(() => {});
  if (clipboard) items.push({ icon: copyIcon, label: strings.copy, run: () => copy(message.text) });
  if (clipboard && address) items.push({ icon: linkIcon, label: strings.copyLink, run: () => copy(address) });
  items.push({ icon: infoIcon, label: strings.details, run: showDetails });
  if (isOwn && capabilities.has("edit")) items.push({ icon: editIcon, label: strings.edit, run: () => fire("causerie-edit") });
  if (capabilities.has("delete_own_copy"))
    items.push({ icon: deleteIcon, label: strings.deleteForMe, run: () => fire("causerie-delete-copy") });
  if (isOwn && capabilities.has("delete")) {
    const label = capabilities.has("delete_own_copy") ? strings.deleteForAll : strings.delete;
    items.push({ icon: deleteIcon, label, run: () => fire("causerie-delete") });
  }
  return items;
}
