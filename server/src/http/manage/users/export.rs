//! `GET /v1/users/{id}/export`: all data that the server stores about a user.

use std::collections::HashMap;

use causerie_protocol::{TenantId, UserId};
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    audit,
    auth::{ApiCaller, Scope},
    clock::rfc3339,
    domain::User,
    http::{
        caller,
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint},
            ndjson::{ExportError, Lines, Ndjson},
            rows::{RelationRow, UserRow, read_memberships},
            schemas::extend,
        },
    },
    store::{
        Transaction,
        queries::{
            authored,
            facts::{pages::MembershipFilter, stored},
            users,
        },
    },
};

/// The number of messages per query.
const PAGE: u32 = 500;

/// Exports the data of a user.
pub struct ExportUser;

/// A fact about the user, a conversation of the user, or a message the user wrote.
#[derive(Serialize, JsonSchema)]
#[schemars(transform = any_object)]
pub struct UserExportLine {
    /// `user`, `membership` or `relation`, with the fields of such a row; `conversation`; or `message`.
    r#type: &'static str,
}

fn any_object(schema: &mut Schema) {
    extend(schema, json!({ "additionalProperties": true }));
}

/// A conversation that the user is or was a member of.
#[derive(Serialize)]
struct ConversationLine {
    r#type: &'static str,
    id: Uuid,
    subject: String,
    joined_at: String,
    left_at: Option<String>,
    read_seq: i64,
}

/// A message that the user wrote.
#[derive(Serialize)]
struct MessageLine {
    r#type: &'static str,
    id: Uuid,
    conversation: Uuid,
    seq: i64,
    text: String,
    sent_at: String,
    edited_at: Option<String>,
    deleted_at: Option<String>,
}

impl Endpoint for ExportUser {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/users/{id}/export";
    const ID: &'static str = "exportUser";
    const SUMMARY: &'static str = "Exports all data of a user: facts, conversations, and the messages that the user wrote.";
    const TEXT: &'static str = "The answer is NDJSON with a `Content-Length`; a shorter body is not whole. \
         A tenant has one export at a time, of itself or of a user; another request is refused with `rate_limited`.";
    const SCOPES: &'static [Scope] = &[Scope::Read];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Ndjson<UserExportLine>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let user = caller::find(app, key, call.id()).await?;
        let permit = call.shared.exports.begin(key.tenant)?;
        let mut lines = Lines::create(app)?;
        let target = format!("user:{}", call.id());
        let entry = audit::done(audit::back_end(key), "user.export", target, [], app.clock.now_ms());
        audit::record(&app.store, key.tenant, entry).await?;
        let transaction = app.store.begin_reading().await?;
        let done = all(&transaction, key.tenant, &user, &mut lines).await;
        let _ = transaction.rollback().await;
        done?;
        Ok(lines.end(permit.finish_reading(), call.cut).await?)
    }
}

/// Writes the user, the user's memberships and relations, conversations and messages.
async fn all(transaction: &Transaction, tenant: TenantId, user: &User, lines: &mut Lines) -> Result<(), ExportError> {
    let rows = stored::users_of_ids(transaction, &[user.id]).await?;
    lines.write(rows.into_iter().map(UserRow::from)).await?;
    let mut after = Vec::new();
    let filter = MembershipFilter { user: Some(&user.external_id), ..MembershipFilter::default() };
    loop {
        let rows = read_memberships(transaction, tenant, filter, &after, PAGE).await?;
        let Some((last, _)) = rows.last() else { break };
        after.clone_from(last);
        lines.write(rows.into_iter().map(|(_, row)| row)).await?;
    }
    let relations = stored::relations_of(transaction, user.id).await?;
    let ids: Vec<UserId> = relations.iter().flat_map(|fact| [fact.key.from, fact.key.to]).collect();
    let names = users::find(transaction, tenant, &ids).await?;
    let names: HashMap<UserId, String> = names.into_iter().map(|user| (user.id, user.external_id)).collect();
    let rows = relations.into_iter().filter_map(|fact| {
        let (from, to) = (names.get(&fact.key.from)?, names.get(&fact.key.to)?);
        Some(RelationRow::new(fact, from, to))
    });
    lines.write(rows.collect::<Vec<_>>()).await?;

    let conversations = authored::conversations(transaction, user.id).await?;
    let rows = conversations.into_iter().map(|conversation| ConversationLine {
        r#type: "conversation",
        id: conversation.id,
        subject: conversation.subject,
        joined_at: rfc3339(conversation.joined_at_ms),
        left_at: conversation.left_at_ms.map(rfc3339),
        read_seq: conversation.read_seq,
    });
    lines.write(rows).await?;
    let mut after = None;
    loop {
        let messages = authored::messages(transaction, user.id, after, PAGE).await?;
        let Some(last) = messages.last() else { return Ok(()) };
        after = Some(last.client_id);
        let rows = messages.into_iter().map(|message| MessageLine {
            r#type: "message",
            id: message.id,
            conversation: message.conversation,
            seq: message.seq,
            text: message.text,
            sent_at: rfc3339(message.sent_at_ms),
            edited_at: message.edited_at_ms.map(rfc3339),
            deleted_at: message.deleted_at_ms.map(rfc3339),
        });
        lines.write(rows).await?;
    }
}
