// Uses the client generated from /v1/openapi.json as an integrator would: what compiles works, what can't work does not compile.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

function given(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set`);
  return value;
}

const baseUrl = given("URL");
const lea = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${given("TOKEN")}` } });
const backEnd = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${given("KEY")}` } });

const put = await backEnd.PUT("/v1/users/{id}", {
  params: { path: { id: "tom" } },
  body: { name: "Tom Nguyen", locale: null },
});
assert.equal(put.data?.name, "Tom Nguyen");

const started = await lea.POST("/v1/conversations", {
  body: { kind: "CONVERSATION_KIND_DIRECT", with: [{ externalId: "tom" }] },
});
const id = started.data?.conversation?.id;
assert(id, JSON.stringify(started.error));
const here = { path: { conversation_id: id } };

const clientId = randomUUID();
const sent = await lea.POST("/v1/conversations/{conversation_id}/messages", {
  params: here,
  body: { clientId, text: "Bonjour" },
});
assert.equal(sent.data?.message?.text, "Bonjour");

// A back end acts for a user it names.
const history = await backEnd.GET("/v1/conversations/{conversation_id}/messages", {
  params: { ...here, header: { "Causerie-User": "tom" }, query: { limit: 10 } },
});
assert.equal(history.data?.messages?.at(-1)?.clientId, clientId);

const refused = await lea.POST("/v1/conversations/{conversation_id}/messages", {
  params: here,
  body: { clientId, text: "Bonsoir" },
});
assert.equal(refused.error?.name, "conflict");
assert.equal(refused.error.field, "sendMessage.clientId");

// Never called: the compiler refuses what the server would.
export const impossible = [
  // @ts-expect-error: a message has a text
  () => lea.POST("/v1/conversations/{conversation_id}/messages", { params: here, body: { clientId } }),
  // @ts-expect-error: a group has an id of the client's making
  () => lea.POST("/v1/conversations", { body: { kind: "CONVERSATION_KIND_GROUP" } }),
  // @ts-expect-error: a user is named by one id
  () => lea.PUT("/v1/relations/{relation}", { params: { path: { relation: "block" } }, body: { user: { id, externalId: "tom" } } }),
];
