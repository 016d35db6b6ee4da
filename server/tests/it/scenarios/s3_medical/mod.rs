//! S3: a network of doctors.
//!
//! Ada and Bea are friends. Cem is a contact of Ada, but not a friend. Dia has no relation to Ada. Xav administers the
//! network, and these rules have no role for that.

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
    let users = ["ada", "bea", "cem", "dia", "xav"].into_iter().map(user);
    users.chain([relation("ada", "friend", "bea"), relation("ada", "contact", "cem")]).collect()
}
