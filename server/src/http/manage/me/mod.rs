//! Endpoints for a user's own profile and settings.

pub mod get;
pub mod get_settings;
pub mod put_settings;

use schemars::JsonSchema;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::{auth::Caller, domain::User, domain::WritableBy, store::queries::users};
use causerie_protocol::{ErrorCode, Refusal};

/// The settings that a user chooses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSettings {
    /// Which users may write to the user: `rules` for all users whom the rules allow, `contacts`, or `nobody`.
    #[schemars(with = "String", extend("enum" = ["rules", "contacts", "nobody"]))]
    writable_by: Choice,
}

/// Which users may write to a user.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Rules,
    Contacts,
    Nobody,
}

impl From<WritableBy> for Choice {
    fn from(stored: WritableBy) -> Self {
        match stored {
            WritableBy::Contacts => Self::Contacts,
            WritableBy::Nobody => Self::Nobody,
            _ => Self::Rules,
        }
    }
}

impl From<Choice> for WritableBy {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Rules => Self::Rules,
            Choice::Contacts => Self::Contacts,
            Choice::Nobody => Self::Nobody,
        }
    }
}

/// Reads the caller's row from the database.
async fn stored_user(connection: &impl ConnectionTrait, caller: &Caller) -> Result<User, Refusal> {
    let found = users::find(connection, caller.tenant, &[caller.user]).await?;
    found.into_iter().next().ok_or_else(|| Refusal::new(ErrorCode::NotFound, "the user is gone"))
}
