//! What happens to those who come too often, too slowly or too many at once.

mod connections;
mod rates;
