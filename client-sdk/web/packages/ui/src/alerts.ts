// Notifications of the desktop and a sound for new messages while the user looks elsewhere. Both are off until the user turns them on.
import type { Client, Conversation, Message } from "causerie";
import { browserStorage } from "./browser-storage.js";
import { strings } from "./i18n/index.js";
import { bellIcon, soundIcon } from "./later-icons.js";
import { nameById, titleOf } from "./names.js";
import type { MenuItem } from "./popup.js";
import { isPageActive } from "./read-marker.js";
import { beginning } from "./search-words.js";

/** What the user has turned on in this browser. */
interface Settings {
  readonly notifications: boolean;
  readonly sound: boolean;
}

const key = "causerie.alerts";
const off: Settings = { notifications: false, sound: false };
/** The number of characters of a message in a notification. */
const bodyMax = 160;
/** Several messages within this time make one sound, in milliseconds. */
const soundPauseMs = 2_000;

/** The settings when the browser has no storage: they last as long as the page. */
let kept: Settings | undefined;
let audio: AudioContext | undefined;
let soundAt = 0;

/** The settings of this browser. A notification that the browser no longer allows counts as turned off. */
export function alertSettings(): Settings {
  const isAllowed = "Notification" in globalThis && Notification.permission === "granted";
  try {
    const stored = kept ?? { ...off, ...(JSON.parse(browserStorage()?.getItem(key) ?? "{}") as Partial<Settings>) };
    return { ...stored, notifications: stored.notifications && isAllowed };
  } catch {
    // Another program wrote the entry.
    return off;
  }
}

function set(change: Partial<Settings>): void {
  kept = { ...alertSettings(), ...change };
  try {
    browserStorage()?.setItem(key, JSON.stringify(kept));
  } catch {
    // The storage is full: the settings last as long as the page.
  }
}

/** The entries of the menu of settings. `report` is called with a sentence when an entry has no effect. */
export function alertItems(report: (problem: string) => void): readonly MenuItem[] {
  const { notifications, sound } = alertSettings();
  const items: MenuItem[] = [
    {
      icon: soundIcon,
      label: sound ? strings.turnOffSound : strings.turnOnSound,
      run: () => {
        set({ sound: !sound });
        // A browser plays a sound only after a gesture of the user, such as this one.
        if (!sound) play();
      },
    },
  ];
  if (!("Notification" in globalThis)) return items;
  const ask = async (): Promise<void> => {
    const isAllowed = (await Notification.requestPermission()) === "granted";
    set({ notifications: isAllowed });
    if (!isAllowed) report(strings.notificationsBlocked);
  };
  const label = notifications ? strings.turnOffNotifications : strings.turnOnNotifications;
  return [{ icon: bellIcon, label, run: () => (notifications ? set({ notifications: false }) : void ask()) }, ...items];
}

/**
 * Alerts the user to messages of others while the page is not active. A click on a notification calls `open` with the conversation. Returns
 * a function that ends this.
 */
export function startAlerts(client: Client, open: (conversationId: string) => void): () => void {
  /** One notification for each conversation; a newer one replaces it. */
  const shown = new Map<string, Notification>();
  const close = (id: string): void => {
    shown.get(id)?.close();
    shown.delete(id);
  };
  const alert = ({ conversation, message }: { conversation: Conversation; message: Message }): void => {
    if (message.authorId === client.me?.id || message.deletedAt || isPageActive()) return;
    const { notifications, sound } = alertSettings();
    if (sound) play();
    if (!notifications) return;
    const { title, body } = notificationOf(client, conversation, message);
    const notification = new Notification(title, { body, tag: conversation.id });
    notification.onclick = () => {
      window.focus();
      open(conversation.id);
      close(conversation.id);
    };
    shown.set(conversation.id, notification);
  };
  /** A conversation that was read, on this or another device, needs no notification. */
  const closeRead = (): void => {
    for (const id of [...shown.keys()]) if (!client.conversation(id)?.readState.unread) close(id);
  };
  const stops = [client.on("message", alert), client.on("conversations", closeRead)];
  return () => {
    for (const stop of stops) stop();
    for (const id of [...shown.keys()]) close(id);
  };
}

/** The title and text of a notification. */
export function notificationOf(client: Client, conversation: Conversation, message: Message): { title: string; body: string } {
  const text = beginning(message.text, bodyMax);
  const author = conversation.kind === "group" ? nameById(client, message.authorId) : undefined;
  return { title: titleOf(conversation, client.me?.id), body: author ? strings.authoredText(author, text) : text };
}

/** Plays two short tones. Without a gesture of the user before it, the browser plays nothing. */
function play(): void {
  if (Date.now() - soundAt < soundPauseMs) return;
  soundAt = Date.now();
  try {
    audio ??= new AudioContext();
    const context = audio;
    void context.resume();
    for (const [index, hertz] of [660, 880].entries()) {
      const [tone, volume] = [context.createOscillator(), context.createGain()];
      const start = context.currentTime + index * 0.12;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.26);
    }
  } catch {
    // The device has no sound.
  }
}
