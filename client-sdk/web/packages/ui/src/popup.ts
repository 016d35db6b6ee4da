import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import { locale } from "./i18n/index.js";
import { base } from "./styles.js";

/** One entry of a menu. */
export interface MenuItem {
  readonly icon: unknown;
  readonly label: string;
  readonly run: () => void;
}

/** In a window narrower than this, the menu is a sheet at the bottom. */
const narrow = "(max-width: 719px)";
/** The distance between the menu and the edges of the window, in pixels. */
const marginPx = 8;

/**
 * A menu above all other content: beside its anchor or, in a narrow window, as a sheet at the bottom. Closes on Escape, a choice, a press
 * outside, or scrolling. The arrow keys, Home, End and the first letters of the entries move through the entries and wrap around.
 */
@customElement("causerie-popup")
export class Popup extends LitElement {
  @state() private items: readonly MenuItem[] = [];
  @state() private label = "";
  @state() private sheet = false;

  #anchor: HTMLElement | undefined;
  #returnTo: HTMLElement | undefined;
  /** Whether a press has begun since the sheet was opened: the end of the long press that opened it must neither close it nor choose. */
  #armed = false;

  static override styles = [
    base,
    css`
      .popup {
        margin: 0;
        padding: 6px;
        border: 1px solid var(--border);
        background: var(--raised);
        color: var(--text);
        box-shadow: var(--shadow);
      }
      .menu {
        position: fixed;
        inset: auto;
        min-width: 168px;
        max-width: calc(100vw - 16px);
        border-radius: 14px;
      }
      .sheet {
        position: fixed;
        inset: auto 0 0;
        width: 100%;
        max-width: 560px;
        max-height: 80dvh;
        margin-inline: auto;
        padding: 8px 10px max(10px, env(safe-area-inset-bottom));
        border-width: 1px 0 0;
        border-radius: 20px 20px 0 0;
        overflow-y: auto;
        animation: rise 0.16s ease-out;
      }
      .sheet::before {
        content: "";
        display: block;
        width: 36px;
        height: 4px;
        margin: 2px auto 8px;
        border-radius: 2px;
        background: var(--border);
      }
      .sheet::backdrop {
        background: rgb(10 10 20 / 45%);
      }
      @keyframes rise {
        from {
          transform: translateY(24px);
          opacity: 0;
        }
      }
      .popup button {
        width: 100%;
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 38px;
        padding: 0 10px;
        border-radius: 9px;
        text-align: start;
        white-space: nowrap;
      }
      .sheet button {
        min-height: 50px;
        gap: 14px;
        padding: 0 14px;
        border-radius: 12px;
        font-size: 1rem;
        white-space: normal;
      }
      .popup button:hover,
      .popup button:focus-visible {
        background: var(--hover);
        outline-offset: -2px;
      }
      @media (forced-colors: active) {
        .popup button:focus-visible {
          outline-color: Highlight;
        }
      }
      .popup .icon {
        flex: none;
        width: 19px;
        height: 19px;
        color: var(--muted);
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close(false);
  }

  /**
   * Opens beside `anchor`, or closes when it is open beside that anchor. Closing focuses `returnTo`.
   */
  async show(label: string, items: readonly MenuItem[], anchor: HTMLElement, returnTo = anchor): Promise<void> {
    const again = this.#anchor === anchor;
    this.#close(again);
    if (again || !items.length) return;
    this.label = label;
    this.items = items;
    this.sheet = matchMedia(narrow).matches;
    this.#anchor = anchor;
    this.#returnTo = returnTo;
    this.#armed = false;
    this.#setExpanded(true);
    await this.updateComplete;
    // Closed in the meantime.
    if (this.#anchor !== anchor) return;
    const popup = this.renderRoot.querySelector<HTMLElement>(".popup");
    if (popup instanceof HTMLDialogElement) popup.showModal();
    else if (popup) {
      popup.showPopover();
      this.#place(popup, anchor);
      addEventListener("pointerdown", this.#pressed, true);
      addEventListener("wheel", this.#pressed, { capture: true, passive: true });
      addEventListener("resize", this.#resized);
    }
    popup?.querySelector("button")?.focus();
  }

  /** Closes, and leaves the focus to the caller. */
  close(): void {
    this.#close(false);
  }

  protected override render(): unknown {
    if (!this.items.length) return "";
    const entries = this.items.map(
      (item) =>
        html`<button role="menuitem" @click=${(event: MouseEvent) => this.#clicked(event, item)}>${item.icon}<span>${item.label}</span></button>`,
    );
    // A modal dialog keeps touches from the page below it; a popover does not change the page.
    return this.sheet
      ? html`<dialog
          class="popup sheet"
          aria-label=${this.label}
          @keydown=${this.#key}
          @cancel=${(event: Event) => this.#cancel(event)}
          @pointerdown=${() => {
            this.#armed = true;
          }}
          @click=${(event: Event) => this.#armed && event.target === event.currentTarget && this.#close(true)}
        >
          <div role="menu" aria-label=${this.label}>${entries}</div>
        </dialog>`
      : html`<div
          class="popup menu"
          popover="manual"
          role="menu"
          aria-label=${this.label}
          @keydown=${this.#key}
          @focusout=${this.#left}
        >
          ${entries}
        </div>`;
  }

