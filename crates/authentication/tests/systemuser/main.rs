//! The system register, requests and system users over HTTP, on a database of its own, with the neighbouring blocks stood in
//! for. (`cfg(test)` on the modules lets clippy see that they are tests.)

#[cfg(test)]
mod population;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod register;
#[cfg(test)]
mod request;
#[cfg(test)]
mod support;
#[cfg(test)]
mod user;
