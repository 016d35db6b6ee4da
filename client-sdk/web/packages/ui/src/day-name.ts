// The days between messages in words.
import { daysBetween, format } from "./format.js";
import { strings } from "./i18n/index.js";

/** `Today`, `Yesterday`, `Monday`, `3 March`, `3 March 2024`: the text of the separator between days. */
export function dayName(date: Date, now: Date): string {
  const days = daysBetween(date, now);
  if (days <= 0) return strings.today;
  if (days === 1) return strings.yesterday;
  if (days < 7) return format(date, { weekday: "long" });
  if (date.getFullYear() === now.getFullYear()) return format(date, { day: "numeric", month: "long" });
  return format(date, { day: "numeric", month: "long", year: "numeric" });
}
