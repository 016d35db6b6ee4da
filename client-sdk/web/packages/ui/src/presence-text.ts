import type { Presence } from "causerie";
import { locale, strings } from "./i18n/index.js";

/** `Online`, `Last seen 5 minutes ago`, `Offline`; empty when nothing is known. */
export function presenceText(presence: Presence | undefined): string {
  if (presence?.online) return strings.online;
  if (presence?.lastSeenAt) return strings.lastSeen(ago(presence.lastSeenAt, new Date()));
  return presence ? strings.offline : "";
}

/** `5 minutes ago`, `2 days ago`: the time since a user was online. */
export function ago(date: Date, now: Date): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const minutes = Math.max(Math.round((now.getTime() - date.getTime()) / 60_000), 0);
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), "hour");
  return relative.format(-Math.round(minutes / 1_440), "day");
}
