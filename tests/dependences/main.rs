//! The dependence analysis against brute force: random affine nests, executed for many parameters and extents.
//!
//! `FERROKEET_NESTS`: how many; `FERROKEET_SEED`: the first seed.

mod execute;
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

#[test]
fn nests_agree_with_brute_force() {
    let (count, first) = (variable("FERROKEET_NESTS", 20_000), variable("FERROKEET_SEED", 1));
    let next = AtomicU64::new(first);
    let counts: Mutex<BTreeMap<String, u64>> = Mutex::default();
    let classes: Mutex<BTreeMap<String, Class>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        break;
                    }
                    let nest = generate::generate(&mut Random::new(seed));
                    let start = std::time::Instant::now();
                    let outcome = judged(&nest, seed);
                    if start.elapsed().as_millis() > 1000 {
                        eprintln!("SLOW {seed} {:?}\n{}", start.elapsed(), nest.print().text);
                    }
                    let mut counts = counts.lock().unwrap();
                    for (what, count) in outcome.counts {
                        *counts.entry(what).or_default() += count;
                    }
                    let mut classes = classes.lock().unwrap();
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
            });
        }
    });
    for (what, count) in counts.into_inner().unwrap() {
        eprintln!("{count:9} {what}");
    }
    let classes = classes.into_inner().unwrap();
    for (name, class) in &classes {
        let of = |nest: &Nest| {
            judged(nest, class.seed)
                .failures
                .into_iter()
                .find(|one| one.class == *name)
        };
        let smallest = shrink::shrunk(&class.nest, &|nest| of(nest).is_some());
        let text = of(&smallest).map_or(String::new(), |failure| failure.text);
        let program = smallest.print().text;
        eprintln!(
            "\n{} times: {name}\nseed {}: {text}\n{program}",
            class.count, class.seed
        );
    }
    assert!(classes.is_empty(), "{} kinds of disagreement", classes.len());
}
