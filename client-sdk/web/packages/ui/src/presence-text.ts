import type { Presence } from "causerie";
import { ago } from "./format.js";
import { strings } from "./i18n/index.js";

/** `Online`, `Last seen 5 minutes ago`, `Offline`; empty when nothing is known. */
export function presenceText(presence: Presence | undefined): string {
  if (presence?.online) return strings.online;
  if (presence?.lastSeenAt) return strings.lastSeen(ago(presence.lastSeenAt, new Date()));
  return presence ? strings.offline : "";
}
