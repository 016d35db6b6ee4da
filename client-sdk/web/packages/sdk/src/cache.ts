// The entry point `causerie/cache`: state that survives a restart of the page. Apart from `causerie`, so that pages that store nothing load
// nothing of it.
export type { Cache } from "./cache-host.js";
export { type CacheLimits, indexedDbCache } from "./indexed-db-cache.js";
export { indexedDbOutbox } from "./indexed-db-outbox.js";
export { sharedOutbox } from "./shared-outbox.js";
