//! Names of users and groups, and subjects of conversations: [`visible`] returns the form that is stored, [`fold`] returns
//! the words for search. Both use the character data of Unicode.

pub mod fold;
pub mod visible;
