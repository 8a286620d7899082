mod audit;
mod committed;
mod descriptions;
mod folders;
mod migrations;
mod policy;
mod pool;
mod retention;
