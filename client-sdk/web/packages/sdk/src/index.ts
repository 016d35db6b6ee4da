export type { Cache } from "./cache-host.js";
export { Client } from "./client.js";
export type { MailDraft, Recipient, UserRef } from "./commands.js";
export type { ConnectionState } from "./driver.js";
export { CauserieError, type ErrorName } from "./errors.js";
export type { ClientEvents } from "./events.js";
export { History } from "./history.js";
export type * from "./model.js";
export {
  type ClientOptions,
  type Clock,
  type NetworkEventTarget,
  randomUuid,
  type SocketConstructor,
  type SocketLike,
  sdkVersion,
} from "./options.js";
export type { OutgoingMessage, SendStatus } from "./outbox.js";
export { localStorageOutbox, type OutboxStore, type StoredMessage } from "./outbox-store.js";
