//! Ids of the product, such as `external:lea`, in place of the server's ids of users.
//!
//! An id without a user is replaced by an unused id of the server, so the answer is that for an unknown id.

use causerie_protocol::{ConversationId, Refusal, UserId, command::UserRef, limits::EXTERNAL_ID_BYTES_MAX};
use serde_json::{Map, Value};

use crate::{app::App, auth::Caller, domain::start_key, store::queries::users};

/// Marks an id of the product.
pub const PREFIX: &str = "external:";

/// Replaces the product's ids in the fields of a command. In place of a conversation's id, `external:lea` means the caller's
/// direct conversation with that user.
///
/// # Errors
/// `unavailable` if the database fails.
pub async fn resolve(app: &App, caller: Caller, fields: &mut Map<String, Value>) -> Result<(), Refusal> {
    let mut asked: Vec<UserRef> = Vec::new();
    for name in ["userId", "userIds", "conversationId"] {
        let values = fields.get(name).into_iter().flat_map(each);
        asked.extend(values.filter_map(external).map(|id| UserRef::ExternalId(id.to_owned())));
    }
    if asked.is_empty() {
        return Ok(());
    }
    let found = users::resolve(app.store.reader(), caller.tenant, &asked).await?;
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
        && let Some(peer) = external(value).map(id_of)
    {
        let key = vec![(peer, start_key(caller.user, peer))];
        let known = app.store.direct_with(caller.tenant, key).await?;
        *value = known.get(&peer).copied().unwrap_or_else(ConversationId::new).to_string().into();
    }
    Ok(())
}

fn each(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(values) => Box::new(values.iter()),
        value => Box::new(std::iter::once(value)),
    }
}

/// The product's id, if the value is one.
fn external(value: &Value) -> Option<&str> {
    let id = value.as_str()?.strip_prefix(PREFIX)?;
    let fits = (1..=EXTERNAL_ID_BYTES_MAX).contains(&id.len()) && !id.contains(char::is_control);
    fits.then_some(id)
}

fn replace(value: &mut Value, id_of: impl Fn(&str) -> UserId) {
    if let Some(id) = external(value).map(id_of) {
        *value = id.to_string().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_ids_are_the_product_s() {
        assert_eq!(external(&"external:lea".into()), Some("lea"));
        assert_eq!(external(&"external:a:b".into()), Some("a:b"));
        for other in ["lea", "external:", "external:a\n", "0193b3a0-0000-7000-8000-000000000000"] {
            assert_eq!(external(&other.into()), None, "{other}");
        }
    }
}
