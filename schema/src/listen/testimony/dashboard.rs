//! « Tableau de bord » (DOMAIN §8.10): per channel, how many experiences of each sentiment.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::model::{Channel, Sentiment};
use crate::foundation::database::Conn;
use crate::foundation::day::Day;
use crate::foundation::error::{Error, Result as Outcome};
use crate::foundation::statistic::{Period, Statistic};
use crate::graphql::context::{answer, app};
use crate::reference::structure;
use crate::tables::testimony_experience as told;

/// The programme's nine rows, in its order (DOMAIN §8.9); other channels follow when somebody told of them.
const ROWS: [Channel; 9] = [
    Channel::FrontDesk,
    Channel::OnlineAccount,
    Channel::Letter,
    Channel::OnlineProcedure,
    Channel::Email,
    Channel::Patrol,
    Channel::SocialMedia,
    Channel::Chat,
    Channel::Phone,
];

/// The programme's launch (source 004): no testimony is older.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2021, 1, 28).expect("a date");

/// How many experiences of a channel carry each sentiment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// 😊
    pub positive: i64,
    /// 😐
    pub neutral: i64,
    /// ☹
    pub negative: i64,
    /// Old testimonies without sentiment: shown, never in a denominator (C14).
    pub unknown: i64,
}

impl Tally {
    fn known(self) -> i64 {
        self.positive + self.neutral + self.negative
    }

    fn add(&mut self, sentiment: Option<Sentiment>, count: i64) {
        match sentiment {
            Some(Sentiment::Positive) => self.positive += count,
            Some(Sentiment::Neutral) => self.neutral += count,
            Some(Sentiment::Negative) => self.negative += count,
            None => self.unknown += count,
        }
    }
}

/// One channel of the dashboard.
#[derive(SimpleObject)]
pub struct DashboardRow {
    /// The channel; null in the row of all channels together.
    channel: Option<Channel>,
    /// French label of the programme's dashboard.
    label: String,
    /// 😊 Positive experiences: whole percentage, half up, of those whose sentiment is known.
    positive: Statistic,
    /// 😐 Neutral experiences: whole percentage, half up, of those whose sentiment is known.
    neutral: Statistic,
    /// ☹ Negative experiences: whole percentage, half up, of those whose sentiment is known.
    negative: Statistic,
    /// Experiences without a known sentiment, outside the percentages.
    without_sentiment: i64,
}

impl DashboardRow {
    fn new(channel: Option<Channel>, tally: Tally, period: Option<Period>) -> Self {
        let share = |n, what| Statistic::whole_rate(n, tally.known(), period, what);
        Self {
            channel,
            label: channel.map_or("Tous les canaux", Channel::label).to_owned(),
            positive: share(
                tally.positive,
                "Part des expériences positives parmi celles dont le ressenti est connu",
            ),
            neutral: share(
                tally.neutral,
                "Part des expériences neutres parmi celles dont le ressenti est connu",
            ),
            negative: share(
                tally.negative,
                "Part des expériences négatives parmi celles dont le ressenti est connu",
            ),
            without_sentiment: tally.unknown,
        }
    }
}

/// Channel × sentiment over the published testimonies of some structures.
#[derive(SimpleObject)]
pub struct TestimonyDashboard {
    /// Days of publication considered; null for all time.
    period: Option<Period>,
    /// The programme's nine channels in its order, then others if somebody told of them.
    rows: Vec<DashboardRow>,
    /// All channels together.
    total: DashboardRow,
}

/// What the dashboard is about. Conditions add up.
#[derive(Debug, Default)]
pub struct DashboardFilter {
    /// This structure and all below it.
    pub structure_id: Option<i64>,
    /// Network code.
    pub network: Option<String>,
    /// Département code.
    pub department: Option<String>,
    /// Days of publication.
    pub period: Option<Period>,
}

/// Dashboard query.
#[derive(Default)]
pub struct DashboardQuery;

#[Object]
impl DashboardQuery {
    /// Per channel, the count and percentage of each sentiment told in published testimonies.
    #[allow(clippy::too_many_arguments)] // five independent conditions
    async fn testimony_dashboard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code or global id of a structure; with all below it.")] structure: Option<
            ID,
        >,
        #[graphql(desc = "Code of a network.")] network: Option<String>,
        #[graphql(desc = "Code of a département.")] department: Option<String>,
        #[graphql(desc = "First day of publication, Europe/Paris.")] from: Option<Day>,
        #[graphql(desc = "Last day of publication, Europe/Paris.")] to: Option<Day>,
    ) -> Result<TestimonyDashboard> {
        let read = async {
            let period = period(from, to, app(ctx).clock.today())?;
            let mut conn = app(ctx).pool.get().await?;
            let structure_id = match structure {
                Some(reference) => {
                    Some(structure::service::resolve(&mut conn, &reference).await?.id)
                }
                None => None,
            };
            let filter = DashboardFilter { structure_id, network, department, period };
            Outcome::Ok((tallies(&mut conn, &filter).await?, period))
        };
        let (tallies, period) = read.await.map_err(|e| answer(ctx, e))?;
        Ok(dashboard(tallies, period))
    }
}

