//! The block over HTTP, on a database of its own. (`cfg(test)` on the modules lets clippy see that they are tests.)

#[cfg(test)]
mod explain;
#[cfg(test)]
mod metadata;
#[cfg(test)]
mod population;
#[cfg(test)]
mod purge;
#[cfg(test)]
mod support;
#[cfg(test)]
mod token;
