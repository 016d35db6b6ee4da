//! S2: a community of members.
//!
//! Noa is a contact of Mia, and Mia follows Oli. Pam has no relation to Mia, but Mia can see her profile.

mod ending;
mod list;
mod start;

use super::{
    System,
    facts::{Row, relation, user},
    system,
};

async fn everywhere(behaviour: impl AsyncFn(&System<'_>)) {
    system::everywhere("community", &facts(), behaviour).await;
}

pub fn facts() -> Vec<Row> {
    let users = [("mia", "Mia Ode"), ("noa", "Noa Olsen"), ("oli", "Oli"), ("pam", "Pam Otis"), ("rex", "Rex")];
    let users = users.into_iter().map(|(id, name)| user(id).with("name", name));
    users.chain([relation("mia", "contact", "noa"), relation("mia", "follow", "oli")]).collect()
}
