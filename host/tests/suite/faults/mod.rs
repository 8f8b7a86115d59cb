//! Faults by chance, one after another, while clients append. After each: everything that was
//! answered is so.
//!
//! `cargo xtask test host -- faults` runs this for minutes (`--minutes`, or `--count` faults, with
//! `--store sqlite` or `--store postgres`, and `--seed`); an ordinary run of the suite draws a few.

mod postgres;
mod run;
mod sqlite;
mod trial;
