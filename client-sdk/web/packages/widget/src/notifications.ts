// Announces new messages: a sound, and a notification of the browser. One tab announces each message.
import type { Conversation, Message, User } from "causerie";
import type { Tabs } from "./tabs.js";

const nameOf = (user: User | undefined): string => user?.name || user?.externalId || "";

/** Plays two short notes. Browsers play sounds only after the user has used the page; a page of its own file needs no sound file. */
export function playSound(): void {
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.connect(audio.destination);
  gain.gain.setValueAtTime(0.08, audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
  for (const [at, frequency] of [
    [0, 660],
    [0.12, 880],
  ] as const) {
    const note = audio.createOscillator();
    note.frequency.value = frequency;
    note.connect(gain);
    note.start(audio.currentTime + at);
    note.stop(audio.currentTime + 0.35);
  }
  setTimeout(() => void audio.close(), 1_000);
}

/** Asks whether notifications may be shown, unless the user has decided before. To be called after a click. */
export function askForNotifications(): void {
  if (globalThis.Notification?.permission === "default") void Notification.requestPermission();
}

/** A hidden tab leaves a message to a visible one for this long, in milliseconds. */
const hiddenDelayMs = 300;

/** A new message of another user. */
export interface Arrival {
  readonly conversation: Conversation;
  readonly message: Message;
  /** Whether the user sees the message in this tab: then no tab announces it. */
  readonly isSeen: boolean;
}

/** Announces a message, as `kinds` says (`sound`, `desktop`), in one of the tabs. `open` is called when the user clicks the notification. */
export async function announce(
  { conversation, message, isSeen }: Arrival,
  kinds: string,
  tabs: Tabs,
  open: () => void,
): Promise<void> {
  const wanted = kinds.split(/\s+/);
  const isHidden = document.visibilityState === "hidden";
  if (isHidden) await new Promise((later) => setTimeout(later, hiddenDelayMs));
  // A tab that may not play sounds leaves the sound to another tab.
  const mayPlay = isSeen || navigator.userActivation?.hasBeenActive;
  if (wanted.includes("sound") && mayPlay && (await tabs.claim(`sound/${message.id}`)) && !isSeen) playSound();
  if (!wanted.includes("desktop") || !(await tabs.claim(`desktop/${message.id}`)) || !isHidden) return;
  if (globalThis.Notification?.permission !== "granted") return;
  const author = conversation.members.find(({ user }) => user.id === message.authorId)?.user;
  const title = conversation.subject || nameOf(author);
  const notification = new Notification(title, { body: message.text.slice(0, 200), tag: conversation.id });
  notification.onclick = () => {
    window.focus();
    open();
    notification.close();
  };
}
