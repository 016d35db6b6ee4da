import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { dayName } from "./day-name.js";
import type { MessageElement } from "./message.js";
import { firstIndex, renderedMessages } from "./scroll-anchor.js";
import { base } from "./styles.js";

/** The date disappears this long after the last scrolling, in milliseconds. */
const staysMs = 1_200;

/** The height of a separator of days with its margins, in pixels. */
const separatorPx = 46;

/** The day to show above the visible messages; `undefined` where a separator of days says it. */
function dayInView(scroller: Element): Date | undefined {
  const messages = renderedMessages(scroller);
  const { top } = scroller.getBoundingClientRect();
  const index = firstIndex(messages, (box) => box.bottom > top + 1);
  const isNearTop = (message: MessageElement): boolean => {
    const distance = message.getBoundingClientRect().top - top;
    return message.day !== "" && distance > -separatorPx && distance < separatorPx;
  };
  return messages.slice(index, index + 2).some(isNearTop) ? undefined : messages[index]?.message?.sentAt;
}

/** The day of the first visible message, above the messages while the user scrolls. Screen readers read the separators instead. */
@customElement("causerie-floating-date")
export class FloatingDate extends LitElement {
  @state() private day = "";
  /** Whether the date is visible. */
  @property({ type: Boolean, reflect: true }) shown = false;

  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset-block-start: 8px;
        inset-inline: 0;
        z-index: 1;
        display: flex;
        justify-content: center;
        font-size: 0.8125rem;
        font-weight: 600;
        color: var(--muted);
        opacity: 0;
        transition: opacity 0.2s;
        pointer-events: none;
      }
      :host([shown]) {
        opacity: 1;
      }
      span {
        padding: 3px 12px;
        border: 1px solid var(--border);
        border-radius: 12px;
        background: var(--raised);
      }
    `,
  ];

  /** Shows the day of the visible messages for a moment. */
  show(scroller: Element): void {
    const day = dayInView(scroller);
    if (!day) return this.#hide();
    clearTimeout(this.#timer);
    this.day = dayName(day, new Date());
    this.shown = true;
    this.#timer = setTimeout(() => this.#hide(), staysMs);
  }

  #hide(): void {
    clearTimeout(this.#timer);
    this.shown = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#hide();
  }

  protected override render(): unknown {
    return html`<span aria-hidden="true">${this.day}</span>`;
  }
}
