mod live;
mod testimony;
