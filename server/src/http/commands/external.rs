//! Replaces external ids of users, such as `external:lea`, by the server's ids.
//!
//! An external id that no user has is replaced by a new id of the server. The answer is then the same as for an unknown id.

use causerie_protocol::{ConversationId, Refusal, UserId, command::UserRef, limits::EXTERNAL_ID_BYTES_MAX};
use serde_json::{Map, Value};

use crate::{app::App, auth::Caller, domain::start_key, store::queries::users};

/// The prefix of an external id in place of an id of the server.
pub const PREFIX: &str = "external:";

/// Replaces the external ids in the fields of a command. In place of a conversation's id, `external:lea` means the caller's
/// direct conversation with the user `lea`.
///
/// # Errors
/// `unavailable` if the database fails.
pub async fn resolve(app: &App, caller: Caller, fields: &mut Map<String, Value>) -> Result<(), Refusal> {
    let mut user_refs: Vec<UserRef> = Vec::new();
    for name in ["userId", "userIds", "conversationId"] {
        let values = fields.get(name).into_iter().flat_map(values_of);
        user_refs.extend(values.filter_map(external_id_in).map(|id| UserRef::ExternalId(id.to_owned())));
    }
    if user_refs.is_empty() {
        return Ok(());
    }
    let found = users::resolve(app.store.reader(), caller.tenant, &user_refs).await?;
    let id_of = |external_id: &str| {
        let users = found.iter().flatten();
        users.filter(|user| user.external_id == external_id).map(|user| user.id).next().unwrap_or_else(UserId::new)
    };
    for name in ["userId", "userIds"] {
        match fields.get_mut(name) {
            Some(Value::Array(values)) => values.iter_mut().for_each(|value| replace(value, id_of)),
            Some(value) => replace(value, id_of),
            None => {}
        }
    }
    if let Some(value) = fields.get_mut("conversationId")
        && let Some(peer) = external_id_in(value).map(id_of)
    {
        let start_keys = vec![(peer, start_key(caller.user, peer))];
        let conversations = app.store.direct_with(caller.tenant, start_keys).await?;
        *value = conversations.get(&peer).copied().unwrap_or_else(ConversationId::new).to_string().into();
    }
    Ok(())
}

/// The value, or the entries of the value if it is a list.
fn values_of(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(values) => Box::new(values.iter()),
        value => Box::new(std::iter::once(value)),
    }
}

/// The external id in a value; `None` if the value has not the prefix or the id is not valid.
fn external_id_in(value: &Value) -> Option<&str> {
    let id = value.as_str()?.strip_prefix(PREFIX)?;
    let is_valid = (1..=EXTERNAL_ID_BYTES_MAX).contains(&id.len()) && !id.contains(char::is_control);
    is_valid.then_some(id)
}

/// Replaces a value that contains an external id.
fn replace(value: &mut Value, id_of: impl Fn(&str) -> UserId) {
    if let Some(id) = external_id_in(value).map(id_of) {
        *value = id.to_string().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_with_the_prefix_are_external_ids() {
        assert_eq!(external_id_in(&"external:lea".into()), Some("lea"));
        assert_eq!(external_id_in(&"external:a:b".into()), Some("a:b"));
        for other in ["lea", "external:", "external:a\n", "0193b3a0-0000-7000-8000-000000000000"] {
            assert_eq!(external_id_in(&other.into()), None, "{other}");
        }
    }
}
