// The chosen users of a picker, as buttons that remove them.
import type { User } from "causerie";
import { html } from "lit";
import { closeIcon } from "./conversation-icons.js";
import type { UserHit } from "./directory.js";
import { strings } from "./i18n/index.js";
import { displayName } from "./names.js";

/** Whether a user can be added to a group: the rules must let the caller start a conversation with the user. */
export function startable({ can }: UserHit): boolean {
  return can.has("start");
}

/** The users without `user`, or with `user` if they did not contain it. */
export function toggled(users: readonly User[], user: User): readonly User[] {
  const others = users.filter(({ id }) => id !== user.id);
  return others.length < users.length ? others : [...users, user];
}

/** The chosen users, for the slot `between` of a picker. */
export function userChips(users: readonly User[], remove: (user: User) => void): unknown {
  if (!users.length) return "";
  return html`<div slot="between" class="chips">
    ${users.map((user) => {
      const name = displayName(user);
      return html`<button type="button" class="chip" aria-label=${strings.remove(name)} @click=${() => remove(user)}>
        <span class="clip" dir="auto">${name}</span>${closeIcon}
      </button>`;
    })}
  </div>`;
}
