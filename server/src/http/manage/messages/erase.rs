//! `POST /v1/messages/{id}/erase`: erases the text of a message.

use causerie_protocol::{ErrorCode, MessageId, Refusal};
use http::Method;

use crate::{
    audit,
    auth::{ApiCaller, Credential, Scope},
    commands,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint},
    },
    store::queries::authored,
};

/// Erases the text of a message.
pub struct EraseMessage;

impl Endpoint for EraseMessage {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/messages/{id}/erase";
    const ID: &'static str = "eraseMessage";
    const SUMMARY: &'static str = "Erases the text of a message for all members, whatever the rules say.";
    const TEXT: &'static str = "Members see it as the deletion of the message: the row stays without its text. `{id}` is the server's \
        id of the message. A repetition changes nothing. Backups keep the text.";
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = ();

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let not_found = || Refusal::new(ErrorCode::NotFound, "this tenant has no message of this id");
        let id: MessageId = call.id().parse().map_err(|_| not_found())?;
        let message = authored::find_message(app.store.reader(), key.tenant, id).await?;
        let message = message.ok_or_else(not_found)?;
        let by = Credential::ApiKey(key.key);
        let detail = [("conversation", message.conversation.to_string().into())];
        let entry = audit::done(audit::back_end(key), "message.erase", format!("message:{id}"), detail, app.clock.now_ms());
        Ok(commands::erase_text(&app.command_deps.writer, key.tenant, by, message, Some(entry)).await?)
    }
}
