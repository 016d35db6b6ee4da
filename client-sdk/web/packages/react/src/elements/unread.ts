import "@causerie/widget";
import type { CauserieUnread as UnreadElement } from "@causerie/widget";
import { createElement, type ReactElement } from "react";
import type { ElementProps } from "./element.js";

/** The properties of `CauserieUnread`. */
export type CauserieUnreadProps = ElementProps<UnreadElement, unknown>;

/** The number of unread messages, for a navigation bar; nothing when there are none: `<causerie-unread>`. */
export function CauserieUnread({ className, ...others }: CauserieUnreadProps): ReactElement {
  return createElement("causerie-unread", { ...others, class: className });
}
