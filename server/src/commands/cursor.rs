//! Cursors: the position where a page of a list ends, encrypted so that only the nodes of this server can read it.
//!
//! The last entry of a page may be hidden from the reader: a member whom the reader does not find, or a conversation that
//! the reader may not read. For this reason a cursor is encrypted (AES-256-GCM) under a key that all nodes share. A node
//! accepts a cursor only from the user for whom the cursor was made, and only for the same list.

use std::sync::Arc;

use crate::auth::Caller;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use causerie_protocol::{ConversationId, ErrorCode, Refusal};
use rand::RngCore as _;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use uuid::Uuid;

/// The maximum length of a cursor, in bytes. All cursors of the server are shorter. A longer text is refused before it is
/// decoded.
const CURSOR_BYTES_MAX: usize = 1024;

/// Encrypts and decrypts cursors. Cheap to clone.
#[derive(Clone)]
pub struct Cursors(Arc<hmac::Key>);

/// The list that a cursor belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Conversations,
    Members(ConversationId),
    Directory,
    Relations,
}

impl List {
    /// The path of the cursor field in the request.
    fn field(self) -> &'static str {
        match self {
            Self::Conversations => "listConversations.cursor",
            Self::Members(_) => "listMembers.cursor",
            Self::Directory => "searchDirectory.cursor",
            Self::Relations => "listRelations.cursor",
        }
    }

    /// The additional data of the encryption, which binds a cursor to its list.
    fn additional_data(self) -> Aad<String> {
        Aad::from(match self {
            Self::Members(conversation) => format!("{} {conversation}", self.field()),
            Self::Conversations | Self::Directory | Self::Relations => self.field().to_owned(),
        })
    }

    /// The refusal of a cursor that is not valid for this list.
    fn refusal(self) -> Refusal {
        let field = self.field();
        Refusal::new(ErrorCode::Invalid, format!("`{field}` is not a cursor that this server gave you for this list"))
            .field(field)
    }
}

impl Cursors {
    /// Takes the key that all nodes read from the database.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    /// The key for the cursors of this user. Each user has an own key. If all users shared one key, it would be used so
    /// often that random nonces could repeat.
    fn user_key(&self, caller: Caller) -> LessSafeKey {
        let owner = [caller.tenant.0.into_bytes(), caller.user.0.into_bytes()].concat();
        let key = hmac::sign(&self.0, &owner);
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).expect("AES-256 has keys of 32 bytes"))
    }

    /// Encrypts a position in a list for the caller.
    pub(super) fn seal(&self, list: List, caller: Caller, position: &str) -> String {
        let mut nonce = [0; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let mut sealed = position.as_bytes().to_vec();
        self.user_key(caller)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), list.additional_data(), &mut sealed)
            .expect("a position is far shorter than 64 GiB");
        URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// Decrypts a cursor that the caller sent back, and parses its position with `parse`. Returns `None` if the cursor is
    /// empty, which selects the first page.
    ///
    /// # Errors
    /// `Invalid` if the cursor was not made for this caller and this list, or if `parse` can't parse the position.
    pub(super) fn open<T>(
        &self,
        list: List,
        caller: Caller,
        cursor: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        if cursor.is_empty() {
            return Ok(None);
        }
        let position = self.decrypt(list, caller, cursor);
        position.as_deref().and_then(parse).map(Some).ok_or_else(|| list.refusal())
    }

    fn decrypt(&self, list: List, caller: Caller, cursor: &str) -> Option<String> {
        if cursor.len() > CURSOR_BYTES_MAX {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let position = self.user_key(caller).open_in_place(nonce, list.additional_data(), sealed).ok()?;
        String::from_utf8(position.to_vec()).ok()
    }
}

/// Parses a position of the form `<number>.<id>`.
pub(super) fn parse_position(text: &str) -> Option<(i64, Uuid)> {
    let (number, id) = text.split_once('.')?;
    Some((number.parse().ok()?, Uuid::parse_str(id).ok()?))
}

#[cfg(test)]
mod tests {
    use causerie_protocol::{TenantId, UserId};

    use super::*;

    #[test]
    fn a_cursor_is_valid_on_every_node_for_its_user_and_its_list_only() {
        let (node, other_node) = (Cursors::new(&[7; 32]), Cursors::new(&[7; 32]));
        let caller = Caller { tenant: TenantId::new(), user: UserId::new(), credential: crate::auth::Credential::Server };
        let conversation = ConversationId::new();
        let position = format!("17.{conversation}");
        let cursor = node.seal(List::Members(conversation), caller, &position);
        assert_ne!(cursor, node.seal(List::Members(conversation), caller, &position), "a nonce is used once");
        let open = |cursors: &Cursors, list, caller, cursor: &str| cursors.open(list, caller, cursor, parse_position);
        assert_eq!(open(&other_node, List::Members(conversation), caller, &cursor), Ok(Some((17, conversation.0))));
        assert_eq!(open(&node, List::Members(conversation), caller, ""), Ok(None));
        let stranger = Caller { user: UserId::new(), ..caller };
        for refused in [
            open(&node, List::Members(conversation), stranger, &cursor),
            open(&node, List::Members(ConversationId::new()), caller, &cursor),
            open(&node, List::Conversations, caller, &cursor),
            open(&Cursors::new(&[8; 32]), List::Members(conversation), caller, &cursor),
            open(&node, List::Members(conversation), caller, &position),
            open(&node, List::Members(conversation), caller, &node.seal(List::Members(conversation), caller, "nonsense")),
        ] {
            assert_eq!(refused.expect_err("it is not theirs").code, ErrorCode::Invalid);
        }
    }
}
