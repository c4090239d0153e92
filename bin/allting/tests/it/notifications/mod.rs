//! E-mail orders.
