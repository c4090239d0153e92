//! Tables of this block, and the reading of facts from them and from the registers.

pub mod assignments;
pub mod facts;
pub mod lookups;
