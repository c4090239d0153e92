//! Production as operators run it: real processes, TLS, keys that change under load.

mod node;
mod rotation;
mod tls;
