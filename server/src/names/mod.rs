//! Names of people and groups, and subjects of conversations: what of them is kept ([`visible`]), and by which words they are
//! found ([`fold`]). Both go by Unicode's own data.

pub mod fold;
pub mod visible;
