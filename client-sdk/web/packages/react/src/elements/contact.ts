import "@causerie/widget";
import type { ContactDetail, CauserieContact as ContactElement } from "@causerie/widget";
import { createElement, type ReactElement } from "react";
import { type ElementListener, type ElementProps, useElement, useListeners } from "./element.js";

/** The properties of `CauserieContact` that HTML does not have. */
interface ContactSettings {
  /** Your id of the user. */
  readonly user: string;
  /** Before the chat with the user is opened. `event.preventDefault()` keeps the panel closed. */
  readonly onContact?: ElementListener<ContactDetail> | undefined;
}

/** The properties of `CauserieContact`. The children are the texts of the button, as in the README of `@causerie/widget`. */
export type CauserieContactProps = ElementProps<ContactElement, ContactSettings>;

/** A button that opens the chat with a user, shown only while the user may be contacted: `<causerie-contact>`. */
export function CauserieContact({ ref, className, onContact, ...others }: CauserieContactProps): ReactElement {
  const element = useElement(ref);
  useListeners(element, { onContact });
  return createElement("causerie-contact", { ...others, ref: element, class: className });
}
