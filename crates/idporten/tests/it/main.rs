//! The block over HTTP, on a database of its own. (`cfg(test)` on the modules lets clippy see that they are tests.)

#[cfg(test)]
mod authorize;
#[cfg(test)]
mod login;
#[cfg(test)]
mod logout;
#[cfg(test)]
mod metadata;
#[cfg(test)]
mod mockporten;
#[cfg(test)]
mod par;
#[cfg(test)]
mod population;
#[cfg(test)]
mod support;
#[cfg(test)]
mod token;
