//! The one layer under every query: SQLite and PostgreSQL behind the same words. A query is written
//! once, with `$1` placeholders, and reads and writes integers, texts and bytes only.

mod clauses;
mod conn;
mod database;
mod postgres;
mod sqlite;
mod threads;
mod value;

pub(crate) use clauses::Clauses;
pub(crate) use conn::Conn;
pub(crate) use database::Database;
pub(crate) use postgres::{Pool, notifications};
pub(crate) use value::{Row, Value, values};
