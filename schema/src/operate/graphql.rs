//! The operators' part of the API, merged.

use async_graphql::MergedObject;

use super::audit::graphql::AuditQuery;
use super::email::graphql::{EmailMutation, EmailQuery};
use super::incident::graphql::IncidentQuery;
use super::job::graphql::{JobMutation, JobQuery};
use super::schedule::graphql::ScheduleQuery;

/// Operators' queries.
#[derive(Default, MergedObject)]
pub struct OperateQuery(JobQuery, ScheduleQuery, IncidentQuery, EmailQuery, AuditQuery);

/// Operators' mutations.
#[derive(Default, MergedObject)]
pub struct OperateMutation(JobMutation, EmailMutation);
