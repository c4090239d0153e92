//! The block over HTTP and through its port, on a temporary database, with small registers in memory.
//! (`cfg(test)` on the modules lets clippy see that they are tests.)

#[cfg(test)]
mod authorized_parties;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod population;
#[cfg(test)]
mod support;
