//! Whether what a witness tells happens.

use ferrokeet::deps::Witness;

use super::Judge;
use crate::execute::{RANK, Setting, Values, execute, replay};
use crate::nest::{ARRAYS, PARAMETERS};
use crate::random::Random;
use crate::settings::sized;

/// An extent that a witness does not mention.
const UNNAMED: i64 = 1000;
/// Accesses in the run of a witness, at most.
const LONG: usize = 5000;

impl Judge<'_> {
    /// Whether the two iterations of a witness meet indeed.
    pub(super) fn witness(&mut self, number: usize, witness: &Witness) {
        let text = witness.text.clone();
        if let Err(why) = self.verified(number, witness) {
            self.fail(
                number,
                format!("the witness is none: {}", why.0),
                format!("{text}: {}", why.1),
            );
            return;
        }
        // All else in that run must be possible as well.
        let named = self.named_setting(witness, 0);
        let places = (0..2).flat_map(|array| (0..RANK).map(move |axis| (array, axis)));
        let known: Vec<(usize, usize)> = places
            .filter(|(array, axis)| named.extents[*array][*axis] != UNNAMED)
            .collect();
        let Some(trace) = execute(self.nest, &named, LONG) else {
            self.outcome.count("witnesses of long runs");
            return;
        };
        let accesses = &self.printed.accesses;
        let sized = sized(self.nest, accesses, &named, &known, &trace, &mut Random::new(1));
        match sized.into_iter().next() {
            None => self.fail(
                number,
                "the witness is of a run that raises IndexError".to_owned(),
                text,
            ),
            Some(setting) if !self.is_fast(&setting, &trace) => {
                self.fail(
                    number,
                    "the witness is of a run outside the fast variant".to_owned(),
                    text,
                );
            }
            Some(_) => {}
        }
    }

    /// `Err`: what kind of trouble, and details.
    fn verified(&self, number: usize, witness: &Witness) -> Result<(), (String, String)> {
        let trouble = |class: &str, details: String| Err((class.to_owned(), details));
        let find = |side: usize| {
            let wanted = &witness.accesses[side];
            let same = |access: &crate::nest::Access| {
                access.write == wanted.write
                    && access.span.start == wanted.span.start
                    && ARRAYS[access.array] == wanted.name
            };
            self.printed.accesses.iter().position(same)
        };
        let (Some(first), Some(second)) = (find(0), find(1)) else {
            return trouble("an access is unknown", format!("{:?}", witness.accesses));
        };
        if !witness.accesses[0].write && !witness.accesses[1].write {
            return trouble("both only read", String::new());
        }
        // What the witness leaves open must not matter.
        for open in [0, 2] {
            let mut elements = Vec::new();
            let mut iterations = Vec::new();
            let setting = self.named_setting(witness, open);
            for (side, access) in [(0, first), (1, second)] {
                let mut values = Values::new(&setting);
                let loops = &self.printed.accesses[access].loops;
                for header in loops {
                    let name = self.counter(*header);
                    let known = witness.iterations[side].iter().find(|(known, _)| known == name);
                    let Some((_, value)) = known else {
                        return trouble("a counter is missing", name.to_owned());
                    };
                    values.counters[*header] = *value;
                }
                let subscripts = match replay(self.nest, &mut values, access) {
                    Ok(subscripts) => subscripts,
                    Err(why) => return trouble("an iteration does not get there", why),
                };
                let array = self.printed.accesses[access].array;
                let mut element = [0; RANK];
                for axis in 0..self.nest.ranks[array] {
                    let (subscript, extent) = (subscripts[axis], setting.extents[array][axis]);
                    if subscript < -extent || subscript >= extent {
                        return trouble("out of bounds", format!("{subscripts:?} of {extent}"));
                    }
                    element[axis] = subscript.rem_euclid(extent);
                }
                elements.push((array, element));
                let of = |header: &usize| values.counters[*header];
                let depth = loops.iter().position(|one| *one == number);
                let Some(depth) = depth else {
                    return trouble("an access outside the loop", String::new());
                };
                iterations.push((
                    loops[..depth].iter().map(of).collect::<Vec<_>>(),
                    values.counters[number],
                ));
            }
            if elements[0] != elements[1] {
                return trouble("different elements", format!("{elements:?}"));
            }
            if iterations[0].0 != iterations[1].0 {
                return trouble("different iterations of the loops around", format!("{iterations:?}"));
            }
            let step = self
                .headers
                .iter()
                .find(|header| header.number == number)
                .map_or(1, |header| header.step);
            if (iterations[1].1 - iterations[0].1) * step.signum() <= 0 {
                return trouble("not one iteration before the other", format!("{iterations:?}"));
            }
        }
        Ok(())
    }

    /// The parameters and extents of a witness, `open` for parameters it does not mention.
    fn named_setting(&self, witness: &Witness, open: i64) -> Setting {
        let mut setting = Setting {
            parameters: [open; 4],
            extents: [[UNNAMED; RANK]; 2],
        };
        for (name, value) in witness.iterations.iter().flatten() {
            if let Some(parameter) = PARAMETERS.iter().position(|known| known == name) {
                setting.parameters[parameter] = *value;
            }
            for (array, known) in ARRAYS.iter().enumerate() {
                for axis in 0..RANK {
                    let names = [
                        format!("{known}.shape[{axis}]"),
                        format!("{known}_shape_{axis}"),
                        format!("len({known})"),
                    ];
                    if names[..2 + usize::from(axis == 0)].contains(name) {
                        setting.extents[array][axis] = *value;
                    }
                }
            }
        }
        setting
    }
}
