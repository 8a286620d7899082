//! The operators' page: queues, jobs, schedules, messages and incidents, and what an operator may do with them.
//!
//! Plain HTML without script, over the same use cases as the API: rights, refusals and the trail are theirs.

mod html;
mod jobs;
mod mails;
mod overview;
mod schedules;
mod session;

use poem::http::{Method, StatusCode};
use poem::{Endpoint, EndpointExt, Response, Route, get, post};

/// Every address below `/operations`. Who is refused before a handler starts gets a page as well.
pub(crate) fn routes() -> impl Endpoint<Output = Response> {
    Route::new()
        .at("/", get(overview::show))
        .at("/login", post(session::open))
        .at("/logout", post(session::close))
        .at("/queues/:queue", post(overview::switch))
        .at("/jobs", get(jobs::list))
        .at("/jobs/:id", get(jobs::show).post(jobs::act))
        .at("/schedules/:name", get(schedules::show))
        .at("/mails", get(mails::list))
        .at("/mails/:id", post(mails::decide))
        .around(|pages, request| async move {
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            match pages.call(request).await {
                Err(error) if error.is_from_response() => Ok(error.into_response()),
                Err(error) if error.status() == StatusCode::METHOD_NOT_ALLOWED => {
                    // The address of a form, reloaded, leads back. A change that went astray must not look like one.
                    Ok(if reads { html::see("/operations") } else { html::astray() })
                }
                Err(error) if error.status() == StatusCode::NOT_FOUND => Ok(html::nowhere()),
                answer => answer,
            }
        })
}
