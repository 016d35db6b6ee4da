import { html, type TemplateResult } from "lit";
import "./avatar.js";
import { digits } from "./format.js";
import { strings } from "./i18n/index.js";

/** A member who has read a message. */
export interface Reader {
  readonly id: string;
  readonly name: string;
  /** The seed of the member's colour. */
  readonly colour: string;
}

/** The same list for all messages without readers, so that they are not rendered again. */
export const noReaders: readonly Reader[] = [];

/** The number of faces that are shown at most. */
const facesMax = 5;

/** A row of small faces below the last message that members have read. A press on it calls `open`. */
export function readerFaces(readers: readonly Reader[], active: boolean, open: () => void): TemplateResult {
  const label = strings.readBy(readers.map(({ name }) => name).join(strings.comma));
  const more = readers.length - facesMax;
  return html`<button class="readers" tabindex=${active ? 0 : -1} aria-label=${label} title=${label} @click=${open}>
    ${readers
      .slice(0, facesMax)
      .map(({ name, colour }) => html`<causerie-avatar .name=${name.split(" ", 1)[0] ?? ""} .key=${colour}></causerie-avatar>`)}
    ${more > 0 ? html`<span>+${digits(more)}</span>` : ""}
  </button>`;
}
