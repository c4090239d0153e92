//! ID-porten as clients meet it (identity §2).

mod clients;
