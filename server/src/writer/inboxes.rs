//! The inbox versions of a batch. A user gets a new inbox version when they join, leave or delete an own copy.

use std::collections::HashMap;

use causerie_protocol::UserId;

use crate::store::{StoreError, queries::write_tx::WriteTx};

/// The last inbox version that was assigned to each user of the batch.
pub(super) struct InboxVersions(HashMap<UserId, u32>);

impl InboxVersions {
    /// Assigns the next inbox version of a user.
    pub(super) fn next(&mut self, user: UserId) -> u32 {
        let version = self.0.entry(user).or_default();
        *version += 1;
        *version
    }
}

/// Raises the stored inbox version of each user by the number of times that the user occurs in `users`. Returns the versions
/// from which [`InboxVersions::next`] assigns that number of versions.
pub(super) async fn raise(tx: &WriteTx, users: impl Iterator<Item = UserId>) -> Result<InboxVersions, StoreError> {
    let mut raises: HashMap<UserId, u32> = HashMap::new();
    for user in users {
        *raises.entry(user).or_default() += 1;
    }
    if raises.is_empty() {
        return Ok(InboxVersions(HashMap::new()));
    }
    let after = tx.raise_inboxes(&raises).await?;
    let before = after.into_iter().map(|(user, version)| (user, version - raises.get(&user).copied().unwrap_or(0)));
    Ok(InboxVersions(before.collect()))
}
