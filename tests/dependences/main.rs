//! The dependence analysis against brute force: random affine nests, executed for many parameters and extents.
//!
//! `FERROKEET_NESTS`: how many; `FERROKEET_SEED`: the first seed; `FERROKEET_ALL`: shrink and show what is tolerated too.

mod execute;
mod formulas;
mod generate;
mod judge;
mod meet;
mod nest;
mod random;
mod settings;
mod shrink;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use judge::{Failure, Outcome};
use nest::Nest;
use random::Random;

fn variable(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Judges a nest; a panic is a failure.
fn judged(nest: &Nest, seed: u64) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| judge::judge(nest, seed))).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let class = "panic".to_owned();
        let text = text.unwrap_or_default();
        Outcome {
            failures: vec![Failure { class, text }],
            ..Outcome::default()
        }
    })
}

/// What a class of failures is like.
struct Class {
    count: u64,
    seed: u64,
    nest: Nest,
}

/// Disagreements that may be, each in so many of a thousand loops: what is right but could be better. Never a loop that is
/// said to be independent and is not.
const TOLERATED: [(&str, u64); 8] = [
    // Of pairs on which the analysis gave up.
    ("a dependence is missing (unproven loop)", 1),
    ("a dependence is missing (refuted loop)", 1),
    ("the witness is none: out of bounds", 1),
    ("the guard is too strong", 15),
    ("the witness is of a run outside the fast variant", 10),
    ("the witness is of a run that raises IndexError", 60),
    ("unproven (two iterations may touch the same element)", 5),
    ("unproven (the analysis takes too long)", 5),
];

/// How many disagreements of a class there may be among so many loops.
fn tolerated(class: &str, loops: u64) -> u64 {
    let known = TOLERATED.iter().find(|(name, _)| class.starts_with(name));
    known.map_or(0, |(_, share)| 3 + share * loops / 1000)
}

/// What came out of many nests.
#[derive(Default)]
struct Campaign {
    counts: Mutex<BTreeMap<String, u64>>,
    classes: Mutex<BTreeMap<String, Class>>,
}

impl Campaign {
    fn run(&self, seeds: std::ops::Range<u64>) {
        let next = AtomicU64::new(seeds.start);
        let one_after_the_other = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    break;
                }
                self.one(seed);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(one_after_the_other);
            }
        });
    }

    fn one(&self, seed: u64) {
        let nest = generate::generate(&mut Random::new(seed));
        let outcome = judged(&nest, seed);
        let mut counts = self.counts.lock().unwrap();
        for (what, count) in outcome.counts {
            *counts.entry(what).or_default() += count;
        }
        let mut classes = self.classes.lock().unwrap();
        for failure in outcome.failures {
            let class = classes.entry(failure.class).or_insert_with(|| Class {
                count: 0,
                seed,
                nest: nest.clone(),
            });
            class.count += 1;
            let size = |nest: &Nest| nest.print().text.len();
            if size(&nest) < size(&class.nest) {
                (class.seed, class.nest) = (seed, nest.clone());
            }
        }
    }
}

/// A disagreement in words: how often, the seed, the smallest nest found.
fn report(name: &str, class: &Class) -> String {
    let of = |nest: &Nest| {
        let failures = judged(nest, class.seed).failures;
        failures.into_iter().find(|one| one.class == *name)
    };
    let smallest = shrink::shrunk(&class.nest, &|nest| of(nest).is_some());
    let text = of(&smallest).map_or(String::new(), |failure| failure.text);
    let program = smallest.print().text;
    format!(
        "{} times: {name}\nseed {}: {text}\n{program}\n",
        class.count, class.seed
    )
}

/// A debug build looks at few nests: the analysis is slow there.
#[test]
fn nests_agree_with_brute_force() {
    let usual = if cfg!(debug_assertions) { 400 } else { 20_000 };
    let (count, first) = (variable("FERROKEET_NESTS", usual), variable("FERROKEET_SEED", 1));
    let campaign = Campaign::default();
    campaign.run(first..first + count);
    let counts = campaign.counts.into_inner().unwrap();
    for (what, count) in &counts {
        eprintln!("{count:9} {what}");
    }
    let loops = counts.get("loops").copied().unwrap_or(0);
    let mut wrong = Vec::new();
    for (name, class) in &campaign.classes.into_inner().unwrap() {
        let too_many = class.count > tolerated(name, loops);
        if too_many || std::env::var_os("FERROKEET_ALL").is_some() {
            eprintln!("\n{}", report(name, class));
        } else {
            eprintln!("{:9} {name} (tolerated)", class.count);
        }
        if too_many {
            wrong.push(name.clone());
        }
    }
    assert!(wrong.is_empty(), "disagreements: {}", wrong.join("; "));
}
