import type { Dictionaries } from "./texts.js";

/** The texts of contact buttons, unread badges and the preview of a message. */
export interface ElementTexts {
  /** The writing direction. */
  direction: string;
  /** The label of the button that dismisses the preview of a new message. */
  dismissPeek: string;
  /** Read by screen readers in an unread badge. */
  badgeOneUnread: string;
  /** The same for several. */
  badgeUnread: string;
  /** A contact button that opens the chat with the user. */
  contact: string;
  /** A contact button that requests a relation, such as friendship. */
  contactAsk: string;
  /** In place of that button: the request was sent. */
  contactSent: string;
  /** A contact button that accepts the request of the user. */
  contactAccept: string;
}

export const elementTexts: Dictionaries<ElementTexts> = {
  en: {
    direction: "ltr",
    dismissPeek: "Dismiss",
    badgeOneUnread: "1 unread message",
    badgeUnread: "{count} unread messages",
    contact: "Message",
    contactAsk: "Ask to connect",
    contactSent: "Request sent",
    contactAccept: "Accept request",
  },
  fr: {
    direction: "ltr",
    dismissPeek: "Masquer",
    badgeOneUnread: "1 message non lu",
    badgeUnread: "{count} messages non lus",
    contact: "Écrire",
    contactAsk: "Demander à échanger",
    contactSent: "Demande envoyée",
    contactAccept: "Accepter la demande",
  },
};
