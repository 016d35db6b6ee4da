// The button of a `<causerie-contact>`: what it shows, and what a click does. Loaded with the first such element of a page.
import type { User } from "causerie";
import { type Contact, watchContacts } from "causerie/contacts";
import type { CauserieContact, ContactDetail, Face } from "./contact.js";
import { elementTexts } from "./element-texts.js";
import type { Hub } from "./hub.js";

/** Marks styles for the minifier of the build. */
const css = String.raw;

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

/** Asks the server while `start` was called last, and not `stop`. */
export class ContactButton {
  readonly #hub: Hub;
  readonly #element: CauserieContact;
  readonly #button: HTMLButtonElement;
  readonly #name: HTMLElement;
  /** The page may put a text of its own into the element, and others into the slots `ask`, `sent` and `accept`. */
  readonly #slots: readonly (readonly [face: string, text: (typeof faces)[keyof typeof faces], slot: HTMLSlotElement])[];
  #contact: Contact | undefined;
  #session: Hub["session"];
  #stop: () => void = () => {};
  #unwatch: () => void = () => {};
  #isBusy = false;

  constructor(element: CauserieContact, root: ShadowRoot, hub: Hub) {
    const { make, style } = hub.tools;
    this.#hub = hub;
    this.#element = element;
    this.#button = make("button", { part: "button", type: "button" });
    this.#name = make("span", { class: "name" });
    this.#slots = Object.entries(faces).map(
      ([face, text]) => [face, text, make("slot", face === "message" ? {} : { name: face })] as const,
    );
    style(root, styles);
    this.#button.append(...this.#slots.map(([, , slot]) => slot), this.#name);
    root.append(this.#button);
    this.#button.onclick = () => void this.#act();
  }

  /** What the button offers. */
  get face(): Face {
    const contact = this.#contact;
    // A page about the connected user shows no button, even if the rules allow a note to self.
    if (!contact || contact.user?.id === this.#session?.client.me?.id) return "";
    return faceOf(contact);
  }

  start(): void {
    this.stop();
    this.#unwatch = this.#hub.watch(() => this.#changed());
    this.watch();
  }

  stop(): void {
    this.#unwatch();
    this.#stop();
    this.#session = undefined;
  }

  #changed(): void {
    if (this.#hub.session !== this.#session) this.watch();
    else this.#render();
  }

  /** Asks what the rules allow. The SDK puts the questions of all buttons into one. */
  watch(): void {
    this.#stop();
    this.#stop = () => {};
    this.#contact = undefined;
    this.#session = this.#hub.session;
    const { user } = this.#element;
    try {
      if (this.#session && user) {
        this.#stop = watchContacts(this.#session.client, [user], ([contact]) => {
          this.#contact = contact;
          this.#render();
        });
      }
    } catch (thrown) {
      // No valid id: this button stays hidden, and the others work.
      this.#hub.fire("error", thrown);
    }
    this.#render();
  }

  #render(): void {
    const texts = this.#hub.choose(elementTexts);
    const { face } = this;
    if (face) this.#element.setAttribute("face", face);
    else this.#element.removeAttribute("face");
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
      this.#hub.fire("error", thrown);
    } finally {
      this.#isBusy = false;
      this.#render();
    }
  }

  #open(contact: Contact): void {
    const detail: ContactDetail = { user: this.#element.user, contact };
    const event = new CustomEvent("causerie-contact", { detail, bubbles: true, composed: true, cancelable: true });
    if (!this.#element.dispatchEvent(event)) return;
    // Nothing exists before the first message: the route of a user has a text field only.
    this.#hub.panel?.open(contact.conversationId ?? `to/${contact.user?.id ?? ""}`);
  }
}

const nameOf = (user: User | undefined): string => user?.name || user?.externalId || "";
