//! The sandbox's own doors: faults, console.

mod console;
mod faults;
