// Dates and numbers in the language of the page.
import { locale, strings } from "./i18n/index.js";

const formats = new Map<string, Intl.DateTimeFormat>();
let timeZone = "";

/** The time zone of the device, which changes when the user travels. A format of `Intl` keeps the zone in which it was made. */
export function currentTimeZone(): string {
  const current = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (current !== timeZone) formats.clear();
  return (timeZone = current);
}

/** A date in the language of the page; empty for an invalid date. */
export function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  const key = locale + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(locale, options)));
  return Number.isNaN(date.getTime()) ? "" : known.format(date);
}

/** A number in the digits of the language. */
export function digits(count: number): string {
  return count.toLocaleString(locale);
}

/** The number in a badge. */
export function badgeText(count: number): string {
  return count > 99 ? `${digits(99)}+` : digits(count);
}

/** The number of days from one date to another, in the time zone of the device. */
export function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}

/** Whether two dates are on the same day. */
export function sameDay(one: Date, other: Date): boolean {
  return daysBetween(one, other) === 0;
}

/** `14:05`. */
export function timeOfDay(date: Date): string {
  return format(date, { timeStyle: "short" });
}

/** Date and time in full, for tooltips. */
export function fullDate(date: Date): string {
  return format(date, { dateStyle: "full", timeStyle: "short" });
}

/** `14:05`, `Yesterday`, `Mon`, `3 Mar`, `03/03/24`: the date in a row of the list. */
export function shortDate(date: Date, now: Date): string {
  const days = daysBetween(date, now);
  if (days <= 0) return timeOfDay(date);
  if (days === 1) return strings.yesterday;
  if (days < 7) return format(date, { weekday: "short" });
  if (date.getFullYear() === now.getFullYear()) return format(date, { day: "numeric", month: "short" });
  return format(date, { dateStyle: "short" });
}
