//! Spans: requests, jobs, statements and outbound calls, for a collector of traces. Without the feature `otlp` the work is only
//! given its place in the trace, and nothing of this is left in the binary.

use crate::trace::Trace;
use std::borrow::Cow;

/// What a span stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A request that was answered.
    Server,
    /// A call that waited for another system: a statement, an outbound request.
    Client,
    /// A message that was handled.
    Consumer,
    /// What began by itself.
    Internal,
}

/// What is told of a span. Never query strings, identity numbers or bodies.
#[derive(Debug, Clone)]
pub struct Told {
    /// Route, queue or statement.
    pub name: Cow<'static, str>,
    /// More about it.
    pub attributes: Vec<(&'static str, Value)>,
    /// It ended in an error of ours or of the other system, or nobody waited for its end.
    pub failed: bool,
}

/// The value of an attribute.
#[derive(Debug, Clone)]
pub enum Value {
    /// A word.
    Text(Cow<'static, str>),
    /// A number.
    Number(i64),
}

/// Runs work as this span, under `name` until `tell` knows better.
#[cfg(not(feature = "otlp"))]
pub fn run<F: Future>(
    _: Kind,
    _name: &'static str,
    trace: Trace,
    work: F,
    _tell: impl FnOnce(&F::Output, &mut Told),
) -> impl Future<Output = F::Output> {
    crate::trace::within(trace, work)
}

/// Runs a part of the trace under way as a span of its own; outside a trace it is just run.
#[cfg(not(feature = "otlp"))]
pub fn part<F: Future>(
    _: Kind,
    _name: &'static str,
    work: F,
    _tell: impl FnOnce(&F::Output, &mut Told),
) -> impl Future<Output = F::Output> {
    work
}

#[cfg(feature = "otlp")]
pub use recorded::{part, run};

/// Told of a part that can fail.
pub fn outcome<T, E>(done: &Result<T, E>, told: &mut Told) {
    told.failed = done.is_err();
}

#[cfg(feature = "otlp")]
mod recorded {
    use super::{Kind, Told, Trace};
    use crate::otlp::{Span, collector};
    use crate::trace::{current, within};
    use futures_util::future::Either;
    use kernel::{Clock, Ids, RandomIds, SystemClock};
    use std::time::Instant;

    /// Runs work as this span, under `name` until `tell` knows better.
    pub fn run<F: Future>(
        kind: Kind,
        name: &'static str,
        trace: Trace,
        work: F,
        tell: impl FnOnce(&F::Output, &mut Told),
    ) -> impl Future<Output = F::Output> {
        match collector() {
            None => Either::Left(within(trace, work)),
            Some(_) => Either::Right(Box::pin(record(kind, name, trace, work, tell))),
        }
    }

    /// Runs a part of the trace under way as a span of its own; outside a trace it is just run.
    pub fn part<F: Future>(
        kind: Kind,
        name: &'static str,
        work: F,
        tell: impl FnOnce(&F::Output, &mut Told),
    ) -> impl Future<Output = F::Output> {
        let Some(parent) = collector().and_then(|_| current()) else { return Either::Left(work) };
        let mut random = [0; 24];
        RandomIds.fill(&mut random);
        let trace = parent.child(Trace::new(random));
        // In a box, lest the futures of all who might be recorded grow.
        Either::Right(Box::pin(record(kind, name, trace, work, tell)))
    }

    async fn record<F: Future>(
        kind: Kind,
        name: &'static str,
        trace: Trace,
        work: F,
        tell: impl FnOnce(&F::Output, &mut Told),
    ) -> F::Output {
        let told = Told { name: name.into(), attributes: vec![], failed: true };
        let start = SystemClock.now().into();
        let mut open = Open(Some(Span { trace, kind, start, end: start, told }), Instant::now());
        let output = within(trace, work).await;
        if let Some(span) = &mut open.0 {
            span.told.failed = false;
            tell(&output, &mut span.told);
        }
        output
    }

    /// A span that has not ended. It ends with its work, or when nobody waits for that any more.
    struct Open(Option<Span>, Instant);

    impl Drop for Open {
        fn drop(&mut self) {
            if let (Some(mut span), Some(collector)) = (self.0.take(), collector()) {
                span.end = span.start + self.1.elapsed();
                collector.take(span);
            }
        }
    }
}
