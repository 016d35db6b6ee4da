// Texts in several languages. Each file of the build has the texts that it shows, in English and French; `texts-ar.ts` has all of them in Arabic.
// The texts of the messenger are in `@causerie/ui/i18n`.

/** Texts of a page, by name. A text that replaces a function has `{0}` and `{1}` in place of its arguments. */
export type Overrides = Readonly<Record<string, string>>;

/** The same texts in each language that a file has. */
export interface Dictionaries<Texts> {
  readonly en: Texts;
  readonly fr: Texts;
}

/** The texts in the first of the languages that is available, English in place of Arabic, with the overrides. */
export function choose<Texts>({ en, fr }: Dictionaries<Texts>, languages: readonly string[], overrides: Overrides): Texts {
  // The list has an entry in French after entries in unknown languages only.
  const isFrench = /^((?!ar|en)[^,]*,)*fr\b/i.test(languages.join());
  return { ...(isFrench ? fr : en), ...overrides };
}

/** The texts of the launcher; `{count}` is the number of unread messages. */
export interface LauncherTexts {
  /** The name of the launcher and of the panel for screen readers. */
  launcher: string;
  /** The name of the launcher while there is one unread message. */
  launcherOneUnread: string;
  /** The same for several. */
  launcherUnread: string;
  /** The label of the buttons that close the panel. */
  closePanel: string;
}

export const launcherTexts: Dictionaries<LauncherTexts> = {
  en: {
    launcher: "Messages",
    launcherOneUnread: "Messages, 1 unread",
    launcherUnread: "Messages, {count} unread",
    closePanel: "Close messages",
  },
  fr: {
    launcher: "Messages",
    launcherOneUnread: "Messages, 1 non lu",
    launcherUnread: "Messages, {count} non lus",
    closePanel: "Fermer les messages",
  },
};
