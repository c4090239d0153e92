//! JSON exactly as the wire has it.

pub mod input;
pub mod input_parts;
pub mod output;
pub mod output_list;
pub mod patch;
pub mod query;
pub mod reader;