  /** Places the menu below the anchor, or above it when there is no room, aligned with the end of the anchor and within the window. */
  #place(popup: HTMLElement, anchor: HTMLElement): void {
    const [from, { width, height }] = [anchor.getBoundingClientRect(), popup.getBoundingClientRect()];
    const backwards = getComputedStyle(anchor).direction === "rtl";
    const within = (wanted: number, size: number, room: number): number =>
      Math.max(marginPx, Math.min(wanted, room - size - marginPx));
    const below = from.bottom + height + marginPx <= innerHeight;
    popup.style.left = `${within(backwards ? from.left : from.right - width, width, innerWidth)}px`;
    popup.style.top = `${within(below ? from.bottom : from.top - height, height, innerHeight)}px`;
  }

  /** Closes; `restoreFocus` focuses `returnTo`. */
  #close(restoreFocus: boolean): void {
    if (!this.#anchor) return;
    this.#setExpanded(false);
    const returnTo = this.#returnTo;
    this.#anchor = this.#returnTo = undefined;
    removeEventListener("pointerdown", this.#pressed, true);
    removeEventListener("wheel", this.#pressed, true);
    removeEventListener("resize", this.#resized);
    this.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
    this.items = [];
    if (restoreFocus) returnTo?.focus({ preventScroll: true });
  }

  /** Sets `aria-expanded` of a button that opens the menu. */
  #setExpanded(expanded: boolean): void {
    if (this.#anchor?.ariaHasPopup) this.#anchor.ariaExpanded = String(expanded);
  }

  #clicked({ detail }: MouseEvent, item: MenuItem): void {
    // Clicks of keyboards and screen readers have the detail 0.
    if (this.sheet && !this.#armed && detail > 0) return;
    this.#close(true);
    item.run();
  }

  #cancel(event: Event): void {
    event.preventDefault();
    this.#close(true);
  }

  readonly #pressed = (event: Event): void => {
    const path = event.composedPath();
    // A press on the anchor closes the menu by its click.
    if (!path.includes(this) && !(event.type === "pointerdown" && this.#anchor && path.includes(this.#anchor)))
      this.#close(false);
  };

  readonly #resized = (): void => this.#close(false);

  #key = (event: KeyboardEvent): void => {
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const edge = { Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") this.#close(true);
    else if (step) items.at((at + step) % items.length)?.focus();
    else if (edge !== undefined) items.at(edge)?.focus();
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      const starts = (item: HTMLElement): boolean =>
        item.innerText.trim().slice(0, 1).localeCompare(event.key, locale, { sensitivity: "base" }) === 0;
      [...items.slice(at + 1), ...items.slice(0, at + 1)].find(starts)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #left = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null;
    // A press on the anchor focuses it, and its click closes the menu: a menu that is closed here would open again.
    if (to !== this.#anchor && !(event.currentTarget as Element).contains(to)) this.#close(false);
  };
}
