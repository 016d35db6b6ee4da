//! Tables that are read and written one row at a time, one table per file.

pub mod api_key;
pub mod signing_key;
pub mod tenant;
pub mod user;
