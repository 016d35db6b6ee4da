//! S3: a network of doctors.
//!
//! Ada and Bea are friends; Cem is a contact of Ada's, not a friend; Dia is unknown to her; Xav administers the network,
//! for which these rules have no role.

mod channel;
mod friends;
mod secrecy;

use super::{
    System,
    facts::{Row, relation, user},
    system,
};

async fn everywhere(behaviour: impl AsyncFn(&System<'_>)) {
    system::everywhere("medical", &facts(), behaviour).await;
}

pub fn facts() -> Vec<Row> {
    let people = ["ada", "bea", "cem", "dia", "xav"].into_iter().map(user);
    people.chain([relation("ada", "friend", "bea"), relation("ada", "contact", "cem")]).collect()
}
