// `<causerie-contact user="…">`: a button that shows itself only while the user may be contacted, as the rules say at this moment.
import type { User } from "causerie";
import { type Contact, watchContacts } from "causerie/contacts";
import { elementTexts } from "./element-texts.js";
import type { Hub } from "./hub.js";

/** Marks styles for the minifier of the build. */
const css = String.raw;

/** What the button offers; empty when it is hidden. */
export type Face = "" | "message" | "ask" | "sent" | "accept";

/** The faces, with the name of the text of each. */
const faces = { message: "contact", ask: "contactAsk", sent: "contactSent", accept: "contactAccept" } as const;

/** What the rules offer for a contact. */
export function faceOf({ can, relations, mayRequest }: Contact): Face {
  if (can.has("start")) return "message";
  const pending = relations.find(({ state }) => state === "pending");
  if (pending) return pending.direction === "incoming" ? "accept" : "sent";
  return mayRequest.length ? "ask" : "";
}

const styles = css`
  :host {
    display: inline-block;
    color-scheme: light dark;
  }
  :host(:not([face])) {
    display: none;
  }
  button {
    min-height: 40px;
    padding: 0 18px;
    border: 1px solid transparent;
    border-radius: var(--causerie-button-radius, 20px);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
    background: var(--causerie-accent, light-dark(#4f4fcb, #8f8ff5));
    color: var(--causerie-on-accent, light-dark(#fff, #12121a));
  }
  button:hover {
    filter: brightness(1.08);
  }
  button:focus-visible {
    outline: 2px solid var(--causerie-accent, light-dark(#4f4fcb, #8f8ff5));
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    cursor: default;
    filter: none;
    background: var(--causerie-hover, light-dark(#eeeef4, #25252e));
    color: var(--causerie-muted, light-dark(#5e5e6e, #a3a3b5));
  }
  .name {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export interface ContactDetail {
  /** The value of the attribute `user`. */
  readonly user: string;
  readonly contact: Contact;
}

/** The hub of the page, set by `defineContact`. */
let hub: Hub;

/** Defines the element, unless it is defined. */
export function defineContact(hubOfPage: Hub): void {
  if (customElements.get("causerie-contact")) return;
  hub = hubOfPage;
  customElements.define("causerie-contact", CauserieContact);
}

/** Fires `causerie-contact` before it opens the chat; a listener that prevents the default opens it elsewhere. */
export class CauserieContact extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ["user"];
  readonly #button = hub.tools.make("button", { part: "button", type: "button" });
  readonly #name = hub.tools.make("span", { class: "name" });
  /** The page may put a text of its own into the element, and others into the slots `ask`, `sent` and `accept`. */
  readonly #slots = Object.entries(faces).map(
    ([face, text]) => [face, text, hub.tools.make("slot", face === "message" ? {} : { name: face })] as const,
  );
  #contact: Contact | undefined;
  #session: Hub["session"];
  #stop: () => void = () => {};
  #unwatch: () => void = () => {};
  #isBusy = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    hub.tools.style(root, styles);
    this.#button.append(...this.#slots.map(([, , slot]) => slot), this.#name);
    root.append(this.#button);
    this.#button.onclick = () => void this.#act();
  }

  /** What the button offers. */
  get face(): Face {
    const contact = this.#contact;
    // The user's own profile has no button, though the rules may allow notes to oneself.
    if (!contact || contact.user?.id === this.#session?.client.me?.id) return "";
    return faceOf(contact);
  }

  /** The id of the user in the page's own product. */
  get user(): string {
    return this.getAttribute("user") ?? "";
  }
  set user(value: string) {
    this.setAttribute("user", value);
  }

  connectedCallback(): void {
    hub.retain();
    this.#unwatch = hub.watch(() => this.#changed());
    this.#watch();
  }

  disconnectedCallback(): void {
    this.#unwatch();
    this.#stop();
    this.#session = undefined;
    hub.release();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#watch();
  }

  #changed(): void {
    if (hub.session !== this.#session) this.#watch();
    else this.#render();
  }

  /** Asks what the rules allow. The SDK puts the questions of all buttons into one. */
  #watch(): void {
    this.#stop();
    this.#stop = () => {};
    this.#contact = undefined;
    this.#session = hub.session;
    const { user } = this;
    if (this.#session && user) {
      this.#stop = watchContacts(this.#session.client, [user], ([contact]) => {
        this.#contact = contact;
        this.#render();
      });
    }
    this.#render();
  }

  #render(): void {
    const texts = hub.choose(elementTexts);
    const { face } = this;
    if (face) this.setAttribute("face", face);
    else this.removeAttribute("face");
    for (const [each, text, slot] of this.#slots) {
      slot.hidden = each !== face;
      slot.textContent = texts[text];
    }
    this.#name.textContent = ` ${nameOf(this.#contact?.user)}`;
    this.#button.ariaDisabled = String(face === "sent" || this.#isBusy);
  }

  async #act(): Promise<void> {
    const contact = this.#contact;
    const client = this.#session?.client;
    if (!contact || !client || this.#isBusy) return;
    const { face } = this;
    if (face === "message") return this.#open(contact);
    const [asked = ""] = contact.mayRequest;
    const pending = contact.relations.find(({ state }) => state === "pending");
    this.#isBusy = true;
    this.#render();
    try {
      // The answer changes the face, by the watch.
      if (face === "ask") await client.relate(asked, contact.ref);
      if (face === "accept" && pending) await client.acceptRelation(pending.relation, contact.ref);
    } catch (thrown) {
      hub.fire("error", thrown);
    } finally {
      this.#isBusy = false;
      this.#render();
    }
  }

  #open(contact: Contact): void {
    const detail: ContactDetail = { user: this.user, contact };
    const event = new CustomEvent("causerie-contact", { detail, bubbles: true, composed: true, cancelable: true });
    if (!this.dispatchEvent(event)) return;
    // Nothing exists before the first message: the route of a user has a text field only.
    hub.panel?.open(contact.conversationId ?? `to/${contact.user?.id ?? ""}`);
  }
}

const nameOf = (user: User | undefined): string => user?.name || user?.externalId || "";