fn period(from: Option<Day>, to: Option<Day>, today: NaiveDate) -> Outcome<Option<Period>> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let (from, to) = (from.map_or(FIRST_DAY, |day| day.0), to.map_or(today, |day| day.0));
    if from > to {
        return Err(Error::BadInput("La période finit avant de commencer.".into()));
    }
    Ok(Some(Period { from, to }))
}

/// Lays counts out as the programme does.
pub fn dashboard(
    mut tallies: BTreeMap<Channel, Tally>,
    period: Option<Period>,
) -> TestimonyDashboard {
    let mut total = Tally::default();
    for tally in tallies.values() {
        total.add(Some(Sentiment::Positive), tally.positive);
        total.add(Some(Sentiment::Neutral), tally.neutral);
        total.add(Some(Sentiment::Negative), tally.negative);
        total.add(None, tally.unknown);
    }
    let mut rows: Vec<DashboardRow> = ROWS
        .iter()
        .map(|channel| {
            DashboardRow::new(Some(*channel), tallies.remove(channel).unwrap_or_default(), period)
        })
        .collect();
    rows.extend(
        tallies.into_iter().map(|(channel, tally)| DashboardRow::new(Some(channel), tally, period)),
    );
    TestimonyDashboard { period, rows, total: DashboardRow::new(None, total, period) }
}

/// Counts published experiences by channel and sentiment. Answered from one index alone.
async fn tallies(
    conn: &mut Conn,
    filter: &DashboardFilter,
) -> QueryResult<BTreeMap<Channel, Tally>> {
    let mut query = told::table
        .filter(told::published_on.is_not_null())
        .group_by((told::channel, told::sentiment))
        .select((told::channel, told::sentiment, count_star()))
        .into_boxed();
    if let Some(id) = filter.structure_id {
        query = query.filter(told::structure_id.eq_any(structure::store::below(vec![id])));
    }
    if let Some(code) = &filter.network {
        query = query.filter(told::structure_id.eq_any(structure::store::of_network(code.clone())));
    }
    if let Some(code) = &filter.department {
        query =
            query.filter(told::structure_id.eq_any(structure::store::of_department(code.clone())));
    }
    if let Some(period) = filter.period {
        query = query.filter(told::published_on.between(period.from, period.to));
    }
    let counts: Vec<(Channel, Option<Sentiment>, i64)> =
        diesel_async::RunQueryDsl::load(query, conn).await?;
    let mut tallies: BTreeMap<Channel, Tally> = BTreeMap::new();
    for (channel, sentiment, count) in counts {
        tallies.entry(channel).or_default().add(sentiment, count);
    }
    Ok(tallies)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DOMAIN §8.10: channel, then count and percentage of each sentiment, as the programme printed them.
    /// Accueil and Téléphone are left out: their percentages do not follow from their counts (C14).
    const PROGRAMME: [(Channel, [(i64, f64); 3]); 7] = [
        (Channel::OnlineAccount, [(87, 16.0), (35, 7.0), (408, 77.0)]),
        (Channel::Letter, [(29, 8.0), (28, 7.0), (322, 85.0)]),
        (Channel::OnlineProcedure, [(135, 14.0), (81, 9.0), (727, 77.0)]),
        (Channel::Email, [(27, 9.0), (11, 4.0), (266, 88.0)]),
        (Channel::Patrol, [(22, 69.0), (1, 3.0), (9, 28.0)]),
        (Channel::SocialMedia, [(59, 69.0), (4, 5.0), (23, 27.0)]),
        (Channel::Chat, [(35, 88.0), (0, 0.0), (5, 13.0)]),
    ];

    #[test]
    fn the_programmes_own_table_comes_out() {
        let tallies = PROGRAMME
            .iter()
            .map(|(channel, [positive, neutral, negative])| {
                let tally = Tally {
                    positive: positive.0,
                    neutral: neutral.0,
                    negative: negative.0,
                    unknown: 3,
                };
                (*channel, tally)
            })
            .collect();
        let shown = dashboard(tallies, None);
        for (channel, expected) in PROGRAMME {
            let row = shown.rows.iter().find(|row| row.channel == Some(channel)).expect("a row");
            let figures = [&row.positive, &row.neutral, &row.negative];
            for (figure, (count, percentage)) in figures.into_iter().zip(expected) {
                assert_eq!((figure.n, figure.value), (count, Some(percentage)), "{channel}");
                assert_eq!(
                    figure.denominator,
                    expected.iter().map(|(count, _)| count).sum::<i64>()
                );
            }
        }
        let order: Vec<&str> = shown.rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(order[0], "Accueil");
        assert_eq!(order[8], "Téléphone");
        assert!(shown.rows[0].positive.value.is_none(), "no figure without a denominator");
    }
}
