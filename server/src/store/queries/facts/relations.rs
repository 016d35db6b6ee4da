//! Lookups of relations: between two users, and the list of one user.

use causerie_protocol::UserId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

use crate::{
    domain::{RelationState, User},
    store::{
        StoreError,
        entities::user,
        queries::columns::enum_value,
        rows::{Column, Rows, statement},
    },
};

/// A relation between two users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RelationBetween {
    /// The user who entered or requested the relation.
    pub from: UserId,
    /// Whether the relation is in force: the other user accepted it, or its kind needs no acceptance.
    pub accepted: bool,
}

/// A kind of relation that the list of a user contains.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ListedKind {
    /// The name of the kind, such as `friend`.
    pub relation: String,
    /// Whether the list also contains relations from other users to the user.
    pub incoming: bool,
}

/// A relation in the list of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RelationOfUser {
    pub relation: String,
    pub other: User,
    /// Whether the user, not the other user, entered or requested the relation.
    pub outgoing: bool,
    pub accepted: bool,
    /// The last change of the relation, milliseconds since 1970 UTC.
    pub changed_at_ms: i64,
}

/// A position in the list of a user's relations. It has four fields because several relations with the same other user may
/// have the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Position {
    /// Milliseconds since 1970 UTC.
    pub changed_at_ms: i64,
    pub other: UserId,
    pub relation: String,
    pub outgoing: bool,
}

impl RelationOfUser {
    /// The position of this relation in the list.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            changed_at_ms: self.changed_at_ms,
            other: self.other.id,
            relation: self.relation.clone(),
            outgoing: self.outgoing,
        }
    }
}

/// The relations of the kind `relation` between two users, in either direction.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn between(
    connection: &impl ConnectionTrait,
    user: UserId,
    other: UserId,
    relation: &str,
) -> Result<Vec<RelationBetween>, StoreError> {
    let sql = "SELECT from_id, state FROM relations WHERE kind = $3 AND ((from_id = $1 AND to_id = $2) \
               OR (from_id = $2 AND to_id = $1))";
    let values = vec![user.0.into(), other.0.into(), relation.into()];
    let rows = connection.query_all_raw(statement(connection.get_database_backend(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            let from = UserId(row.try_get("", "from_id")?);
            Ok(RelationBetween { from, accepted: is_accepted(row)? })
        })
        .collect()
}

/// The relations of a user that have one of these `kinds`, the latest change first, after the position `after` in the list;
/// at most `limit` relations.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn of_user(
    connection: &impl ConnectionTrait,
    user: UserId,
    kinds: &[ListedKind],
    after: Option<&Position>,
    limit: u32,
) -> Result<Vec<RelationOfUser>, StoreError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Rows::new([("kind", Column::Text), ("incoming", Column::Int)]);
    for kind in kinds {
        rows.push([kind.relation.as_str().into(), i64::from(kind.incoming).into()]);
    }
    let (changed_at, other) = after.map_or((i64::MAX, Uuid::max()), |position| (position.changed_at_ms, position.other.0));
    let (relation, outgoing) = after.map_or(("", false), |position| (position.relation.as_str(), position.outgoing));
    let body = "SELECT r.kind, r.state, r.changed_at, r.outgoing, u.* FROM ( \
                SELECT r.kind, r.state, r.changed_at, r.to_id AS other_id, 1 AS outgoing FROM input i \
                JOIN relations r ON r.from_id = {0} AND r.kind = i.kind \
                UNION ALL SELECT r.kind, r.state, r.changed_at, r.from_id, 0 FROM input i \
                JOIN relations r ON r.to_id = {0} AND r.kind = i.kind WHERE i.incoming = 1) r \
                JOIN users u ON u.id = r.other_id \
                WHERE r.changed_at < {1} OR (r.changed_at = {1} AND (u.id < {2} OR (u.id = {2} \
                AND (r.kind > {3} OR (r.kind = {3} AND r.outgoing > {4}))))) \
                ORDER BY r.changed_at DESC, u.id DESC, r.kind, r.outgoing LIMIT {5}";
    let extra = [
        user.0.into(),
        changed_at.into(),
        other.into(),
        relation.into(),
        i64::from(outgoing).into(),
        i64::from(limit).into(),
    ];
    let found = connection.query_all_raw(rows.statement(connection.get_database_backend(), body, &extra)).await?;
    found
        .iter()
        .map(|row| {
            Ok(RelationOfUser {
                relation: row.try_get("", "kind")?,
                other: <user::Entity as EntityTrait>::Model::from_query_result(row, "")?.into(),
                outgoing: row.try_get::<i32>("", "outgoing")? == 1,
                accepted: is_accepted(row)?,
                changed_at_ms: row.try_get("", "changed_at")?,
            })
        })
        .collect()
}

fn is_accepted(row: &QueryResult) -> Result<bool, DbErr> {
    Ok(enum_value::<RelationState>(row, "", "state")? == RelationState::Accepted)
}
