//! The inbox versions of a batch. A user gets a new inbox version when they join, leave or delete an own copy.

use std::collections::HashMap;

use causerie_protocol::UserId;

use crate::store::{StoreError, queries::write_tx::WriteTx};

/// The last inbox version that was assigned to each user of the batch.
pub(super) struct InboxVersions(HashMap<UserId, u32>);

impl InboxVersions {
    pub(super) fn next(&mut self, user: UserId) -> u32 {
        let version = self.0.entry(user).or_default();
        *version += 1;
        *version
    }
}

pub(super) async fn raise(tx: &WriteTx, users: impl Iterator<Item = UserId>) -> Result<InboxVersions, StoreError> {
    let mut times: HashMap<UserId, u32> = HashMap::new();
    for user in users {
        *times.entry(user).or_default() += 1;
    }
    if times.is_empty() {
        return Ok(InboxVersions(HashMap::new()));
    }
    let after = tx.raise_inboxes(&times).await?;
    let before = after.into_iter().map(|(user, version)| (user, version - times.get(&user).copied().unwrap_or(0)));
    Ok(InboxVersions(before.collect()))
}
