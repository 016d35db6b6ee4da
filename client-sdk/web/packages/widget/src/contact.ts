// `<causerie-contact user="…">`: a button that shows itself only while the user may be contacted, as the rules say at this moment. The button
// itself is loaded with the first such element of a page.
import type { Contact } from "causerie/contacts";
import type { ContactButton } from "./contact-button.js";
import type { Hub } from "./hub.js";

/** What the button offers; empty when it is hidden. */
export type Face = "" | "message" | "ask" | "sent" | "accept";

export interface ContactDetail {
  /** The value of the attribute `user`. */
  readonly user: string;
  readonly contact: Contact;
}

/** The hub of the page, set by `defineContact`. */
let hub: Hub;

/** The code of the button, which all elements wait for: their questions become one. */
let loading: Promise<typeof import("./contact-button.js")> | undefined;

/** Defines the element, unless it is defined. */
export function defineContact(hubOfPage: Hub): void {
  if (customElements.get("causerie-contact")) return;
  hub = hubOfPage;
  customElements.define("causerie-contact", CauserieContact);
}

/** Fires `causerie-contact` before it opens the chat; a listener that prevents the default opens it elsewhere. */
export class CauserieContact extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ["user"];
  /** Without content until the button is loaded, so that the texts of the page are hidden. */
  readonly #root = this.attachShadow({ mode: "open" });
  #button: ContactButton | undefined;

  /** What the button offers. */
  get face(): Face {
    return this.#button?.face ?? "";
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
    void this.#start().catch(() => {
      // The element stays hidden; the next one tries again.
      loading = undefined;
    });
  }

  disconnectedCallback(): void {
    this.#button?.stop();
    hub.release();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#button?.watch();
  }

  async #start(): Promise<void> {
    const { ContactButton } = await (loading ??= import("./contact-button.js"));
    if (!this.isConnected) return;
    this.#button ??= new ContactButton(this, this.#root, hub);
    this.#button.start();
  }
}
