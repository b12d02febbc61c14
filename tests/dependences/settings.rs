//! Values of parameters and extents to try a nest with.

use crate::execute::{RANK, Setting, Trace, execute};
use crate::nest::{Access, Nest};
use crate::random::Random;

/// Settings of the parameters alone, at most.
const MOST: usize = 20;
/// Accesses in one run, at most.
const EVENTS: usize = 260;

/// A run that raises no IndexError.
pub(crate) struct Run {
    pub(crate) setting: Setting,
    /// Which of [`Runs::traces`].
    pub(crate) trace: usize,
}

pub(crate) struct Runs {
    pub(crate) runs: Vec<Run>,
    pub(crate) traces: Vec<Trace>,
}

/// Values of a parameter: sizes, and others.
fn values(parameter: usize) -> &'static [i64] {
    match parameter {
        0 | 1 => &[0, 1, 2, 3, 4, 6],
        _ => &[-4, -2, -1, 0, 1, 2, 3, 4, 6],
    }
}

const EXTENTS: [i64; 4] = [1, 2, 3, 5];

/// Every combination, or some of them.
fn combinations(axes: &[&[i64]], random: &mut Random) -> Vec<Vec<i64>> {
    let all: usize = axes.iter().map(|axis| axis.len()).product();
    if all <= MOST {
        let mut points = vec![Vec::new()];
        for axis in axes {
            let longer = points
                .iter()
                .flat_map(|point: &Vec<i64>| axis.iter().map(move |value| [&point[..], &[*value]].concat()));
            points = longer.collect();
        }
        return points;
    }
    let point = |random: &mut Random| axes.iter().map(|axis| *random.pick(axis)).collect();
    (0..MOST).map(|_| point(random)).collect()
}

/// Runs a nest under all settings. Extents that the nest does not mention are chosen so that subscripts are in bounds, with
/// and without collisions of negative ones.
pub(crate) fn runs(nest: &Nest, accesses: &[Access], random: &mut Random) -> Runs {
    let (parameters, extents) = (nest.parameters(), nest.extents());
    let mut axes: Vec<&[i64]> = parameters.iter().map(|parameter| values(*parameter)).collect();
    axes.extend(extents.iter().map(|_| &EXTENTS[..]));
    let mut found = Runs {
        runs: Vec::new(),
        traces: Vec::new(),
    };
    for point in combinations(&axes, random) {
        let mut setting = Setting {
            parameters: [0; 4],
            extents: [[1; RANK]; 2],
        };
        for (parameter, value) in parameters.iter().zip(&point) {
            setting.parameters[*parameter] = *value;
        }
        for ((array, axis), value) in extents.iter().zip(&point[parameters.len()..]) {
            setting.extents[*array][*axis] = *value;
        }
        let Some(trace) = execute(nest, &setting, EVENTS) else {
            continue;
        };
        let place = found.traces.len();
        for setting in sized(nest, accesses, &setting, &extents, &trace, random) {
            found.runs.push(Run { setting, trace: place });
        }
        found.traces.push(trace);
    }
    found
}

/// Extents under which a run raises no IndexError.
pub(crate) fn sized(
    nest: &Nest,
    accesses: &[Access],
    setting: &Setting,
    fixed: &[(usize, usize)],
    trace: &Trace,
    random: &mut Random,
) -> Vec<Setting> {
    let mut least = [[0; RANK]; 2];
    let mut most = [[-1; RANK]; 2];
    for event in &trace.events {
        let array = accesses[event.access].array;
        for axis in 0..RANK {
            least[array][axis] = event.subscripts[axis].min(least[array][axis]);
            most[array][axis] = event.subscripts[axis].max(most[array][axis]);
        }
    }
    let mut options: Vec<Vec<i64>> = Vec::new();
    let mut places = Vec::new();
    for (array, rank) in nest.ranks.iter().enumerate() {
        for axis in 0..*rank {
            let (low, high) = (least[array][axis], most[array][axis]);
            let needed = (high + 1).max(-low).max(1);
            if fixed.contains(&(array, axis)) {
                if setting.extents[array][axis] < needed {
                    return Vec::new();
                }
                continue;
            }
            // From here on nothing that wraps can meet what doesn't.
            let apart = high + 1 - low;
            let mut choices = vec![needed];
            if low < 0 && apart > needed {
                choices.extend([apart, (needed + apart) / 2, apart - 1]);
            }
            places.push((array, axis));
            options.push(choices);
        }
    }
    let several = options.iter().any(|choices| choices.len() > 1);
    let of = |pick: &mut dyn FnMut(&[i64]) -> i64| {
        let mut sized = setting.clone();
        for ((array, axis), choices) in places.iter().zip(&options) {
            sized.extents[*array][*axis] = pick(choices);
        }
        sized
    };
    if !several {
        return vec![of(&mut |choices| choices[0])];
    }
    let mut settings = vec![
        of(&mut |choices| choices[0]),
        of(&mut |choices| choices[1.min(choices.len() - 1)]),
    ];
    settings.extend((0..2).map(|_| of(&mut |choices| *random.pick(choices))));
    settings.dedup();
    settings
}
