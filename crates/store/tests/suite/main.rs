//! The store's suite: every test runs on both databases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

/// Makes two tests of each function of a module, one on each database.
macro_rules! on_both_databases {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() {
                super::$test(crate::place::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() {
                super::$test(crate::place::Place::postgres()).await;
            })*
        }
    };
}

mod answers;
mod batches;
mod books;
mod burndown;
mod calls;
mod catalogue;
mod crash;
mod feed;
mod files;
mod folk;
mod invitations;
mod leases;
mod opening;
mod people;
mod place;
mod random_walk;
mod records;
mod refusals;
mod resources;
mod search;
mod secrets;
mod sessions;
mod settlement;
mod speed;
mod usage;
mod verification;
