//! Names of users and groups, and subjects of conversations: [`visible`] gives the stored form, [`fold`] gives the words for
//! search. Both use Unicode's own data.

pub mod fold;
pub mod visible;
