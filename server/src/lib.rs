//! Door 1: GraphQL over HTTP and WebSocket, hosted by Poem.
//!
//! A request goes through one straight line: `front` → `routes` → `authentication` → `http` (or `websocket`) →
//! the schema. `hub` listens to the Redis stream and wakes this process's subscriptions.

pub mod account;
pub mod audit;
pub mod authentication;
pub mod body;
mod collect;
mod committee_page;
pub mod config;
pub mod cost;
mod definition;
pub mod demo;
pub mod doctor;
pub mod document;
pub mod documents;
mod encoding;
pub mod export;
pub mod federation;
mod front;
pub mod graphiql;
pub mod health;
pub mod http;
pub mod hub;
pub mod import;
mod invitation_page;
pub mod limits;
pub mod logs;
pub mod metrics;
pub mod negotiation;
pub mod nulls;
mod operation;
mod operations;
pub mod order;
pub mod origins;
mod outbox;
mod page;
pub mod print;
pub mod problem;
pub mod request;
pub mod routes;
mod selection;
pub mod serve;
pub mod sockets;
pub mod sse;
pub mod testimony_page;
pub mod websocket;
pub mod weight;
pub mod wording;
