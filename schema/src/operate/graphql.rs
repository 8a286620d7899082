//! The operators' part of the API, merged.

use async_graphql::MergedObject;

use super::email::graphql::EmailQuery;
use super::job::graphql::{JobMutation, JobQuery};
use super::schedule::graphql::ScheduleQuery;

/// Operators' queries.
#[derive(Default, MergedObject)]
pub struct OperateQuery(JobQuery, ScheduleQuery, EmailQuery);

/// Operators' mutations.
#[derive(Default, MergedObject)]
pub struct OperateMutation(JobMutation);
